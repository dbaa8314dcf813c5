"""A text as short messages: in the 7-bit alphabet where it fits, else in UCS-2; long ones in parts.

Sources: 3GPP TS 23.038 (alphabets), 3GPP TS 23.040, 9.2.3.24.1 (concatenation with an 8-bit reference).
"""

import unicodedata

import msgspec

GSM, UCS2 = "gsm0338", "ucs2"
_WHOLE = {GSM: 160, UCS2: 70}
_PART = {GSM: 153, UCS2: 67}
_PARTS_MAX = 255
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-"}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " "}
)


class Segments(msgspec.Struct, frozen=True):
    """The parts of a text, with the header that puts them together again; one part has none."""

    encoding: str
    texts: tuple[str, ...]

    @property
    def headers(self) -> tuple[int, ...]:
        """The number of each part, from 1; empty for a text in one part."""
        return tuple(range(1, len(self.texts) + 1)) if len(self.texts) > 1 else ()


def segments(text: str) -> Segments:
    """How a text is sent; one that needs more than 255 parts is cut.

    Typographic marks give way to plain ones where the whole text then fits the 7-bit alphabet, in which a
    part holds more than twice as much.
    """
    composed = unicodedata.normalize("NFC", text)
    plain = composed.translate(_PLAIN)
    if set(plain) <= _BASIC | _EXTENDED:
        return Segments(GSM, _parts(plain, GSM))
    return Segments(UCS2, _parts(composed, UCS2))


def header(reference: int, number: int, of: int) -> bytes:
    """The user data header of a part."""
    return bytes([5, 0, 3, reference & 0xFF, of, number])


def _parts(text: str, encoding: str) -> tuple[str, ...]:
    if sum(_size(letter, encoding) for letter in text) <= _WHOLE[encoding]:
        return (text,)
    parts: list[str] = []
    part, room = "", _PART[encoding]
    for letter in text:
        if _size(letter, encoding) > room:
            parts.append(part)
            part, room = "", _PART[encoding]
        part += letter
        room -= _size(letter, encoding)
    return tuple([*parts, part][:_PARTS_MAX])


def _size(letter: str, encoding: str) -> int:
    """Units of a part: septets, or pairs of bytes. A letter is never split."""
    if encoding == GSM:
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1

"""Phone numbers and e-mail addresses as people write them, in the one way they are kept; pure.

Source: ITU-T E.164 (at most 15 digits after the plus); RFC 5321, 4.5.3.1 (at most 254 octets of an address).
"""

import re
import unicodedata

from dawam.kernel import InvalidInput

_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]+\.[^\s@.<>,;:\"()\[\]\\]{2,}")
_ADDRESS_MAX = 254


def phone_of(written: str, *, country_code: str) -> str:
    """`٠١٠٠ ١٢٣ ٤٥٦٧`, `0020 100 123 4567` and `+20 100 1234567` are all `+201001234567`.

    Raises: InvalidInput `phone_malformed`.
    """
    plain = _BETWEEN.sub("", "".join(_digit(letter) for letter in written))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif plain.startswith("0"):
        plain = f"+{country_code}{plain[1:]}"
    if not _NUMBER.fullmatch(plain):
        raise InvalidInput("phone_malformed")
    return plain


def email_of(written: str) -> str:
    """An address in lower case. Raises: InvalidInput `email_malformed`."""
    plain = unicodedata.normalize("NFC", written.strip()).lower()
    if not _ADDRESS.fullmatch(plain) or len(plain.encode()) > _ADDRESS_MAX or not plain.isprintable():
        raise InvalidInput("email_malformed")
    return plain


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter

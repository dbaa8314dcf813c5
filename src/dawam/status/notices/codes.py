"""The short code of a notice: eight characters that a person can read out, type, and hardly get wrong.

Crockford's base 32 (no I, L, O, U; case does not matter): seven characters of chance (35 bits), then a check
character that finds every single wrong character and every swap of two neighbours. Written `K7QM-2XRD`.
Source: Crockford, "Base 32"; the check is a sum over GF(32) with the weights of its generator.
"""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BITS = 35
_DATA = 7
_SIZE = _DATA + 1
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_POLYNOMIAL = 0b100101
_CANDIDATES_MAX = 8
_LOOKS_LIKE_ONE = re.compile(
    r"(?<![0-9A-Za-z])(?=([0-9A-Za-z]{4})([\s\-_.·:]{0,3})([0-9A-Za-z]{4})(?![0-9A-Za-z]))", re.ASCII
)
_SPELLED = re.compile(r"\s*".join(["[0-9A-Za-z]"] * _SIZE), re.ASCII)
_UNSEEN = {"Cf", "Cc"}
_OBEYED = {"\u202d", "\u202e"}
"""The overrides, which make letters stand in another order than they are written: kept, so that they tell."""


def code_of(chance: int) -> str:
    """The code of 35 bits of chance."""
    data = [chance >> 5 * place & 31 for place in range(_DATA - 1, -1, -1)]
    return "".join(ALPHABET[value] for value in [*data, _check(data)])


def grouped(code: str) -> str:
    """The code as it stands in messages."""
    return f"{code[:4]}-{code[4:]}"


def read_code(given: str) -> str | None:
    """The code that somebody typed, in any case and grouping and with the digits of any script; else None."""
    letters = re.sub(r"[\s\-_.·:]", "", visible(given)).upper()
    values = [_VALUES.get(letter, -1) for letter in letters]
    if len(values) != _SIZE or -1 in values or _check(values[:_DATA]) != values[_DATA]:
        return None
    return "".join(ALPHABET[value] for value in values)


def codes_in(given: str) -> list[tuple[str, tuple[int, int]]]:
    """What may be codes in a text that `visible` gave, and where; joined ones first, at most eight."""
    spelled = _SPELLED.fullmatch(given.strip())
    if spelled and (code := read_code(given)):
        return [(code, (0, len(given)))]
    found: list[tuple[int, str, tuple[int, int]]] = []
    for match in _LOOKS_LIKE_ONE.finditer(given):
        code = read_code(match[1] + match[3])
        if code:
            loose = int(match[2] not in ("", "-"))
            found.append((loose, code, (match.start(1), match.end(3))))
    return [(code, place) for _, code, place in sorted(found)[:_CANDIDATES_MAX]]


def visible(given: str) -> str:
    """A text as it looks: compatible characters alike, digits of every script as ours, unseen marks gone."""
    letters = (_plain(letter) for letter in unicodedata.normalize("NFKC", given))
    return "".join(letters)


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() else " "
    if letter in _OBEYED:
        return letter
    kind = unicodedata.category(letter)
    if kind in _UNSEEN:
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    if kind == "Pd":
        return "-"
    return " " if kind[0] == "Z" else letter


def _check(data: list[int]) -> int:
    total = 0
    for value in data:
        total = (total ^ value) << 1
        if total & 32:
            total ^= _POLYNOMIAL
    return total

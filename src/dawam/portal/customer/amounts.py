"""Amounts as people type them, in whatever digits; pure. What may be read in two ways is refused.

Rules, in this order: every digit counts by its value (٣, ۳, 3); a space, an apostrophe or ٬ parts thousands,
٫ begins the decimals. Of commas and points, where both stand the last one begins the decimals; several of
one kind part thousands; a single one begins the decimals, unless exactly three digits follow it: then the
language's own mark decides (see `_THOUSANDS`, `_DECIMALS`), and where it does not, the amount is unclear.
Thousands are parted after every third digit or not at all. No signs, and more than zero.
"""

import re
import unicodedata

from dawam.kernel import Currency, InvalidInput, parse_minor
from dawam.web import Locale

_LONGEST = 40
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c]")
_GROUPS = re.compile("[\\s'’٬\u00a0\u202f]")
_PARTED = re.compile(r"\d{1,3}(?:G\d{3})+|\d+")
_THOUSANDS: dict[Locale, str] = {"en": ","}
_DECIMALS: dict[Locale, str] = {"en": ".", "fr": ","}
_THREE = 3


def amount_of(written: str, currency: Currency, locale: Locale) -> int:
    """Minor units of an amount that somebody typed.

    Raises: InvalidInput `amount_malformed`, `amount_ambiguous`, `amount_not_positive`,
    `amount_not_minor_units`, `amount_too_large`.
    """
    plain = _GROUPS.sub("G", _UNSEEN.sub("", written.strip()))
    plain = "".join(_digit(letter) for letter in plain).replace("،", ",").replace("٫", "D")
    whole, decimals = _parted(plain, currency, locale, written)
    if not _PARTED.fullmatch(whole) or not re.fullmatch(r"\d*", decimals, re.ASCII):
        raise _malformed(written)
    minor = parse_minor(whole.replace("G", "") + (f".{decimals}" if decimals else ""), currency)
    if minor <= 0:
        raise InvalidInput("amount_not_positive")
    return minor


def _parted(plain: str, currency: Currency, locale: Locale, written: str) -> tuple[str, str]:
    """Digits before and after the decimal mark; of the former thousands are parted by G."""
    if len(plain) > _LONGEST or plain.count("D") > 1:
        raise _malformed(written)
    if "D" in plain:
        whole, _, decimals = plain.partition("D")
        return re.sub("[,.]", "G", whole), decimals
    marks = [letter for letter in plain if letter in ",."]
    if len(set(marks)) > 1:
        last = marks[-1]
        whole, _, decimals = plain.rpartition(last)
        return whole.replace("." if last == "," else ",", "G"), decimals
    if len(marks) != 1:
        return re.sub("[,.]", "G", plain), ""
    return _single(plain, marks[0], currency, locale)


def _single(plain: str, mark: str, currency: Currency, locale: Locale) -> tuple[str, str]:
    whole, _, rest = plain.partition(mark)
    if len(rest) != _THREE or "G" in whole:
        return whole, rest
    if currency.exponent == _THREE:
        if _DECIMALS.get(locale) == mark:
            return whole, rest
    elif _THOUSANDS.get(locale) == mark:
        return f"{whole}G{rest}", ""
    raise InvalidInput("amount_ambiguous")


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def _malformed(written: str) -> InvalidInput:
    return InvalidInput("amount_malformed", value=written[:_LONGEST])

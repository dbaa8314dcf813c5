"""Money is an integer of minor units beside an ISO 4217 currency.

Nothing here rounds: an amount that is not a whole number of minor units is refused.
"""

import re
from dataclasses import dataclass
from functools import cache

from iso4217 import Currency as Iso4217

from dawam.kernel.errors import InvalidInput

AMOUNT_MAX = 2**63 - 1
_DECIMAL = re.compile(r"([+-]?)(\d{1,24})(?:\.(\d{1,12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: alphabetic code, numeric code (also its ledger's number), decimals of its minor unit."""

    code: str
    number: int
    exponent: int


@cache
def currency_of(code: str) -> Currency:
    """The currency of an alphabetic code, upper case.

    Raises: InvalidInput `currency_unknown`, also for codes without a minor unit (gold, test codes).
    """
    try:
        found = Iso4217(code)
    except ValueError:
        raise InvalidInput("currency_unknown", currency=code[:10]) from None
    if found.exponent is None or found.number is None:
        raise InvalidInput("currency_unknown", currency=code[:10])
    return Currency(found.code, found.number, found.exponent)


def parse_minor(text: str, currency: Currency) -> int:
    """Minor units of a decimal text such as `-12.40`; signs and a point only, no grouping.

    Raises: InvalidInput `amount_malformed`, `amount_not_minor_units`, `amount_too_large`.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise InvalidInput("amount_malformed", value=text[:40])
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    kept, cut = fraction[: currency.exponent], fraction[currency.exponent :]
    if cut.strip("0"):
        raise InvalidInput("amount_not_minor_units", value=text[:40], currency=currency.code)
    amount = int(whole + kept.ljust(currency.exponent, "0"))
    if amount > AMOUNT_MAX:
        raise InvalidInput("amount_too_large", value=text[:40])
    return -amount if sign == "-" else amount


def minor_to_text(amount_minor: int, currency: Currency) -> str:
    """`-12.40 EGP`: for terminals and reports; pages format by locale."""
    sign = "-" if amount_minor < 0 else ""
    whole, rest = divmod(abs(amount_minor), 10**currency.exponent)
    fraction = f".{rest:0{currency.exponent}d}" if currency.exponent else ""
    return f"{sign}{whole:,}{fraction} {currency.code}"

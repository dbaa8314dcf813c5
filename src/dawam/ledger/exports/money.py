"""The currency of a ledger, and amounts in it as decimal texts."""

from functools import lru_cache

import msgspec
from iso4217 import Currency as Iso4217

_BY_NUMBER = {currency.number: currency for currency in Iso4217 if currency.number is not None}


class Commodity(msgspec.Struct, frozen=True, gc=False):
    """What accounting programs call a currency: its symbol, and the decimals of its minor unit."""

    symbol: str
    exponent: int


@lru_cache(maxsize=1024)
def commodity_of(ledger: int) -> Commodity:
    """The ISO 4217 currency of this number; where none has minor units, whole units of `LEDGER…`."""
    found = _BY_NUMBER.get(ledger)
    if found is None or found.exponent is None:
        return Commodity(f"LEDGER{ledger}", 0)
    return Commodity(found.code, found.exponent)


def decimal_text(amount_minor: int, commodity: Commodity) -> str:
    """`-12.40`: every decimal of the currency, no grouping, no symbol."""
    exponent = commodity.exponent
    if not exponent:
        return str(amount_minor)
    digits = str(abs(amount_minor)).rjust(exponent + 1, "0")
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"

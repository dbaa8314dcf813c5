"""Currency conversion: two linked transfers through two conversion accounts, one of each currency.

    source account -> conversion account of the source's currency       `source_minor`
    conversion account of the target's currency -> target account       `target_minor`

The rules: both legs are created or neither (`LINKED`); each currency balances by itself, because no transfer
crosses ledgers; the amounts agree with the rate, in integers:

    source_minor * numerator = target_minor * denominator + remainder

The remainder is what rounding left: it stays in the conversion accounts, whose balances are the
institution's position in each currency, and the quote names it. The second leg's id follows from the first's;
both carry the first's id in `user_data_128`. A refusal may have used up a leg's id, as that of any transfer
that lacked the money: what is tried again later is another conversion, with an id of its own.
Out of scope: where the rate comes from, and whether it is a good one. Page: docs/ledger.md.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

import msgspec

from dawam.kernel import AMOUNT_MAX, ID_MAX, InvalidInput, invariant
from dawam.ledger.metadata import Metadata
from dawam.ledger.model import Transfer, TransferFlags
from dawam.ledger.results import TransferResult

_ID_DOMAIN = b"dawam/conversion/v1\0"
_RANDOM_BITS = 80  # of an id that begins with its time, see kernel.ids
_MAY_JOIN = int(TransferFlags.LINKED | TransferFlags.PENDING)
_PERHAPS_BEFORE = (TransferResult.OK, TransferResult.EXISTS, TransferResult.LINKED_EVENT_FAILED)
_COMPARED = (
    "flags",
    "pending_id",
    "timeout",
    "debit_account_id",
    "credit_account_id",
    "amount",
    "user_data_128",
    "user_data_64",
    "user_data_32",
    "ledger",
    "code",
    "effective_at",
)


class Rounding(StrEnum):
    """What becomes of a target amount that is not whole."""

    FLOOR = "floor"
    """Down: the institution keeps the fraction."""
    HALF_EVEN = "half_even"
    """To the nearest, a half to the even neighbour: favours nobody in the long run."""


class Rate(msgspec.Struct, frozen=True, gc=False):
    """Target minor units for one source minor unit, as a fraction in lowest terms."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, numerator: int, denominator: int = 1) -> "Rate":
        """The rate of a fraction of minor units.

        Raises: InvalidInput `conversion_rate_invalid`, when either is not between 1 and 2^63-1.
        """
        if not 0 < numerator <= AMOUNT_MAX or not 0 < denominator <= AMOUNT_MAX:
            raise InvalidInput("conversion_rate_invalid")
        lowest = Fraction(numerator, denominator)
        return cls(lowest.numerator, lowest.denominator)

    @classmethod
    def of_majors(cls, text: str, *, source_exponent: int, target_exponent: int) -> "Rate":
        """The rate of a decimal text, such as `48.615` EGP for one USD; exponents as in `kernel.Currency`.

        Raises: InvalidInput `conversion_rate_invalid`.
        """
        whole, _, decimals = text.partition(".")
        digits = whole + decimals
        if not digits.isascii() or not digits.isdigit() or not whole or len(digits) > 19:
            raise InvalidInput("conversion_rate_invalid")
        rate = Fraction(int(digits) * 10**target_exponent, 10 ** (len(decimals) + source_exponent))
        return cls.of(rate.numerator, rate.denominator)


class Quote(msgspec.Struct, frozen=True, gc=False):
    """Amounts that agree with a rate; `remainder` counts in 1/denominator of a target minor unit.

    It is what the customer did not get (below zero: got beyond the exact amount, by rounding half to even).
    """

    source_minor: int
    target_minor: int
    rate: Rate
    rounding: Rounding
    remainder: int

    def metadata(self) -> Metadata:
        """The terms, to be kept as a leg's metadata; fractions as text, since they may pass 2^53."""
        return {
            "rate": f"{self.rate.numerator}/{self.rate.denominator}",
            "remainder": f"{self.remainder}/{self.rate.denominator}",
            "rounding": self.rounding.value,
        }


class Settlement(StrEnum):
    """What became of a conversion."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    REFUSED = "refused"


class Settled(msgspec.Struct, frozen=True, gc=False):
    """What became of a conversion; of a refused one, the leg at fault (from 0) and its result."""

    settlement: Settlement
    leg: int | None = None
    result: TransferResult | None = None

    @property
    def stands(self) -> bool:
        """Whether the books hold it, from now or from before."""
        return self.settlement is not Settlement.REFUSED


def quote(source_minor: int, rate: Rate, rounding: Rounding) -> Quote:
    """What an amount gives at a rate.

    Raises: InvalidInput `conversion_amount_invalid`, `conversion_too_small`, when nothing would be paid.
    """
    if not 0 < source_minor <= AMOUNT_MAX:
        raise InvalidInput("conversion_amount_invalid")
    target, remainder = divmod(source_minor * rate.numerator, rate.denominator)
    if rounding is Rounding.HALF_EVEN:
        twice = 2 * remainder
        if twice > rate.denominator or (twice == rate.denominator and target % 2):
            target, remainder = target + 1, remainder - rate.denominator
    if target == 0:
        raise InvalidInput("conversion_too_small")
    if target > AMOUNT_MAX:
        raise InvalidInput("conversion_amount_invalid")
    invariant(
        source_minor * rate.numerator == target * rate.denominator + remainder,
        "a conversion lost a part of its amount",
    )
    return Quote(source_minor, target, rate, rounding, remainder)


class Side(msgspec.Struct, frozen=True, gc=False):
    """One currency's part of a conversion: its ledger, the customer's account, the conversion account."""

    ledger: int
    account_id: int
    conversion_account_id: int


def convert(
    conversion_id: int,
    terms: Quote,
    *,
    source: Side,
    target: Side,
    code: int,
    user_data_64: int = 0,
    user_data_32: int = 0,
    effective_at: int = 0,
    further: Sequence[Transfer] = (),
) -> list[Transfer]:
    """The linked transfers of a conversion, to be posted in one call, in this order.

    `conversion_id` is the first leg's id. `further` legs (a fee) come last, created with the others or not at
    all; they must be plain or pending. Whether the accounts exist and have the money, the ledger says.
    Raises: InvalidInput `conversion_same_currency`, `conversion_amount_differs` when the quote's amounts do
    not agree with its rate, `conversion_leg_unsuitable`, `conversion_id_invalid`, and what `quote` raises.
    """
    if source.ledger == target.ledger:
        raise InvalidInput("conversion_same_currency", ledger=source.ledger)
    if (
        quote(terms.source_minor, Rate.of(terms.rate.numerator, terms.rate.denominator), terms.rounding)
        != terms
    ):
        raise InvalidInput("conversion_amount_differs")
    if any(leg.flags & ~_MAY_JOIN for leg in further):
        raise InvalidInput("conversion_leg_unsuitable")
    shared = {
        "user_data_128": conversion_id,
        "user_data_64": user_data_64,
        "user_data_32": user_data_32,
        "code": code,
        "effective_at": effective_at,
    }
    taken = Transfer(
        id=conversion_id,
        debit_account_id=source.account_id,
        credit_account_id=source.conversion_account_id,
        amount=terms.source_minor,
        ledger=source.ledger,
        **shared,
    )
    given = Transfer(
        id=second_id(conversion_id),
        debit_account_id=target.conversion_account_id,
        credit_account_id=target.account_id,
        amount=terms.target_minor,
        ledger=target.ledger,
        **shared,
    )
    return chained([taken, given, *further])


def second_id(conversion_id: int) -> int:
    """The id of a conversion's second leg: the time of the first's, then 80 bits of a SHA-256 of it.

    It keeps the time in front, because ids in order of time are what the ledger is fastest with.
    Raises: InvalidInput `conversion_id_invalid`, for 0, 2^128-1 and what is no id at all.
    """
    if not 0 < conversion_id < ID_MAX:
        raise InvalidInput("conversion_id_invalid")
    digest = sha256(_ID_DOMAIN + conversion_id.to_bytes(16, "big")).digest()
    low = int.from_bytes(digest[: _RANDOM_BITS // 8], "big")
    second = conversion_id >> _RANDOM_BITS << _RANDOM_BITS | low
    invariant(second not in (0, conversion_id, ID_MAX), "a conversion's id gave an id that no leg may have")
    return second


def chained(legs: Sequence[Transfer]) -> list[Transfer]:
    """The transfers as one chain: each linked to the next, the last one closing it."""
    linked = int(TransferFlags.LINKED)
    last = len(legs) - 1
    return [
        msgspec.structs.replace(leg, flags=leg.flags & ~linked if place == last else leg.flags | linked)
        for place, leg in enumerate(legs)
    ]


def settled(
    legs: Sequence[Transfer],
    results: Sequence[TransferResult],
    stored: Callable[[int], Transfer | None],
) -> Settled:
    """Read the results of a chain, so that a retry can tell "already done" from "refused".

    The ledger answers a retried chain with `EXISTS` for its first leg and `LINKED_EVENT_FAILED` for the
    others, and creates nothing. That alone does not say that the other legs are those of the first time, so
    they are compared with the books: `stored` gives a transfer by its id, as `Ledger.transfer` does, or in a
    verb `transfer_in`. A leg that is not there is refused with `LINKED_EVENT_FAILED`.
    """
    invariant(len(legs) == len(results) > 0, "a chain has one result a leg")
    if not any(results):
        return Settled(Settlement.DONE)
    for place, result in enumerate(results):
        if result not in _PERHAPS_BEFORE:
            return Settled(Settlement.REFUSED, place, result)
    for place, leg in enumerate(legs):
        differing = _differs(leg, stored(leg.id))
        if differing is not None:
            return Settled(Settlement.REFUSED, place, differing)
    return Settled(Settlement.ALREADY_DONE)


def _differs(leg: Transfer, there: Transfer | None) -> TransferResult | None:
    """In what a leg is not what the books hold, in the ledger's words and order."""
    if there is None:
        return TransferResult.LINKED_EVENT_FAILED
    for field in _COMPARED:
        if getattr(leg, field) != getattr(there, field):
            return TransferResult[f"EXISTS_WITH_DIFFERENT_{field.upper()}"]
    return None

"""A customer's statement: the ledger's entries that moved money, in the feed's words."""

from datetime import datetime

import msgspec

from dawam.kernel import from_ns, id_to_text
from dawam.ledger import Entry, TransferFlags
from dawam.primary.mirror.numbers import kind_of

_POST = int(TransferFlags.POST_PENDING)
_UNSHOWN = int(TransferFlags.PENDING | TransferFlags.VOID_PENDING)


class StatementLine(msgspec.Struct, frozen=True, gc=False):
    """One booking with the account's balance after it; `place` is where the next page begins.

    `payment_id` is the payment whose hold it used up.
    """

    place: int
    amount_minor: int
    balance_after_minor: int
    currency: str
    booked_at: datetime
    kind: str
    payment_id: str | None


def line_of(entry: Entry, currency: str) -> StatementLine | None:
    """The line of a ledger entry; None for holds and their release, which move no money."""
    transfer = entry.transfer
    if transfer.flags & _UNSHOWN:
        return None
    return StatementLine(
        place=entry.seq,
        amount_minor=transfer.amount if entry.side == "credit" else -transfer.amount,
        balance_after_minor=entry.balance_minor,
        currency=currency,
        booked_at=from_ns(transfer.effective_at or transfer.timestamp),
        kind=kind_of(transfer.user_data_32 or transfer.code),
        payment_id=id_to_text(transfer.pending_id) if transfer.flags & _POST else None,
    )

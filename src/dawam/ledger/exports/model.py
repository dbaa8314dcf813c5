"""What an export is made of, and what each record of the journal is in it."""

from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from dawam.kernel import id_to_text
from dawam.ledger.exports.moments import moment_text
from dawam.ledger.exports.money import Commodity, decimal_text
from dawam.ledger.metadata import Metadata
from dawam.ledger.model import Account, Transfer, TransferFlags

Names = Callable[[int], str | None]
"""The path of an account id in the chart of accounts; None for an account without one."""

_PENDING = int(TransferFlags.PENDING)
_POST = int(TransferFlags.POST_PENDING)
_VOID = int(TransferFlags.VOID_PENDING)
_EXPIRED = int(TransferFlags.EXPIRED)


class Format(StrEnum):
    """Whose words."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    PARQUET = "parquet"


class Event(StrEnum):
    """What a transfer's record is."""

    TRANSFER = "transfer"
    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRY = "expiry"


class JournalEntry(msgspec.Struct, frozen=True, gc=False):
    """A record of the journal at its position.

    A transfer is given as it is recorded: amounts and accounts resolved, its timestamp set. `metadata` is
    what the record has by the time of the export.
    """

    seq: int
    record: Account | Transfer
    metadata: Metadata | None = None


class Exported(msgspec.Struct, frozen=True, gc=False):
    """What was written."""

    accounts: int
    transfers: int

    @property
    def records(self) -> int:
        """Accounts and transfers."""
        return self.accounts + self.transfers


def event_of(transfer: Transfer) -> Event:
    """What a transfer's record is."""
    flags = transfer.flags
    if flags & _PENDING:
        return Event.HOLD
    if flags & _POST:
        return Event.POST
    if flags & _VOID:
        return Event.VOID
    return Event.EXPIRY if flags & _EXPIRED else Event.TRANSFER


def moved_minor(transfer: Transfer) -> int:
    """What a transfer's record adds to the posted counters: nothing while it holds, voids or expires."""
    return 0 if transfer.flags & (_PENDING | _VOID | _EXPIRED) else transfer.amount


def account_facts(seq: int, account: Account) -> Iterator[tuple[str, str]]:
    """What an account's record says beside its name and currency: key and value, both harmless."""
    yield "seq", str(seq)
    yield "id", id_to_text(account.id)
    yield "timestamp", moment_text(account.timestamp)
    yield "code", str(account.code)
    yield from _given(account)


def transfer_facts(seq: int, transfer: Transfer, commodity: Commodity) -> Iterator[tuple[str, str]]:
    """What a transfer's record says beside its accounts and what it moves: key and value, both harmless."""
    yield "seq", str(seq)
    if transfer.id:
        yield "id", id_to_text(transfer.id)
    yield "timestamp", moment_text(transfer.timestamp)
    yield "code", str(transfer.code)
    flags = transfer.flags
    if flags & _PENDING:
        yield "held", decimal_text(transfer.amount, commodity)
    elif flags & (_VOID | _EXPIRED):
        yield "released", decimal_text(transfer.amount, commodity)
    if transfer.pending_id:
        yield "pending_id", id_to_text(transfer.pending_id)
    if transfer.timeout:
        yield "timeout_s", str(transfer.timeout)
    if transfer.effective_at:
        yield "effective_at", moment_text(transfer.effective_at)
    if flags or transfer.user_data_128 or transfer.user_data_64 or transfer.user_data_32:
        yield from _given(transfer)


def _given(record: Account | Transfer) -> Iterator[tuple[str, str]]:
    if record.flags:
        yield "flags", str(record.flags)
    if record.user_data_128:
        yield "user_data_128", id_to_text(record.user_data_128)
    if record.user_data_64:
        yield "user_data_64", str(record.user_data_64)
    if record.user_data_32:
        yield "user_data_32", str(record.user_data_32)

"""The sums of every ledger: what was posted, by the whole journal, and what is held, by the open holds."""

import numpy as np

from dawam.ledger import loading, records, store
from dawam.ledger.model import LedgerTotal, PendingStatus
from dawam.ledger.records import Array
from dawam.ledger.rules import POST
from dawam.storage import Rows

_LOW = (1 << 32) - 1


class _Sum:
    """One ledger's."""

    def __init__(self) -> None:
        self.posted = self.held = self.accounts = self.records = 0


class _Sums(dict[int, _Sum]):
    def __missing__(self, ledger: int) -> _Sum:
        found = self[ledger] = _Sum()
        return found

    def take_accounts(self, stored: bytes) -> None:
        for _, _, each in records.each(records.ACCOUNT, 1, stored):
            self[records.unpack_account(each).ledger].accounts += 1

    def take_transfers(self, columns: Array) -> None:
        for ledger in np.unique(columns["ledger"]).tolist():
            mine = columns[columns["ledger"] == ledger]
            moved = mine["amount"][(mine["flags"] & records.NOT_POSTED == 0) | (mine["flags"] & POST != 0)]
            self[ledger].posted += _exact_sum(moved.astype(np.int64))
            self[ledger].records += len(mine)


def totals(rows: Rows) -> list[LedgerTotal]:
    """The sums of every ledger over its accounts, by its number; as of one moment, in bounded memory."""
    sums = _Sums()
    with rows.snapshot():
        for chunk in store.blocks(rows, 1, loading.end_of(rows)):
            if chunk.kind == records.ACCOUNT:
                sums.take_accounts(chunk.stored)
            elif chunk.kind == records.TRANSFER:
                sums.take_transfers(records.columns(chunk.stored))
        for seq in _open_holds(rows):
            line = records.Line(store.record(rows, seq))
            sums[line.fields[11]].held += line.fields[5]
    return [
        LedgerTotal(
            ledger=ledger,
            debits_pending=found.held,
            debits_posted=found.posted,
            credits_pending=found.held,
            credits_posted=found.posted,
            accounts=found.accounts,
            records=found.records,
        )
        for ledger, found in sorted(sums.items())
    ]


def _open_holds(rows: Rows) -> list[int]:
    state = store.read_state(rows)
    tail = loading.read_tail(rows, state.indexed_seq if state else 0, loading.end_of(rows))
    statuses = tail.recent.statuses
    newer = [seq for seq, line in tail.holds if statuses[line.id] is PendingStatus.PENDING]
    return store.open_holds(rows) + newer


def _exact_sum(amounts: Array) -> int:
    return (int((amounts >> 32).sum()) << 32) + int((amounts & _LOW).sum())

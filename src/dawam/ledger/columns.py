"""A call's transfers as columns, and which of them may be decided together.

Built once a call. What can be decided together: plain transfers, holds, and posts and voids that name a hold
only; new ids; known accounts of the right ledger. Everything else goes by `rules`, one by one.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING, Any

import numpy as np

from dawam.kernel import AMOUNT_MAX, ID_MAX
from dawam.ledger import records
from dawam.ledger.cache import LEDGER
from dawam.ledger.model import Transfer
from dawam.ledger.ranges import check_transfer
from dawam.ledger.records import Array
from dawam.ledger.rules import PENDING, POST, VOID
from dawam.storage import Rows

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_TOGETHER = (0, PENDING, POST, VOID)
_ZERO_ID = bytes(16)


class Columns:
    """Equally long columns; accounts by slot of the cache, -1 where there is none."""

    ids: Sequence[int]
    pending_ids: Sequence[int]
    wide: Sequence[int]  # user_data_128
    has_pending: bool
    has_wide: bool
    debit: Array
    credit: Array
    amount: Array
    user_data_64: Array
    user_data_32: Array
    timeout: Array
    ledger: Array
    code: Array
    flags: Array
    effective_at: Array
    id_bytes: Array
    together: Array  # whether it may be decided with its neighbours

    @classmethod
    def of(cls, transfers: Sequence[Transfer], books: "Books", rows: Rows) -> "Columns | None":
        """The columns; None if an amount is larger than any that can be moved.

        Raises: InvalidInput `transfer_field_out_of_range`.
        """
        self = cls()
        self.ids = [each.id for each in transfers]
        self.pending_ids = [each.pending_id for each in transfers]
        self.wide = [each.user_data_128 for each in transfers]
        self.has_pending, self.has_wide = any(self.pending_ids), any(self.wide)
        try:
            self.id_bytes = packed(self.ids)
            self.amount = np.array([each.amount for each in transfers], np.uint64)
            self.user_data_64 = np.array([each.user_data_64 for each in transfers], np.uint64)
            self.user_data_32 = np.array([each.user_data_32 for each in transfers], np.uint32)
            self.timeout = np.array([each.timeout for each in transfers], np.uint32)
            self.ledger = np.array([each.ledger for each in transfers], np.uint32)
            self.code = np.array([each.code for each in transfers], np.uint16)
            self.flags = np.array([each.flags for each in transfers], np.uint16)
            self.effective_at = np.array([each.effective_at for each in transfers], np.int64)
            if self.has_wide:
                packed(self.wide)
        except OverflowError:
            for transfer in transfers:
                check_transfer(transfer)
            return None
        if int(self.amount.max()) > AMOUNT_MAX:
            return None
        self.amount = self.amount.astype(np.int64)
        debits = [each.debit_account_id for each in transfers]
        credits_ = [each.credit_account_id for each in transfers]
        self._find_accounts(debits, credits_, books, rows)
        self.together = self._together(debits, credits_, books)
        timestamps = [each.timestamp for each in transfers]
        if any(timestamps):
            self.together &= np.array([each == 0 for each in timestamps], np.bool_)
        self._set_aside_known(books, rows)
        return self

    def _find_accounts(
        self, debits: Sequence[int], credits_: Sequence[int], books: "Books", rows: Rows
    ) -> None:
        count, cache = len(debits), books.cache
        self.debit, self.credit = cache.find(debits, count), cache.find(credits_, count)
        absent = np.flatnonzero((self.debit < 0) | (self.credit < 0)).tolist()
        wanted = {account for at in absent for account in (debits[at], credits_[at]) if account}
        if wanted:
            books.load(rows, wanted)
            self.debit, self.credit = cache.find(debits, count), cache.find(credits_, count)

    def _together(self, debits: Sequence[int], credits_: Sequence[int], books: "Books") -> Array:
        ledgers = books.cache.facts[:, LEDGER]
        moves = (
            (self.flags & ~np.uint16(PENDING) == 0)
            & (self.debit >= 0)
            & (self.credit >= 0)
            & (self.debit != self.credit)
            & (self.code != 0)
            & (ledgers[self.debit] == self.ledger)
            & (ledgers[self.credit] == self.ledger)
            & ((self.timeout == 0) | (self.flags == PENDING))
        )
        if not self.has_pending:
            return np.asarray(moves)
        names = np.array([each != 0 for each in self.pending_ids], np.bool_)
        by_hold = np.array(
            [not debit and not credit for debit, credit in zip(debits, credits_, strict=True)], np.bool_
        )
        ends = (self.flags == POST) | (self.flags == VOID)
        own = (self.ledger == 0) & (self.code == 0) & (self.timeout == 0)
        return np.asarray((moves & ~names) | (ends & names & by_hold & own))

    def _set_aside_known(self, books: "Books", rows: Rows) -> None:
        """Ids that are not new, or stand twice in the call, are looked at one by one."""
        ids, newest = self.ids, books.head.max_id
        if ids[0] > newest and ids[-1] < ID_MAX and all(map(lt, ids, islice(ids, 1, None))):
            return
        known: set[int] = {0, ID_MAX}
        known.update(books.seqs_of(rows, [each for each in ids if each <= newest]))
        for place, each in enumerate(ids):
            if each in known:
                self.together[place] = False
            known.add(each)


def packed(identifiers: Iterable[int]) -> Array:
    """Identifiers as they are stored. Raises: OverflowError."""
    return np.frombuffer(b"".join([each.to_bytes(16, "big") for each in identifiers]), "V16")


def build(count: int) -> Any:
    """Empty records of transfers."""
    rows = np.zeros(count, records.TRANSFER_DTYPE)
    rows["kind"] = records.TRANSFER
    return rows

"""The ledger's verbs and queries."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from dawam.kernel import InvalidInput
from dawam.ledger import audit, store
from dawam.ledger.model import (
    Account,
    AccountRow,
    AuditReport,
    Entry,
    Head,
    LedgerTotal,
    PendingStatus,
    Transfer,
)
from dawam.ledger.opening import Opening
from dawam.ledger.posting import Batch
from dawam.ledger.results import AccountResult, TransferResult
from dawam.storage import RowCache, Rows, Storage, Tx

T = TypeVar("T")
_HEAD = 0


class Ledger:
    """Accounts and transfers in one database.

    Verbs take the open transaction and belong to the writer; queries see what is committed, from any thread.
    At most `cache_accounts` accounts are kept in memory.
    """

    def __init__(self, storage: Storage, *, cache_accounts: int = 2_000_000) -> None:
        self._storage = storage
        self._accounts: RowCache[int, AccountRow] = RowCache(cache_accounts)
        self._heads: RowCache[int, Head] = RowCache(1)
        storage.register(self._accounts)
        storage.register(self._heads)

    # Verbs

    def create_accounts(self, tx: Tx, accounts: Sequence[Account], *, now_ns: int) -> list[AccountResult]:
        """Open accounts; one result each, in order.

        Raises: InvalidInput `account_field_out_of_range`.
        """
        known = self._copies(tx, {account.id for account in accounts})
        opening = Opening(self._head_in(tx), now_ns, known)
        results = opening.open(accounts)
        opening.save(tx)
        self._accounts.put_all(opening.opened)
        self._heads.put(_HEAD, opening.head())
        return results

    def post_transfers(self, tx: Tx, transfers: Sequence[Transfer], *, now_ns: int) -> list[TransferResult]:
        """Create transfers; one result each, in order. Pending ones whose time is over are released first.

        Raises: InvalidInput `transfer_field_out_of_range`; let it end the verb, some rows may be written.
        """
        head = self._head_in(tx)
        if head.next_expiry <= max(now_ns, head.timestamp + 1):
            self.expire_pending(tx, now_ns=now_ns)
            head = self._head_in(tx)
        batch = Batch(head, now_ns)
        self._load_batch(tx, batch, transfers)
        results = batch.post(transfers, partial(store.add_transfer_groups, tx))
        self._save(tx, batch)
        return results

    def expire_pending(self, tx: Tx, *, now_ns: int) -> int:
        """Release all pending transfers whose time is over, earliest first; returns how many."""
        count = 0
        moment = max(now_ns, self._head_in(tx).timestamp + 1)
        while True:
            head = self._head_in(tx)
            found = store.due(tx, moment)
            if not found:
                self._heads.put(
                    _HEAD, Head(head.seq, head.seal, head.timestamp, head.max_id, store.next_expiry(tx))
                )
                return count
            batch = Batch(head, now_ns)
            ids = {pending.transfer.debit_account_id for pending in found}
            ids.update(pending.transfer.credit_account_id for pending in found)
            batch.accounts = self._copies(tx, ids)
            for pending in found:
                batch.expire(pending)
            self._save(tx, batch)
            count += len(found)

    def account_in(self, tx: Tx, account_id: int) -> Account | None:
        """The account as the open transaction sees it."""
        row = self._accounts.get(account_id)
        if row is None:
            row = store.account(tx, account_id)
        return None if row is None else _public(row)

    def transfer_in(self, tx: Tx, transfer_id: int) -> Transfer | None:
        """The transfer as the open transaction sees it."""
        return _transfer(tx, transfer_id)

    def pending_in(self, tx: Tx, transfer_id: int) -> PendingStatus | None:
        """What has become of a pending transfer; None when there is none of this id."""
        return _pending(tx, transfer_id)

    # Queries

    def account(self, account_id: int) -> Account | None:
        """The account as committed; from memory if it is there."""
        row = self._committed(account_id)
        return None if row is None else _public(row)

    def transfer(self, transfer_id: int) -> Transfer | None:
        """The transfer as committed."""
        return self._storage.read(lambda rows: _transfer(rows, transfer_id))

    def pending(self, transfer_id: int) -> PendingStatus | None:
        """What has become of a pending transfer; None when there is none of this id."""
        return self._storage.read(lambda rows: _pending(rows, transfer_id))

    def statement(self, account_id: int, *, before: int | None = None, limit: int = 50) -> list[Entry]:
        """The account's entries, newest first, at most `limit`, older than the entry at `before`.

        An unknown account has none.
        Raises: InvalidInput `statement_position_unknown`, when `before` is not an entry of the account's.
        """
        row = self._committed(account_id)
        if row is None:
            return []
        number, newest = row.number, row.last_seq

        def page(rows: Rows) -> list[Entry]:
            start = newest
            if before is not None:
                found = store.previous_seq(rows, before, number)
                if found is None:
                    raise InvalidInput("statement_position_unknown", before=before)
                start = found
            return list(store.entries(rows, number, start=start, limit=max(limit, 0)))

        return self._storage.read(page)

    def balance_as_of(self, account_id: int, moment_ns: int) -> Account | None:
        """The account with its counters as of a past moment; None if it was not yet open."""
        row = self._committed(account_id)
        if row is None or row.timestamp > moment_ns:
            return None
        number, newest = row.number, row.last_seq

        def counters(rows: Rows) -> tuple[int, int, int, int]:
            start = store.waypoint_after(rows, number, moment_ns) or newest
            for entry in store.entries(rows, number, start=start, limit=-1):
                if entry.transfer.timestamp <= moment_ns:
                    return (
                        entry.debits_pending,
                        entry.debits_posted,
                        entry.credits_pending,
                        entry.credits_posted,
                    )
            return (0, 0, 0, 0)

        return _public(row, self._storage.read(counters))

    def totals(self) -> list[LedgerTotal]:
        """The sums of every ledger, by its number. Reads all accounts."""
        return self._storage.read(store.totals)

    def audit(self, on_progress: Callable[[int, int], None] | None = None) -> AuditReport:
        """Verify the books from the first record to the last; `on_progress` is told (done, of how many)."""
        return self._storage.read(lambda rows: audit.verify(rows, on_progress))

    # Inside

    def _head_in(self, tx: Tx) -> Head:
        head = self._heads.get(_HEAD)
        return store.head(tx) if head is None else head

    def _copies(self, tx: Tx, account_ids: set[int]) -> dict[int, AccountRow]:
        """The accounts of these ids that exist, as the open transaction sees them: copies, to be changed."""
        get = self._accounts.get
        found = {
            account_id: row.__copy__()
            for account_id, row in zip(account_ids, map(get, account_ids), strict=True)
            if row is not None
        }
        if len(found) < len(account_ids):
            missing = store.accounts_of(tx, account_ids - found.keys())
            found.update((row.id, row) for row in missing)
        return found

    def _load_batch(self, tx: Tx, batch: Batch, transfers: Sequence[Transfer]) -> None:
        """All that the batch may need: named transfers, and copies of the accounts."""
        max_id = batch.max_id
        wanted = {transfer.id for transfer in transfers if transfer.id <= max_id}
        wanted.update(transfer.pending_id for transfer in transfers if transfer.pending_id)
        if wanted:
            batch.named = {found.transfer.id: found for found in store.named(tx, wanted)}
        ids = {transfer.debit_account_id for transfer in transfers}
        ids.update([transfer.credit_account_id for transfer in transfers])
        for found in batch.named.values():
            ids.add(found.transfer.debit_account_id)
            ids.add(found.transfer.credit_account_id)
        batch.accounts = self._copies(tx, ids)

    def _save(self, tx: Tx, batch: Batch) -> None:
        self._accounts.put_all(batch.save(tx))
        self._heads.put(_HEAD, batch.head())

    def _committed(self, account_id: int) -> AccountRow | None:
        row = self._accounts.committed.get(account_id)
        if row is None:
            generation = self._accounts.generation
            row = self._storage.read(lambda rows: store.account(rows, account_id))
            if row is not None:
                self._accounts.offer(account_id, row, generation)
                # What the others see by now: nobody is shown a newer row first and an older one after it.
                row = self._accounts.committed.get(account_id, row)
        return row


def _public(row: AccountRow, counters: tuple[int, int, int, int] | None = None) -> Account:
    if counters is None:
        counters = (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)
    return Account(
        row.id,
        row.ledger,
        row.code,
        row.flags,
        row.user_data_128,
        row.user_data_64,
        row.user_data_32,
        *counters,
        row.timestamp,
    )


def _transfer(rows: Rows, transfer_id: int) -> Transfer | None:
    found = store.named(rows, [transfer_id])
    return found[0].transfer if found else None


def _pending(rows: Rows, transfer_id: int) -> PendingStatus | None:
    found = store.named(rows, [transfer_id])
    return found[0].status if found else None

"""The ledger's verbs and queries."""

from collections.abc import Callable, Sequence

import msgspec

from dawam.kernel import InvalidInput
from dawam.ledger import audit, history, loading, records, store, sums
from dawam.ledger.books import INDEX_EVERY, Books, Seal
from dawam.ledger.metadata import Metadata, decode, encode
from dawam.ledger.model import (
    Account,
    AccountRow,
    AuditReport,
    Entry,
    LedgerTotal,
    PendingStatus,
    Terms,
    Transfer,
)
from dawam.ledger.opening import Opening
from dawam.ledger.posting import Posting
from dawam.ledger.proofs import VerifyingKey
from dawam.ledger.ranges import check_terms
from dawam.ledger.results import AccountResult, TransferResult
from dawam.storage import Rows, Storage, Tx

BATCH_MAX = 65_536


class Ledger:
    """Accounts and transfers in one database.

    Verbs take the open transaction and belong to the writer; queries see what is committed, from any thread.
    About `cache_accounts` accounts are kept in memory. `seal` signs the checkpoint of every commit. The
    indexes are brought up to date every `index_every` records; what is newer is kept in memory too.
    Raises: IntegrityBroken `journal_contradicts_checkpoint`, where the newest records are damaged.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        cache_accounts: int = 2_000_000,
        seal: Seal | None = None,
        index_every: int = INDEX_EVERY,
    ) -> None:
        self._storage = storage
        self._books = Books(cache_accounts, seal, index_every)
        storage.read(self._books.open)
        storage.register(self._books)

    # Verbs

    def create_accounts(self, tx: Tx, accounts: Sequence[Account], *, now_ns: int) -> list[AccountResult]:
        """Open accounts; one result each, in order.

        Raises: InvalidInput `account_field_out_of_range`, `account_terms_contradict`, `batch_too_large`.
        """
        _check_size(len(accounts))
        self._books.begin()
        return Opening(self._books, tx, now_ns, self._taken(tx, accounts, records.TRANSFER)).open(accounts)

    def post_transfers(self, tx: Tx, transfers: Sequence[Transfer], *, now_ns: int) -> list[TransferResult]:
        """Create transfers; one result each, in order. Holds whose time is over are released first.

        Raises: InvalidInput `transfer_field_out_of_range`, `batch_too_large`; let it end the verb.
        """
        _check_size(len(transfers))
        books = self._books
        books.begin()
        if books.holds.next_expiry <= books.next_timestamp(now_ns):
            self.expire_pending(tx, now_ns=now_ns)
        return Posting(books, tx, now_ns, self._taken(tx, transfers, records.ACCOUNT)).post(transfers)

    def expire_pending(self, tx: Tx, *, now_ns: int) -> int:
        """Release all holds whose time is over, earliest first; returns how many."""
        books = self._books
        books.begin()
        moment = books.next_timestamp(now_ns)
        count = 0
        while found := books.holds.due(tx, moment):
            for pending in found:
                Posting(books, tx, now_ns).expire(pending)
            count += len(found)
        return count

    def set_terms(self, tx: Tx, account_id: int, terms: Terms, *, now_ns: int) -> bool:
        """Give an account new terms in the place of all its old ones; False if there is no such account.

        Raises: InvalidInput `account_terms_contradict`.
        """
        check_terms(terms)
        books = self._books
        books.begin()
        slot = books.slot(tx, account_id)
        if slot is None:
            return False
        if books.cache.terms(slot) != terms:
            books.set_terms(slot, terms, books.next_timestamp(now_ns))
        return True

    def annotate_account(self, tx: Tx, account_id: int, metadata: Metadata, *, now_ns: int) -> bool:
        """Give an account metadata in the place of any before; False if there is no such account.

        Raises: InvalidInput `metadata_too_large`, `metadata_malformed`.
        """
        self._books.begin()
        exists = self._books.slot(tx, account_id) is not None
        return exists and self._annotate(records.ACCOUNT, account_id, metadata, now_ns)

    def annotate_transfer(self, tx: Tx, transfer_id: int, metadata: Metadata, *, now_ns: int) -> bool:
        """The same for a transfer."""
        exists = self.transfer_in(tx, transfer_id) is not None
        return exists and self._annotate(records.TRANSFER, transfer_id, metadata, now_ns)

    def account_in(self, tx: Tx, account_id: int) -> Account | None:
        """The account as the open transaction sees it."""
        self._books.begin()
        slot = self._books.slot(tx, account_id)
        return None if slot is None else self._books.cache.public(slot)

    def transfer_in(self, tx: Tx, transfer_id: int) -> Transfer | None:
        """The transfer as the open transaction sees it."""
        self._books.begin()
        seq = self._books.seq_of(tx, transfer_id)
        return None if seq is None else self._books.transfer(tx, seq)

    def pending_in(self, tx: Tx, transfer_id: int) -> PendingStatus | None:
        """What has become of a hold; None when there is none of this id."""
        self._books.begin()
        found = self._books.holds.pending(tx, transfer_id)
        return None if found is None else found.status

    # Queries

    def account(self, account_id: int) -> Account | None:
        """The account as committed; from memory if it is there."""
        found = self._books.cache.account(account_id)
        if found is None:
            found = self._storage.read(lambda rows: self._read_account(rows, account_id))
        return found

    def transfer(self, transfer_id: int) -> Transfer | None:
        """The transfer as committed."""
        return self._storage.read(lambda rows: self._books.committed_transfer(rows, transfer_id))

    def pending(self, transfer_id: int) -> PendingStatus | None:
        """What has become of a hold; None when there is none of this id."""
        return self._storage.read(lambda rows: self._books.committed_status(rows, transfer_id))

    def statement(self, account_id: int, *, before: int | None = None, limit: int = 50) -> list[Entry]:
        """The account's entries, newest first, at most `limit`, older than the entry at `before`.

        An unknown account has none.
        Raises: InvalidInput `statement_position_unknown`, when `before` is not an entry of the account's.
        """

        def page(rows: Rows) -> list[Entry]:
            place = self._place(rows, account_id)
            if place is None:
                return []
            return history.statement(rows, place, before=before, limit=max(limit, 0))

        return self._storage.read(page)

    def balance_as_of(
        self, account_id: int, moment_ns: int, *, happened_by_ns: int | None = None
    ) -> Account | None:
        """The account with its counters as of a past moment; None if it was not yet open.

        By booking time: what the books said then. With `happened_by_ns`, of what was in the books at that
        moment only that which had happened by another, by effective time. A late booking changes the answer
        to the second question for moments after it was made, and never the answer to the first.
        """
        account = self.account(account_id)
        if account is None or account.timestamp > moment_ns:
            return None

        def counters(rows: Rows) -> history.Counters:
            place = self._place(rows, account_id)
            if place is None:
                return history.NOTHING
            return history.counters_as_of(rows, self._books.shown, place, moment_ns, happened_by_ns)

        return _with(account, self._storage.read(counters))

    def metadata_of_account(self, account_id: int) -> Metadata:
        """The account's metadata; empty if it has none."""
        return self._metadata(records.ACCOUNT, account_id)

    def metadata_of_transfer(self, transfer_id: int) -> Metadata:
        """The transfer's metadata; empty if it has none."""
        return self._metadata(records.TRANSFER, transfer_id)

    def totals(self) -> list[LedgerTotal]:
        """The sums of every ledger, by its number. Reads the whole journal."""
        return self._storage.read(sums.totals)

    def audit(self, on_progress: Callable[[int, int], None] | None = None) -> AuditReport:
        """Verify the books from the first record to the last; `on_progress` is told (done, of how many)."""
        return audited(self._storage, on_progress)

    # Inside

    def _annotate(self, kind: int, subject_id: int, metadata: Metadata, now_ns: int) -> bool:
        self._books.annotate(kind, subject_id, encode(metadata), now_ns)
        return True

    def _metadata(self, kind: int, subject_id: int) -> Metadata:
        def read(rows: Rows) -> Metadata:
            positions = self._books.shown.notes.get((kind, subject_id))
            seq = positions[-1] if positions else store.note(rows, kind, subject_id)
            return {} if seq is None else decode(records.unpack_metadata(store.record(rows, seq))[2])

        return self._storage.read(read)

    def _read_account(self, rows: Rows, account_id: int) -> Account | None:
        index = self._books.index_of(rows, account_id)
        return None if index is None else public(loading.account(rows, index))

    def _place(self, rows: Rows, account_id: int) -> history.Place | None:
        known = self._books.cache.place(account_id)
        if known is not None:
            return history.Place(*known)
        index = self._books.index_of(rows, account_id)
        return None if index is None else history.Place(index.number, index.latest)

    def _taken(self, tx: Tx, events: Sequence[Account] | Sequence[Transfer], kind: int) -> set[int]:
        """The timestamps of imported events at which a record of another kind stands."""
        times = [event.timestamp for event in events if event.timestamp > 0]
        return loading.taken(tx, kind, times) if times else set()


def audited(
    storage: Storage,
    on_progress: Callable[[int, int], None] | None = None,
    keys: Sequence[VerifyingKey] = (),
) -> AuditReport:
    """Verify the books of a database without opening them: broken ones are a finding, not an error.

    With the log's public keys, those of its past among them, the checkpoints' signatures too.
    """
    return storage.read(lambda rows: audit.verify(rows, on_progress, keys))


def _check_size(count: int) -> None:
    if count > BATCH_MAX:
        raise InvalidInput("batch_too_large", count=count, limit=BATCH_MAX)


def public(row: AccountRow) -> Account:
    """The account as the world sees it."""
    return Account(
        row.id,
        row.ledger,
        row.code,
        row.flags,
        row.user_data_128,
        row.user_data_64,
        row.user_data_32,
        row.debits_pending,
        row.debits_posted,
        row.credits_pending,
        row.credits_posted,
        row.timestamp,
        row.terms,
    )


def _with(account: Account, counters: history.Counters) -> Account:
    debits_pending, debits_posted, credits_pending, credits_posted = counters
    return msgspec.structs.replace(
        account,
        debits_pending=debits_pending,
        debits_posted=debits_posted,
        credits_pending=credits_pending,
        credits_posted=credits_posted,
    )

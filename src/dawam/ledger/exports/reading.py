"""The journal as an export reads it: record by record in order, some thousands at a time."""

from collections.abc import Iterator, Sequence

from dawam.ledger import loading, records, store
from dawam.ledger.chart import store as chart
from dawam.ledger.exports.model import JournalEntry
from dawam.ledger.exports.store import notes_of
from dawam.ledger.metadata import Metadata, decode
from dawam.ledger.recent import Chunk
from dawam.storage import Rows

_BATCH = 4096
_REMEMBERED = 200_000
_EXPORTED = (records.ACCOUNT, records.TRANSFER)


class Books:
    """The books as of one moment. Use it within a snapshot, once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.end = loading.end_of(rows)
        self._ids: dict[int, int] = {}  # by number
        self._paths, self._has_more_paths = _paths(rows)
        self._has_notes = store.last_block(rows, records.METADATA) is not None
        self._newer_notes = _newer_notes(rows, self.end) if self._has_notes else {}

    def name(self, account_id: int) -> str | None:
        """The path of an account in the chart."""
        known = self._paths.get(account_id)
        if known is not None or not self._has_more_paths:
            return known
        return chart.path_of(self._rows, account_id)

    def entries(self) -> Iterator[JournalEntry]:
        """Every account and every transfer, in the journal's order."""
        waiting: list[Chunk] = []
        count = 0
        for chunk in store.blocks(self._rows, 1, self.end):
            if chunk.kind not in _EXPORTED:
                continue
            waiting.append(chunk)
            count += records.count(chunk.kind, chunk.stored)
            if count >= _BATCH:
                yield from self._entries(waiting)
                waiting, count = [], 0
        yield from self._entries(waiting)

    def _entries(self, chunks: Sequence[Chunk]) -> Iterator[JournalEntry]:
        found = [each for chunk in chunks for each in records.each(chunk.kind, chunk.seq, chunk.stored)]
        lines = {seq: records.Line(stored) for seq, kind, stored in found if kind == records.TRANSFER}
        accounts = {
            seq: records.unpack_account(stored) for seq, kind, stored in found if kind == records.ACCOUNT
        }
        self._learn_ids({number for line in lines.values() for number in (line.debit, line.credit)})
        notes = {
            records.ACCOUNT: self._notes(records.ACCOUNT, [each.id for each in accounts.values()]),
            records.TRANSFER: self._notes(records.TRANSFER, [line.id for line in lines.values() if line.id]),
        }
        for seq, kind, _ in found:
            if kind == records.ACCOUNT:
                account = accounts[seq]
                yield JournalEntry(seq, account, notes[kind].get(account.id))
            else:
                line = lines[seq]
                transfer = line.transfer(self._ids[line.debit], self._ids[line.credit])
                yield JournalEntry(seq, transfer, notes[kind].get(line.id))

    def _learn_ids(self, numbers: set[int]) -> None:
        missing = numbers - self._ids.keys()
        if len(self._ids) + len(missing) > _REMEMBERED:
            self._ids.clear()
            missing = numbers
        self._ids.update((index.number, index.id) for index in store.accounts_by_number(self._rows, missing))

    def _notes(self, kind: int, ids: Sequence[int]) -> dict[int, Metadata]:
        if not self._has_notes or not ids:
            return {}
        seqs = notes_of(self._rows, kind, ids)
        for identifier in ids:
            newer = self._newer_notes.get((kind, identifier))
            if newer is not None:
                seqs[identifier] = newer
        return {
            identifier: decode(records.unpack_metadata(store.record(self._rows, seq))[2])
            for identifier, seq in seqs.items()
        }


def _paths(rows: Rows) -> tuple[dict[int, str], bool]:
    """The chart by account, as far as memory may hold it; and whether there is more of it."""
    found: dict[int, str] = {}
    after = ""
    while page := chart.page(rows, after=after, beyond="~"):
        found.update((line.account_id, line.path) for line in page)
        after = page[-1].path
        if len(found) >= _REMEMBERED:
            return found, True
    return found, False


def _newer_notes(rows: Rows, end: int) -> dict[tuple[int, int], int]:
    """The positions of metadata that is not indexed yet, by kind and id of its subject."""
    state = store.read_state(rows)
    return {
        records.unpack_metadata(chunk.stored)[:2]: chunk.seq
        for chunk in store.blocks(rows, (state.indexed_seq if state else 0) + 1, end)
        if chunk.kind == records.METADATA
    }

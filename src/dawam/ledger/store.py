"""All SQL of the ledger. Values stand in the order in which a statement names its parameters."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, insert, literal_column, null, select, update

from dawam.kernel import ID_MAX
from dawam.ledger import records
from dawam.ledger.model import PendingStatus
from dawam.ledger.recent import Chunk
from dawam.ledger.records import BLOCK, id_bytes, id_of
from dawam.ledger.tables import accounts, holds, ids, journal, nodes, notes, runs, state, waypoints
from dawam.ledger.tables import checkpoints as checkpoint_rows
from dawam.ledger.tables import lates as late_rows
from dawam.storage import Rows, Tx

STATUSES = (PendingStatus.PENDING, PendingStatus.POSTED, PendingStatus.VOIDED, PendingStatus.EXPIRED)
STATUS_NUMBERS = {status: number for number, status in enumerate(STATUSES)}
_CHUNK = 50  # statements with more parameters are parsed anew each time by PostgreSQL's driver
_DUE = 1000


class AccountIndex(NamedTuple):
    """Where an account's records are: its own, its newest indexed transfer, its newest terms."""

    number: int
    id: int
    latest: int
    terms: int


class State(NamedTuple):
    """Up to where the indexes go, the largest id of a run, the largest id there is."""

    indexed_seq: int
    ordered_id: int
    max_id: int


def first_of(query: Select[Any], count: int = 1) -> Select[Any]:
    """The query's first rows. Written out, because a bound LIMIT would need a value at every call."""
    return query.limit(literal_column(str(count))).offset(literal_column("0"))


def _among(query: Select[Any], column: Any) -> tuple[Select[Any], Select[Any]]:
    """The query for one value of the column, and for a chunk of them."""
    many: list[Any] = [bindparam(f"wanted_{number}") for number in range(_CHUNK)]
    return query.where(column == bindparam("wanted")), query.where(column.in_(many))


_blocks = select(journal.c.seq, journal.c.kind, journal.c.records)
_block_at = first_of(_blocks.where(journal.c.seq <= bindparam("seq")).order_by(journal.c.seq.desc()))
_last_block = first_of(_blocks.order_by(journal.c.seq.desc()))
_blocks_between = _blocks.where(
    journal.c.seq >= bindparam("low"), journal.c.seq < bindparam("high")
).order_by(journal.c.seq)
_last_of_kind = first_of(_blocks.where(journal.c.kind == bindparam("kind")).order_by(journal.c.seq.desc()))
_last_of_kind_before = first_of(
    _blocks.where(journal.c.kind == bindparam("kind"), journal.c.seq <= bindparam("seq")).order_by(
        journal.c.seq.desc()
    )
)
_account = select(accounts.c.number, accounts.c.id, accounts.c.latest, accounts.c.terms)
_account_by_id, _accounts_by_id = _among(_account, accounts.c.id)
_account_by_number, _accounts_by_number = _among(_account, accounts.c.number)
_seq_by_id, _seqs_by_id = _among(select(ids.c.id, ids.c.seq), ids.c.id)
_run_below = first_of(
    select(runs.c.first_seq, runs.c.last_seq).where(runs.c.id <= bindparam("id")).order_by(runs.c.id.desc())
)
_status = select(holds.c.status).where(holds.c.seq == bindparam("seq"))
_due = first_of(
    select(holds.c.seq)
    .where(holds.c.expires_at <= bindparam("moment"))
    .order_by(holds.c.expires_at, holds.c.seq),
    _DUE,
)
_open_holds = select(holds.c.seq).where(holds.c.status == literal_column("0"))
_next_expiry = select(func.min(holds.c.expires_at))
_state = select(state.c.indexed_seq, state.c.ordered_id, state.c.max_id)
_node = select(nodes.c.hash).where(nodes.c.level == bindparam("level"), nodes.c.place == bindparam("place"))
_note = select(notes.c.seq).where(notes.c.kind == bindparam("kind"), notes.c.id == bindparam("id"))
_checkpoint = select(checkpoint_rows.c.size, checkpoint_rows.c.root, checkpoint_rows.c.note)
_last_checkpoint = first_of(_checkpoint.order_by(checkpoint_rows.c.size.desc()))
_checkpoint_of = _checkpoint.where(checkpoint_rows.c.size == bindparam("size"))
_count_accounts = select(func.count()).select_from(accounts)

_insert_block = insert(journal)
_insert_account = insert(accounts)
_insert_node = insert(nodes)
_insert_checkpoint = insert(checkpoint_rows)
_insert_hold = insert(holds)
_insert_waypoint = insert(waypoints)
_insert_late = insert(late_rows)
_insert_run = insert(runs)
_insert_id = insert(ids)
_insert_note = insert(notes)
_insert_state = insert(state)
_delete_note = delete(notes).where(notes.c.kind == bindparam("of_kind"), notes.c.id == bindparam("of_id"))
_point = update(accounts).values(latest=bindparam("new_latest")).where(accounts.c.number == bindparam("of"))
_set_terms = update(accounts).values(terms=bindparam("new_terms")).where(accounts.c.number == bindparam("of"))
_end_hold = (
    update(holds)
    .ordered_values((holds.c.status, bindparam("new_status")), (holds.c.expires_at, null()))
    .where(holds.c.seq == bindparam("of"))
)
_set_state = (
    update(state)
    .ordered_values(
        (state.c.indexed_seq, bindparam("new_indexed")),
        (state.c.ordered_id, bindparam("new_ordered")),
        (state.c.max_id, bindparam("new_max")),
    )
    .where(state.c.one == literal_column("1"))
)
_rewrite_note = (
    update(checkpoint_rows)
    .values(note=bindparam("new_note"))
    .where(checkpoint_rows.c.size == bindparam("of"))
)


# The journal


def block_at(rows: Rows, seq: int) -> Chunk | None:
    """The block that holds a position; None beyond the end."""
    found = rows.fetch(_block_at, (seq,))
    if not found:
        return None
    chunk = Chunk(*found[0])
    return chunk if seq < chunk.seq + records.count(chunk.kind, chunk.stored) else None


def record(rows: Rows, seq: int) -> bytes:
    """The record at a position that is known to exist."""
    ((first, kind, stored),) = rows.fetch(_block_at, (seq,))
    return records.record(kind, stored, seq - first)


def last_block(rows: Rows, kind: int | None = None) -> Chunk | None:
    """The journal's last block, or its last of a kind."""
    found = rows.fetch(_last_block) if kind is None else rows.fetch(_last_of_kind, (kind,))
    return Chunk(*found[0]) if found else None


def last_of_kind_before(rows: Rows, kind: int, seq: int) -> Chunk | None:
    """The last block of a kind that begins at a position or before it."""
    found = rows.fetch(_last_of_kind_before, (kind, seq))
    return Chunk(*found[0]) if found else None


def blocks(rows: Rows, first: int, last: int, step: int = 4096) -> Iterator[Chunk]:
    """The blocks that begin at the positions from first to last, in order, in bounded memory."""
    for low in range(first, last + 1, step):
        for row in rows.fetch(_blocks_between, (low, min(low + step, last + 1))):
            yield Chunk(*row)


def add_chunks(tx: Tx, chunks: Iterable[Chunk]) -> None:
    """Append records to the journal, in blocks."""
    tx.many(_insert_block, [row for chunk in chunks for row in _in_blocks(chunk)])


def _in_blocks(chunk: Chunk) -> Iterator[tuple[int, int, bytes]]:
    if chunk.kind == records.METADATA:
        yield chunk
        return
    stride = len(records.record(chunk.kind, chunk.stored, 0))
    for at in range(0, len(chunk.stored), stride * BLOCK):
        yield chunk.seq + at // stride, chunk.kind, chunk.stored[at : at + stride * BLOCK]


def node(rows: Rows, level: int, place: int) -> bytes | None:
    """The root of a complete subtree of 2^level leaves, of levels 8, 16, 24, …"""
    found = rows.fetch(_node, (level, place))
    return found[0][0] if found else None


def add_nodes(tx: Tx, found: Iterable[tuple[int, int, bytes]]) -> None:
    """Insert roots of complete subtrees: level, place, hash."""
    tx.many(_insert_node, found)


def add_checkpoint(tx: Tx, size: int, root: bytes, note: str | None) -> None:
    """Insert the checkpoint of a commit."""
    tx.many(_insert_checkpoint, [(size, root, note)])


def set_note(tx: Tx, size: int, note: str) -> None:
    """Give a checkpoint its signed text, or one that says more."""
    tx.many(_rewrite_note, [(note, size)])


def checkpoint(rows: Rows, size: int | None = None) -> tuple[int, bytes, str | None] | None:
    """Size, root and signed text of the checkpoint of a size, or of the last one."""
    found = rows.fetch(_last_checkpoint) if size is None else rows.fetch(_checkpoint_of, (size,))
    return (found[0][0], found[0][1], found[0][2]) if found else None


# Accounts


def _index_of(row: Sequence[Any]) -> AccountIndex:
    return AccountIndex(row[0], id_of(row[1]), row[2], row[3])


def account(rows: Rows, account_id: int) -> AccountIndex | None:
    """Where the records of an account are, by its id."""
    if not 0 < account_id <= ID_MAX:
        return None
    found = rows.fetch(_account_by_id, (id_bytes(account_id),))
    return _index_of(found[0]) if found else None


def accounts_by_id(rows: Rows, account_ids: Iterable[int]) -> list[AccountIndex]:
    """The same for many ids; those that do not exist are missing."""
    wanted = sorted(id_bytes(each) for each in account_ids if 0 < each <= ID_MAX)
    return [_index_of(row) for row in _fetch_many(rows, _account_by_id, _accounts_by_id, wanted)]


def accounts_by_number(rows: Rows, numbers: Iterable[int]) -> list[AccountIndex]:
    """The same for many numbers."""
    return [
        _index_of(row) for row in _fetch_many(rows, _account_by_number, _accounts_by_number, sorted(numbers))
    ]


def count_accounts(rows: Rows) -> int:
    """How many accounts there are."""
    return int(rows.fetch(_count_accounts)[0][0])


def add_accounts(tx: Tx, opened: Iterable[tuple[int, int]]) -> None:
    """Insert accounts: number and id."""
    tx.many(_insert_account, [(number, id_bytes(identifier), 0, 0) for number, identifier in opened])


def set_terms(tx: Tx, changed: Iterable[tuple[int, int]]) -> None:
    """Point accounts to their newest terms: position, number."""
    tx.many(_set_terms, changed)


def point_accounts(tx: Tx, latest: Iterable[tuple[int, int]]) -> None:
    """Point accounts to their newest transfers: position, number."""
    tx.many(_point, latest)


# Transfers by id


def seq_of(rows: Rows, transfer_id: int) -> int | None:
    """The position of an indexed transfer, or of what burnt its id."""
    wanted = id_bytes(transfer_id)
    for first, last in rows.fetch(_run_below, (wanted,)):
        found = _seq_in_run(rows, wanted, first, last)
        if found is not None:
            return found
    single = rows.fetch(_seq_by_id, (wanted,))
    return int(single[0][1]) if single else None


def _seq_in_run(rows: Rows, wanted: bytes, first: int, last: int) -> int | None:
    chunk = block_at(rows, first)
    while chunk is not None and chunk.seq <= last:
        length = records.count(chunk.kind, chunk.stored)
        if chunk.kind == records.TRANSFER:
            for place in range(length):
                if chunk.stored[place * records.TRANSFER_BYTES + 2 :][:16] == wanted:
                    return chunk.seq + place
        chunk = block_at(rows, chunk.seq + length)
    return None


def seqs_of(rows: Rows, transfer_ids: Iterable[int]) -> dict[int, int]:
    """The positions of many ids; those that do not exist are missing."""
    wanted = {each for each in transfer_ids if 0 < each <= ID_MAX}
    found = {
        id_of(identifier): seq
        for identifier, seq in _fetch_many(rows, _seq_by_id, _seqs_by_id, sorted(map(id_bytes, wanted)))
    }
    for identifier in wanted - found.keys():
        seq = seq_of(rows, identifier)
        if seq is not None:
            found[identifier] = seq
    return found


def add_runs(tx: Tx, found: Iterable[tuple[bytes, int, int]]) -> None:
    """Insert runs of ascending ids: the first id, first and last position."""
    tx.many(_insert_run, found)


def add_ids(tx: Tx, found: Iterable[tuple[bytes, int]]) -> None:
    """Insert ids that are in no run, with their positions."""
    tx.many(_insert_id, found)


def _fetch_many(
    rows: Rows, one: Select[Any], chunk: Select[Any], wanted: Sequence[Any]
) -> Iterator[Sequence[Any]]:
    if len(wanted) <= _CHUNK // 16:
        for value in wanted:
            yield from rows.fetch(one, (value,))
        return
    for start in range(0, len(wanted), _CHUNK):
        values = list(wanted[start : start + _CHUNK])
        values += values[-1:] * (_CHUNK - len(values))
        yield from rows.fetch(chunk, values)


# Holds


def status(rows: Rows, seq: int) -> PendingStatus | None:
    """The status of an indexed hold."""
    found = rows.fetch(_status, (seq,))
    return STATUSES[found[0][0]] if found else None


def due(rows: Rows, moment_ns: int) -> list[int]:
    """The positions of the first thousand indexed holds that have expired by then, earliest expiry first."""
    return [row[0] for row in rows.fetch(_due, (moment_ns,))]


def open_holds(rows: Rows) -> list[int]:
    """The positions of all indexed holds that are open."""
    return [row[0] for row in rows.fetch(_open_holds)]


def next_expiry(rows: Rows) -> int | None:
    """When the next indexed hold expires; None when none will."""
    ((moment,),) = rows.fetch(_next_expiry)
    return None if moment is None else int(moment)


def add_holds(tx: Tx, found: Iterable[tuple[int, int, int | None]]) -> None:
    """Insert holds: position, status, when it expires."""
    tx.many(_insert_hold, found)


def end_holds(tx: Tx, ended: Iterable[tuple[int, int]]) -> None:
    """Give indexed holds their last status: status, position."""
    tx.many(_end_hold, ended)


# The past, metadata, state


def add_waypoints(tx: Tx, passed: Iterable[tuple[int, int, int, int]]) -> None:
    """Insert waypoints: account number, timestamp, position, latest effective time by then."""
    tx.many(_insert_waypoint, passed)


def add_lates(tx: Tx, found: Iterable[tuple[int, int, int]]) -> None:
    """Insert late bookings: account number, position, effective time."""
    tx.many(_insert_late, found)


def note(rows: Rows, kind: int, subject_id: int) -> int | None:
    """The position of the newest metadata of an account or a transfer."""
    found = rows.fetch(_note, (kind, id_bytes(subject_id)))
    return int(found[0][0]) if found else None


def set_notes(tx: Tx, newest: Sequence[tuple[int, bytes, int]]) -> None:
    """Point to the newest metadata: kind and id of the subject, position."""
    tx.many(_delete_note, [row[:2] for row in newest])
    tx.many(_insert_note, newest)


def read_state(rows: Rows) -> State | None:
    """Up to where the indexes go; None in an empty ledger."""
    found = rows.fetch(_state)
    return State(found[0][0], id_of(found[0][1]), id_of(found[0][2])) if found else None


def write_state(tx: Tx, new: State, *, first: bool) -> None:
    """Say up to where the indexes go."""
    row = (new.indexed_seq, id_bytes(new.ordered_id), id_bytes(new.max_id))
    if first:
        tx.many(_insert_state, [(1, *row)])
    else:
        tx.many(_set_state, [row])

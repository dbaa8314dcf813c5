"""All SQL of the ledger. Values stand in the order in which a statement names its parameters."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, case, func, insert, literal_column, null, select, update
from sqlalchemy.dialects import postgresql

from dawam.kernel import ID_MAX
from dawam.ledger.journal import GENESIS, id_bytes, id_of
from dawam.ledger.model import AccountRow, Entry, Head, LedgerTotal, Pending, PendingStatus, Transfer
from dawam.ledger.rules import NEVER
from dawam.ledger.tables import accounts, latest, pendings, transfers, waypoints
from dawam.storage import Rows, Tx

COLUMNS = len(transfers.c)
GROUP = 32
POINTERS = 256
STATUSES = (PendingStatus.PENDING, PendingStatus.POSTED, PendingStatus.VOIDED, PendingStatus.EXPIRED)
STATUS_NUMBERS = {status: number for number, status in enumerate(STATUSES)}
_CHUNK = 128

_number = attrgetter("number")
_debit = accounts.alias("debit_account")
_credit = accounts.alias("credit_account")
_t = transfers.c

_COUNTERS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
_counters = [
    case((_t.debit == accounts.c.number, _t[f"debit_{name}"]), else_=_t[f"credit_{name}"]).label(name)
    for name in _COUNTERS
]
# An account with the counters after its latest transfer, NULL when it has none.
_account_rows = (
    select(
        accounts.c.number,
        accounts.c.id,
        accounts.c.ledger,
        accounts.c.code,
        accounts.c.flags,
        accounts.c.user_data_128,
        accounts.c.user_data_64,
        accounts.c.user_data_32,
        accounts.c.timestamp,
        *_counters,
        latest.c.seq,
    )
    .join_from(accounts, latest, latest.c.number == accounts.c.number)
    .outerjoin(transfers, _t.seq == latest.c.seq)
)

# A transfer with the ids of its accounts, its status if pending, and the counters after it.
_lines = (
    select(
        _t.seq,
        _t.id,
        _debit.c.id,
        _credit.c.id,
        _t.amount,
        _t.pending_id,
        _t.user_data_128,
        _t.user_data_64,
        _t.user_data_32,
        _t.timeout,
        _t.ledger,
        _t.code,
        _t.flags,
        _t.effective_at,
        _t.timestamp,
        pendings.c.status,
        _t.debit,
        _t.credit,
        _t.debit_prev,
        _t.credit_prev,
        _t.debit_debits_pending,
        _t.debit_debits_posted,
        _t.debit_credits_pending,
        _t.debit_credits_posted,
        _t.credit_debits_pending,
        _t.credit_debits_posted,
        _t.credit_credits_pending,
        _t.credit_credits_posted,
    )
    .join_from(transfers, _debit, _debit.c.number == _t.debit)
    .join(_credit, _credit.c.number == _t.credit)
    .outerjoin(pendings, pendings.c.seq == _t.seq)
)


def _first(query: Select[Any], count: int = 1) -> Select[Any]:
    """The query's first rows. Written out, because a bound LIMIT would need a value at every call."""
    return query.limit(literal_column(str(count))).offset(literal_column("0"))


def _upsert_latest(count: int) -> Any:
    """Set the pointers of many accounts at once; PostgreSQL's words, which SQLite understands as well."""
    rows: list[Any] = [
        {"number": bindparam(f"of_{place}"), "seq": bindparam(f"seq_{place}")} for place in range(count)
    ]
    upsert = postgresql.insert(latest).prefix_with("OR FAIL", dialect="sqlite").values(rows)
    return upsert.on_conflict_do_update(index_elements=[latest.c.number], set_={"seq": upsert.excluded.seq})


def _among(query: Select[Any], column: Any) -> tuple[Select[Any], Select[Any]]:
    """The query for one value of the column, and for a chunk of them."""
    many: list[Any] = [bindparam(f"wanted_{number}") for number in range(_CHUNK)]
    return query.where(column == bindparam("wanted")), query.where(column.in_(many))


_account_by_id, _accounts_by_id = _among(_account_rows, accounts.c.id)
_line_by_id, _lines_by_id = _among(_lines, _t.id)
_line_by_seq = _lines.where(_t.seq == bindparam("wanted"))
_due = _first(
    _lines.where(pendings.c.expires_at <= bindparam("moment")).order_by(pendings.c.expires_at, _t.seq), 1000
)
_next_expiry = select(func.min(pendings.c.expires_at))
_last_transfer = _first(select(_t.seq, _t.seal, _t.timestamp).order_by(_t.seq.desc()))
_last_account = _first(
    select(accounts.c.number, accounts.c.seal, accounts.c.timestamp).order_by(accounts.c.number.desc())
)
_largest_id = _first(select(_t.id).where(_t.id.is_not(None)).order_by(_t.id.desc()))
_waypoint_after = _first(
    select(waypoints.c.seq)
    .where(waypoints.c.number == bindparam("of"), waypoints.c.timestamp > bindparam("moment"))
    .order_by(waypoints.c.timestamp)
)

_insert_account = insert(accounts)
_insert_latest = insert(latest)
_insert_transfer = insert(transfers)
# Several rows a statement take a quarter less of the engine's time. OR FAIL spares SQLite the preparations
# for undoing half a statement: what fails here fails the verb, and the verb is rolled back.
_insert_transfers = (
    insert(transfers)
    .prefix_with("OR FAIL", dialect="sqlite")
    .values([{column.name: bindparam(f"{column.name}_{place}") for column in _t} for place in range(GROUP)])
)
_insert_pending = insert(pendings)
_insert_waypoint = insert(waypoints)
_point_one = _upsert_latest(1)
_point_many = _upsert_latest(POINTERS)
_resolve = (
    update(pendings)
    .ordered_values((pendings.c.status, bindparam("new_status")), (pendings.c.expires_at, null()))
    .where(pendings.c.seq == bindparam("of"))
)


def _account_of(row: Sequence[Any]) -> AccountRow:
    number, identifier, ledger, code, flags, data_128, data_64, data_32, timestamp, *counters, seq = row
    debits_pending, debits_posted, credits_pending, credits_posted = (counter or 0 for counter in counters)
    return AccountRow(
        number=number,
        id=id_of(identifier),
        ledger=ledger,
        code=code,
        flags=flags,
        user_data_128=id_of(data_128),
        user_data_64=data_64,
        user_data_32=data_32,
        timestamp=timestamp,
        debits_pending=debits_pending,
        debits_posted=debits_posted,
        credits_pending=credits_pending,
        credits_posted=credits_posted,
        last_seq=seq,
    )


def _transfer_of(line: Sequence[Any]) -> Transfer:
    _, identifier, debit, credit, amount, pending_id, data_128, *rest = line[:15]
    data_64, data_32, timeout, ledger, code, flags, effective_at, timestamp = rest
    return Transfer(
        id=id_of(identifier),
        debit_account_id=id_of(debit),
        credit_account_id=id_of(credit),
        amount=amount,
        pending_id=id_of(pending_id),
        user_data_128=id_of(data_128),
        user_data_64=data_64,
        user_data_32=data_32,
        timeout=timeout,
        ledger=ledger,
        code=code,
        flags=flags,
        effective_at=effective_at,
        timestamp=timestamp,
    )


def _pending_of(line: Sequence[Any]) -> Pending:
    return Pending(line[0], _transfer_of(line), None if line[15] is None else STATUSES[line[15]])


def account(rows: Rows, account_id: int) -> AccountRow | None:
    """The account of an id."""
    if not 0 < account_id <= ID_MAX:
        return None
    wanted: Any = id_bytes(account_id)
    found = rows.fetch(_account_by_id, (wanted,))
    return _account_of(found[0]) if found else None


def accounts_of(rows: Rows, account_ids: Iterable[int]) -> list[AccountRow]:
    """The accounts of many ids; those that do not exist are missing."""
    return [_account_of(row) for row in _fetch_many(rows, _account_by_id, _accounts_by_id, account_ids)]


def named(rows: Rows, transfer_ids: Iterable[int]) -> list[Pending]:
    """The transfers of many ids, with their status; those that do not exist are missing."""
    return [_pending_of(line) for line in _fetch_many(rows, _line_by_id, _lines_by_id, transfer_ids)]


def _fetch_many(
    rows: Rows, one: Select[Any], chunk: Select[Any], identifiers: Iterable[int]
) -> Iterable[Sequence[Any]]:
    wanted: list[Any] = sorted(id_bytes(identifier) for identifier in identifiers if 0 < identifier <= ID_MAX)
    if len(wanted) <= _CHUNK // 16:
        for identifier in wanted:
            yield from rows.fetch(one, (identifier,))
        return
    for start in range(0, len(wanted), _CHUNK):
        values = wanted[start : start + _CHUNK]
        values += values[-1:] * (_CHUNK - len(values))
        yield from rows.fetch(chunk, values)


def due(rows: Rows, moment_ns: int) -> list[Pending]:
    """The first thousand open pending transfers that have expired by then, earliest expiry first."""
    return [_pending_of(line) for line in rows.fetch(_due, (moment_ns,))]


def next_expiry(rows: Rows) -> int:
    """When the next open pending transfer expires; `NEVER` when none will."""
    ((moment,),) = rows.fetch(_next_expiry)
    return NEVER if moment is None else int(moment)


def head(rows: Rows) -> Head:
    """Where the journal ends."""
    ends = [*rows.fetch(_last_transfer), *rows.fetch(_last_account)]
    seq, seal, timestamp = max(ends, default=(0, GENESIS, 0))
    largest = rows.fetch(_largest_id)
    return Head(seq, seal, timestamp, id_of(largest[0][0]) if largest else 0, next_expiry(rows))


def add_accounts(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert account rows, seal last, without transfers."""
    tx.many(_insert_account, rows)
    tx.many(_insert_latest, [(row[0], 0) for row in rows])


def add_transfer_groups(tx: Tx, values: list[Any]) -> None:
    """Insert whole groups of transfers, taking them out of `values`: the rows' columns one after another."""
    width = COLUMNS * GROUP
    grouped = len(values) // width * width
    tx.many(_insert_transfers, (values[at : at + width] for at in range(0, grouped, width)))
    del values[:grouped]


def add_transfers(tx: Tx, values: list[Any]) -> None:
    """Insert transfers one by one; `values` are the rows' columns one after another."""
    tx.many(_insert_transfer, (values[at : at + COLUMNS] for at in range(0, len(values), COLUMNS)))


def point_accounts(tx: Tx, touched: Iterable[AccountRow]) -> None:
    """Point the accounts to their latest transfers; in their order, which the engine likes best."""
    ordered = sorted(touched, key=_number)
    values = [value for row in ordered for value in (row.number, row.last_seq)]
    grouped = len(ordered) // POINTERS * POINTERS * 2
    tx.many(_point_many, (values[at : at + 2 * POINTERS] for at in range(0, grouped, 2 * POINTERS)))
    tx.many(_point_one, (values[at : at + 2] for at in range(grouped, len(values), 2)))


def add_pendings(tx: Tx, held: Sequence[tuple[int, int, int | None]]) -> None:
    """Insert open pending transfers: seq, status, expires_at."""
    tx.many(_insert_pending, held)


def resolve_pendings(tx: Tx, resolved: Sequence[tuple[int, int]]) -> None:
    """Give pending transfers their last status: status, seq."""
    tx.many(_resolve, resolved)


def add_waypoints(tx: Tx, passed: Sequence[tuple[int, int, int]]) -> None:
    """Insert waypoints: account number, timestamp, seq."""
    tx.many(_insert_waypoint, passed)


def previous_seq(rows: Rows, seq: int, number: int) -> int | None:
    """The account's transfer before the one at `seq`; None when that is not one of the account's."""
    found = rows.fetch(_line_by_seq, (seq,))
    if not found or number not in found[0][16:18]:
        return None
    return int(found[0][18 if found[0][16] == number else 19])


def entries(rows: Rows, number: int, *, start: int, limit: int) -> Iterable[Entry]:
    """An account's entries from the one at `start` back, at most `limit`."""
    seq = start
    while seq and limit:
        (line,) = rows.fetch(_line_by_seq, (seq,))
        is_debit = line[16] == number
        counters = line[20:24] if is_debit else line[24:28]
        yield Entry(seq, _transfer_of(line), "debit" if is_debit else "credit", *counters)
        seq = line[18 if is_debit else 19]
        limit -= 1


def waypoint_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first waypoint later than a moment: from there the past is some 64 steps back."""
    found = rows.fetch(_waypoint_after, (number, moment_ns))
    return int(found[0][0]) if found else None


def _sum(column: Any) -> tuple[Any, Any]:
    """A sum in two halves, because it may pass 2^63-1 where no single counter does."""
    return func.sum(column.op(">>")(literal_column("32"))), func.sum(
        column.op("&")(literal_column("4294967295"))
    )


_totals = (
    select(accounts.c.ledger, func.count(), *(half for column in _counters for half in _sum(column.element)))
    .join_from(accounts, latest, latest.c.number == accounts.c.number)
    .outerjoin(transfers, _t.seq == latest.c.seq)
    .group_by(accounts.c.ledger)
    .order_by(accounts.c.ledger)
)
_records = select(_t.ledger, func.count()).group_by(_t.ledger)


def totals(rows: Rows) -> list[LedgerTotal]:
    """The sums of every ledger, by its number."""
    records: dict[int, int] = dict(rows.fetch(_records))
    result = []
    for ledger, count, *halves in rows.fetch(_totals):
        sums = [((halves[i] or 0) << 32) + (halves[i + 1] or 0) for i in range(0, 8, 2)]
        result.append(
            LedgerTotal(
                ledger=ledger,
                debits_pending=sums[0],
                debits_posted=sums[1],
                credits_pending=sums[2],
                credits_posted=sums[3],
                accounts=count,
                records=records.get(ledger, 0),
            )
        )
    return result

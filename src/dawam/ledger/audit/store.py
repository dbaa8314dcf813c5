"""All SQL of the audit: whole tables, in order."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from dawam.ledger.records import id_of
from dawam.ledger.store import AccountIndex, first_of
from dawam.ledger.tables import (
    accounts,
    holds,
    ids,
    nodes,
    notes,
    runs,
    waypoints,
)
from dawam.ledger.tables import (
    checkpoints as checkpoint_rows,
)
from dawam.storage import Rows

_all_accounts = (
    select(accounts.c.number, accounts.c.id, accounts.c.latest, accounts.c.terms)
    .where(accounts.c.number > bindparam("above"))
    .order_by(accounts.c.number)
)
_page_of_accounts = first_of(_all_accounts, 4096)
_page_of_checkpoints = first_of(
    select(checkpoint_rows.c.size, checkpoint_rows.c.root)
    .where(checkpoint_rows.c.size > bindparam("above"))
    .order_by(checkpoint_rows.c.size),
    4096,
)
_all_holds = select(holds.c.seq, holds.c.status)
_all_waypoints = select(waypoints.c.number, waypoints.c.timestamp, waypoints.c.seq)
_all_ids = select(ids.c.id, ids.c.seq)
_all_runs = select(runs.c.id, runs.c.first_seq, runs.c.last_seq).order_by(runs.c.id)
_all_notes = select(notes.c.kind, notes.c.id, notes.c.seq)
_all_nodes = select(nodes.c.level, nodes.c.place, nodes.c.hash)


def all_accounts(rows: Rows) -> Iterator[AccountIndex]:
    """Every account in order of its number, in bounded memory."""
    above = 0
    while page := rows.fetch(_page_of_accounts, (above,)):
        yield from (AccountIndex(row[0], id_of(row[1]), row[2], row[3]) for row in page)
        above = page[-1][0]


def checkpoints(rows: Rows) -> Iterator[tuple[int, bytes]]:
    """Size and root of every checkpoint, in order, in bounded memory."""
    above = 0
    while page := rows.fetch(_page_of_checkpoints, (above,)):
        yield from page
        above = page[-1][0]


def all_holds(rows: Rows) -> list[tuple[int, int]]:
    """Position and status of every indexed hold."""
    return rows.fetch(_all_holds)


def all_waypoints(rows: Rows) -> list[tuple[int, int, int]]:
    """Account number, timestamp and position of every waypoint."""
    return rows.fetch(_all_waypoints)


def all_ids(rows: Rows) -> list[tuple[bytes, int]]:
    """Every id that is in no run, and its position."""
    return rows.fetch(_all_ids)


def all_runs(rows: Rows) -> list[tuple[bytes, int, int]]:
    """Every run of ids: the first id, first and last position."""
    return rows.fetch(_all_runs)


def all_notes(rows: Rows) -> list[tuple[int, bytes, int]]:
    """Kind and id of every subject of metadata, and the position of its newest."""
    return rows.fetch(_all_notes)


def all_nodes(rows: Rows) -> list[tuple[int, int, bytes]]:
    """Level, place and hash of every kept node."""
    return rows.fetch(_all_nodes)

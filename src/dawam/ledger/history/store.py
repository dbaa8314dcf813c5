"""All SQL of an account's past: where to begin to look."""

from sqlalchemy import bindparam, select

from dawam.ledger.store import first_of
from dawam.ledger.tables import lates as late_rows
from dawam.ledger.tables import waypoints
from dawam.storage import Rows

_waypoint_after = first_of(
    select(waypoints.c.seq)
    .where(waypoints.c.number == bindparam("of"), waypoints.c.timestamp > bindparam("moment"))
    .order_by(waypoints.c.timestamp)
)
_waypoint_happened_after = first_of(
    select(waypoints.c.seq)
    .where(waypoints.c.number == bindparam("of"), waypoints.c.happened > bindparam("moment"))
    .order_by(waypoints.c.happened, waypoints.c.seq)
)
_lates = (
    select(late_rows.c.seq, late_rows.c.happened)
    .where(late_rows.c.number == bindparam("of"), late_rows.c.seq > bindparam("above"))
    .order_by(late_rows.c.seq)
)


def waypoint_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint later than a moment: some 16 steps back is the past."""
    found = rows.fetch(_waypoint_after, (number, moment_ns))
    return int(found[0][0]) if found else None


def waypoint_happened_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint by which something had happened later than a moment."""
    found = rows.fetch(_waypoint_happened_after, (number, moment_ns))
    return int(found[0][0]) if found else None


def lates(rows: Rows, number: int, above: int) -> list[tuple[int, int]]:
    """Position and effective time of an account's indexed late bookings above a position."""
    return [(row[0], row[1]) for row in rows.fetch(_lates, (number, above))]

"""All SQL of an account's past: where to begin to look."""

from sqlalchemy import bindparam, select

from dawam.ledger.store import first_of
from dawam.ledger.tables import lates as late_rows
from dawam.ledger.tables import waypoints
from dawam.storage import Rows

_waypoints = select(waypoints.c.timestamp, waypoints.c.seq, waypoints.c.happened).where(
    waypoints.c.number == bindparam("of")
)
_after = first_of(
    _waypoints.where(waypoints.c.timestamp > bindparam("moment")).order_by(waypoints.c.timestamp)
)
_last = first_of(_waypoints.order_by(waypoints.c.timestamp.desc()))
_at = select(waypoints.c.happened).where(
    waypoints.c.number == bindparam("of"), waypoints.c.timestamp == bindparam("at")
)
_lates = (
    select(late_rows.c.seq, late_rows.c.happened)
    .where(late_rows.c.number == bindparam("of"), late_rows.c.seq > bindparam("above"))
    .order_by(late_rows.c.seq)
)


def waypoint_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint later than a moment: some 8 steps back is the past."""
    found = rows.fetch(_after, (number, moment_ns))
    return int(found[0][1]) if found else None


def waypoint_happened_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint by which something had happened later than a moment.

    Found by halves between the first and the last: what has happened by a waypoint only grows.
    """
    found = rows.fetch(_last, (number,))
    if not found or found[0][2] <= moment_ns:
        return None
    (best,) = found
    below = -1
    while True:
        (next_,) = rows.fetch(_after, (number, below))
        if next_[2] > moment_ns:
            return int(next_[1])
        middle = (next_[0] + best[0]) // 2
        (between,) = rows.fetch(_after, (number, middle))
        if between[2] > moment_ns:
            below, best = next_[0], between if between[0] < best[0] else (middle, *best[1:])
        else:
            below = between[0]


def happened_by_waypoint(rows: Rows, number: int, timestamp: int) -> int | None:
    """The latest effective time of an account by an indexed waypoint; None if there is none at this time."""
    found = rows.fetch(_at, (number, timestamp))
    return int(found[0][0]) if found else None


def lates(rows: Rows, number: int, above: int) -> list[tuple[int, int]]:
    """Position and effective time of an account's indexed late bookings above a position."""
    return [(row[0], row[1]) for row in rows.fetch(_lates, (number, above))]

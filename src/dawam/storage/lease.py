"""The writer's lease: whoever takes it raises the epoch; a commit of an older epoch never happens."""

from sqlalchemy import bindparam, insert, inspect, select, update

from dawam.storage.engines import Mark, Session
from dawam.storage.tables import writer_lease

_c = writer_lease.c
_FIND = select(_c.epoch, _c.commits).where(_c.name == bindparam("lease"))
_MAKE = insert(writer_lease).values(
    name=bindparam("lease"), epoch=bindparam("first"), commits=bindparam("none")
)
_RAISE = update(writer_lease).where(_c.name == bindparam("lease")).values(epoch=bindparam("next"))


def claim(session: Session, lease: str) -> Mark:
    """Take the lease on a session that keeps other writers out; whoever had it before is fenced.

    Returns the new epoch with the number of commits that stand.
    """
    found = _find(session, lease)
    session.begin(None)
    if found is None:
        session.many(_MAKE, [(lease, 1, 0)])
        mark = Mark(lease, 1, 0)
    else:
        mark = Mark(lease, found.epoch + 1, found.commits)
        session.many(_RAISE, [(mark.epoch, lease)])
    session.commit()
    return mark


def reclaim(session: Session, former: Mark) -> Mark | None:
    """The lease after a lost connection, with the commits that stand; None if somebody else has had it.

    The session keeps other writers out, so the former one has ended and its last commit is settled. Nothing
    is written: an outcome of that could be unknown too.
    """
    found = _find(session, former.lease)
    return found if found is not None and found.epoch == former.epoch else None


def fence(session: Session) -> None:
    """Let no writer go on that had the database before: what it knows in memory is about to be untrue."""
    if inspect(session.connection).has_table(writer_lease.name):
        session.connection.execute(update(writer_lease).values(epoch=_c.epoch + 1))


def _find(session: Session, lease: str) -> Mark | None:
    rows = session.fetch(_FIND, (lease,))
    return Mark(lease, *rows[0]) if rows else None

"""All SQL of moves that wait for agreement: one a window at most."""

from sqlalchemy import delete, insert, select

from dawam.kernel import from_ns, to_ns
from dawam.status.windows.history import Times
from dawam.status.windows.moves.model import AskedMove
from dawam.status.windows.store import said_columns, texts_in
from dawam.status.windows.tables import window_moves
from dawam.storage import Rows, Tx

_table = window_moves.c


def ask(tx: Tx, asked: AskedMove) -> None:
    """A move waits for agreement, instead of any that waited before."""
    forget(tx, asked.window_id)
    tx.execute(
        insert(window_moves).values(
            window_id=asked.window_id,
            id=asked.id,
            starts_at=to_ns(asked.times.starts_at),
            ends_at=to_ns(asked.times.ends_at),
            **said_columns(asked.texts),
            reason=asked.reason,
            asked_by=asked.asked_by,
            asked_at=to_ns(asked.asked_at),
        )
    )


def asked(rows: Rows, window_id: str) -> AskedMove | None:
    """The move that waits, if one does."""
    row = rows.execute(select(window_moves).where(_table.window_id == window_id)).first()
    if row is None:
        return None
    return AskedMove(
        id=row.id,
        window_id=row.window_id,
        times=Times(from_ns(row.starts_at), from_ns(row.ends_at)),
        texts=texts_in(row),
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=from_ns(row.asked_at),
    )


def forget(tx: Tx, window_id: str) -> None:
    """Nothing waits any more."""
    tx.execute(delete(window_moves).where(_table.window_id == window_id))

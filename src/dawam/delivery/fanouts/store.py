"""The SQL of fan-outs."""

from sqlalchemy import bindparam, delete, insert, select, update

from dawam.delivery.fanouts.model import FanOut
from dawam.delivery.tables import fan_outs
from dawam.storage import Rows, Tx

_f = fan_outs.c
_COLUMNS = (_f.id, _f.source, _f.subject, _f.place, _f.reached, _f.state)

_known = select(_f.id).where(_f.id == bindparam("i"))
_insert = insert(fan_outs)
_one = select(*_COLUMNS).where(_f.id == bindparam("i"))
_running = select(*_COLUMNS).where(_f.state == "running").order_by(_f.id)
_stop = (
    update(fan_outs)
    .where(_f.about == bindparam("a"), _f.state == "running")
    .values(state="stopped", ended_at=bindparam("now"))
)
_move = (
    update(fan_outs)
    .where(_f.id == bindparam("i"))
    .values(
        place=bindparam("new_place"),
        reached=bindparam("new_reached"),
        state=bindparam("new_state"),
        ended_at=bindparam("new_ended"),
    )
)
_forget = delete(fan_outs).where(_f.ended_at < bindparam("before"))


def start(tx: Tx, fan_out: FanOut, about: str, *, now: int) -> bool:
    """Begin it, ending what is under way about the same; False when it was begun before."""
    if tx.fetch(_known, (fan_out.id,)):
        return False
    if about:
        tx.execute(_stop, {"a": about, "now": now})
    columns = (fan_out.id, fan_out.source, fan_out.subject, about, fan_out.place, 0, "running", now, None)
    tx.many(_insert, [columns])
    return True


def stop(tx: Tx, about: str, *, now: int) -> None:
    """End what is under way about this."""
    tx.execute(_stop, {"a": about, "now": now})


def fan_out(rows: Rows, fan_out_id: str) -> FanOut | None:
    """One of them."""
    found = rows.fetch(_one, (fan_out_id,))
    return FanOut.of(found[0]) if found else None


def running(rows: Rows) -> list[FanOut]:
    """What is under way, oldest first."""
    return [FanOut.of(columns) for columns in rows.fetch(_running)]


def move(tx: Tx, fan_out: FanOut, *, now: int) -> None:
    """It has come so far."""
    ended = None if fan_out.state == "running" else now
    tx.execute(
        _move,
        {
            "i": fan_out.id,
            "new_place": fan_out.place,
            "new_reached": fan_out.reached,
            "new_state": fan_out.state,
            "new_ended": ended,
        },
    )


def forget(tx: Tx, *, before: int) -> None:
    """Delete what ended before."""
    tx.execute(_forget, {"before": before})

"""All SQL of the measures."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from dawam.kernel import to_ns
from dawam.standin.measures.model import BalanceChecks, Minute, minute
from dawam.standin.measures.tables import answer_minutes
from dawam.standin.messages import Capability
from dawam.storage import Rows, Tx

_m = answer_minutes.c
_KEY = ("institution", "minute", "capability", "life")
_INSERT = insert(answer_minutes).values(
    {column.name: bindparam(column.name) for column in answer_minutes.columns}
)
_DELETE = delete(answer_minutes).where(*(_m[name] == bindparam(f"of_{name}") for name in _KEY))


def write(tx: Tx, rows: Sequence[tuple[str, int, str, int, int, int, int, int]]) -> None:
    """Minutes as they stand now, in the place of what was written of them: in the order of the columns."""
    tx.many(_DELETE, [row[: len(_KEY)] for row in rows])
    tx.many(_INSERT, rows)


def unanswered(rows: Rows, institution: str, start: datetime, end: datetime) -> list[Minute]:
    """The minutes between two moments in which some question was left without an answer."""
    answered, left = func.sum(_m.answered), func.sum(_m.unanswered)
    found = rows.execute(
        select(_m.capability, _m.minute, answered, left)
        .where(_m.institution == institution, _m.minute >= to_ns(start), _m.minute < to_ns(end))
        .group_by(_m.capability, _m.minute)
        .having(left > 0)
    )
    return [minute(capability, at, int(yes), int(no)) for capability, at, yes, no in found]


def balance_checks(rows: Rows, institution: str, start: datetime, end: datetime) -> BalanceChecks:
    """What became of the balances shown in the minutes between two moments."""
    found = rows.execute(
        select(func.sum(_m.answered), func.sum(_m.checked), func.sum(_m.wrong)).where(
            _m.institution == institution,
            _m.capability == Capability.BALANCE.value,
            _m.minute >= to_ns(start),
            _m.minute < to_ns(end),
        )
    ).one()
    shown, checked, wrong = (int(count or 0) for count in found)
    return BalanceChecks(shown=shown, checked=checked, wrong=wrong)


def forget(tx: Tx, institution: str, before: datetime) -> None:
    """Let minutes go that are counted elsewhere."""
    tx.execute(delete(answer_minutes).where(_m.institution == institution, _m.minute < to_ns(before)))

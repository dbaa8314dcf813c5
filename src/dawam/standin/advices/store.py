"""All SQL of the advices."""

from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.primary import Advice
from dawam.standin.advices.model import AdviceCounts, AdviceState, Settlement, WaitingAdvice
from dawam.standin.advices.outstanding import Outstanding
from dawam.standin.advices.tables import advices
from dawam.standin.messages import ParkedAdvice
from dawam.storage import Rows, Tx

_c = advices.c
_SAID = (
    _c.advice_id,
    _c.payment_id,
    _c.kind,
    _c.debit_account,
    _c.credit_account,
    _c.amount_minor,
    _c.currency,
    _c.decided_at,
)
_INSERTED = (
    "advice_id",
    "payment_id",
    "institution",
    "kind",
    "debit_account",
    "credit_account",
    "amount_minor",
    "currency",
    "decided_at",
    "bucket",
    "state",
    "code",
    "attempts",
)
_INSERT = insert(advices).values({name: bindparam(name) for name in _INSERTED})
_WAITING = (
    select(*_SAID, _c.bucket, _c.attempts)
    .where(
        _c.institution == bindparam("institution"),
        _c.state == "waiting",
        _c.advice_id > bindparam("after"),
        _c.bucket < bindparam("share"),
    )
    .order_by(_c.advice_id)
    .limit(bindparam("count"))
)


def add(tx: Tx, institution: str, advice: Advice, bucket: int) -> None:
    """Write an advice down, in the transaction of its decision."""
    row = (
        advice.advice_id,
        advice.payment_id,
        institution,
        advice.kind,
        advice.debit_account,
        advice.credit_account,
        advice.amount_minor,
        advice.currency,
        to_ns(advice.decided_at),
        bucket,
        AdviceState.WAITING.value,
        "",
        0,
    )
    tx.many(_INSERT, [row])


def waiting(
    rows: Rows, institution: str, *, after: str, share_percent: int, limit: int
) -> list[WaitingAdvice]:
    """Advices to deliver for the first `share_percent` of the customers, oldest first."""
    found = rows.execute(
        _WAITING, {"institution": institution, "after": after, "share": share_percent, "count": limit}
    )
    return [
        WaitingAdvice(
            advice=Advice(
                advice_id=row.advice_id,
                payment_id=row.payment_id,
                kind=row.kind,
                debit_account=row.debit_account,
                credit_account=row.credit_account,
                amount_minor=row.amount_minor,
                currency=row.currency,
                decided_at=from_ns(row.decided_at),
            ),
            bucket=row.bucket,
            attempts=row.attempts,
        )
        for row in found
    ]


def answered(tx: Tx, advice_id: str, *, state: AdviceState, code: str, seq: int | None, at: datetime) -> bool:
    """Record the primary's answer; False when it was recorded before."""
    done = tx.execute(
        update(advices)
        .where(_c.advice_id == advice_id, _c.state == AdviceState.WAITING.value)
        .values(state=state.value, code=code, seq=seq, answered_at=to_ns(at), attempts=_c.attempts + 1)
    )
    return done.rowcount == 1


def is_waiting(rows: Rows, institution: str, share_percent: int) -> bool:
    """Whether any advice of the first `share_percent` of the customers still waits."""
    return bool(waiting(rows, institution, after="", share_percent=share_percent, limit=1))


def highest_seq(rows: Rows, institution: str) -> int:
    """The last event that an applied advice made at the primary; 0 for none."""
    found = rows.execute(select(func.max(_c.seq)).where(_c.institution == institution)).scalar()
    return found or 0


def counts(rows: Rows, institution: str) -> AdviceCounts:
    """How many advices stand where."""
    found = rows.execute(
        select(_c.state, func.count()).where(_c.institution == institution).group_by(_c.state)
    )
    return AdviceCounts(**{state: number for state, number in found})


def load_outstanding(rows: Rows, institution: str, into: Outstanding) -> None:
    """Fill the counts in memory from what is on disk."""
    found = rows.execute(
        select(_c.debit_account, _c.state, func.count(), func.sum(_c.amount_minor))
        .where(_c.institution == institution, _c.state.in_(["waiting", "parked"]))
        .group_by(_c.debit_account, _c.state)
    )
    for account, state, number, amount_minor in found:
        into.change(
            account,
            waiting=number if state == AdviceState.WAITING else 0,
            exposure_minor=int(amount_minor),
        )
    into.keep()
    into.publish()


def parked(rows: Rows, institution: str) -> list[ParkedAdvice]:
    """What the primary refused and nobody has settled, oldest first."""
    found = rows.execute(
        select(advices)
        .where(_c.institution == institution, _c.state == AdviceState.PARKED.value)
        .order_by(_c.advice_id)
    )
    return [
        ParkedAdvice(
            advice_id=row.advice_id,
            payment_id=row.payment_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
            code=row.code,
            decided_at=from_ns(row.decided_at),
            proposed_action=row.proposed_action,
            proposed_by=row.proposed_by,
        )
        for row in found
    ]


def parked_one(tx: Tx, institution: str, advice_id: str) -> tuple[ParkedAdvice, str] | None:
    """A parked advice with its paying account, as the transaction sees it."""
    row = tx.execute(
        select(_c.debit_account).where(
            _c.institution == institution,
            _c.advice_id == advice_id,
            _c.state == AdviceState.PARKED.value,
        )
    ).first()
    if row is None:
        return None
    (found,) = [one for one in parked(tx, institution) if one.advice_id == advice_id]
    return found, row.debit_account


def propose(tx: Tx, advice_id: str, action: Settlement, by: str) -> None:
    """The first person's word."""
    tx.execute(
        update(advices)
        .where(_c.advice_id == advice_id)
        .values(proposed_action=action.value, proposed_by=by, settled_by=None)
    )


def write_off(tx: Tx, advice_id: str, by: str) -> None:
    """The second person agrees: the institution bears it."""
    tx.execute(
        update(advices)
        .where(_c.advice_id == advice_id)
        .values(state=AdviceState.WRITTEN_OFF.value, settled_by=by, proposed_action=None)
    )


def send_again(tx: Tx, advice_id: str, new_id: str, by: str) -> None:
    """The second person agrees: deliver again, under a new id, because the primary keeps to its word."""
    tx.execute(
        update(advices)
        .where(_c.advice_id == advice_id)
        .values(advice_id=new_id, state=AdviceState.WAITING.value, settled_by=by, proposed_action=None)
    )


def accounts(rows: Rows, institution: str, share_percent: int, limit: int) -> list[str]:
    """Paying accounts of the latest advices, each once."""
    latest = func.max(_c.advice_id)
    found = rows.execute(
        select(_c.debit_account)
        .where(_c.institution == institution, _c.bucket < share_percent)
        .group_by(_c.debit_account)
        .order_by(latest.desc())
        .limit(limit)
    )
    return [account for (account,) in found]


def states(rows: Rows, institution: str) -> list[tuple[str, AdviceState]]:
    """Every advice's payment and state, oldest first."""
    found = rows.execute(
        select(_c.payment_id, _c.state).where(_c.institution == institution).order_by(_c.advice_id)
    )
    return [(payment_id, AdviceState(state)) for payment_id, state in found]

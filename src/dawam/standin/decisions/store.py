"""All SQL of the payments."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.primary import Payment
from dawam.standin.advices import AdviceState, advices
from dawam.standin.decisions.tables import frozen_accounts, payments
from dawam.standin.messages import PaymentRequest, PaymentState, Receipt, Source
from dawam.storage import Rows, Tx

_c = payments.c
_INSERTED = tuple(column.name for column in payments.columns)
_INSERT = insert(payments).values({name: bindparam(name) for name in _INSERTED})
_RECEIPT = (_c.payment_id, _c.status, _c.code, _c.decided_by, _c.decided_at)
_BY_KEY = select(*_RECEIPT, _c.body_digest).where(
    _c.institution == bindparam("institution"), _c.key == bindparam("key")
)
_BY_ID = select(*_RECEIPT).where(_c.payment_id == bindparam("payment_id"))
_WRITTEN_OFF = (advices.c.payment_id == _c.payment_id) & (advices.c.state == AdviceState.WRITTEN_OFF.value)
_LATEST = (
    select(*_RECEIPT, _c.amount_minor, _c.currency, advices.c.advice_id)
    .outerjoin(advices, _WRITTEN_OFF)
    .where(
        _c.institution == bindparam("institution"),
        _c.debit_account == bindparam("account"),
        _c.kind == bindparam("kind"),
    )
    .order_by(_c.decided_at.desc(), _c.payment_id.desc())
    .limit(bindparam("count"))
)
_FINISH = (
    update(payments)
    .where(_c.payment_id == bindparam("id"), _c.status == "pending")
    .values(
        status=bindparam("new_status"),
        code=bindparam("new_code"),
        decided_by=bindparam("by"),
        decided_at=bindparam("at"),
    )
)
_APPROVED_SINCE = select(_c.amount_minor, _c.decided_at).where(
    _c.institution == bindparam("institution"),
    _c.debit_account == bindparam("account"),
    _c.decided_at >= bindparam("since"),
    _c.decided_by == Source.STAND_IN.value,
    _c.status == PaymentState.APPROVED.value,
)
_PENDING = (
    select(
        _c.payment_id,
        _c.kind,
        _c.debit_account,
        _c.credit_account,
        _c.amount_minor,
        _c.currency,
        _c.requested_at,
    )
    .where(
        _c.institution == bindparam("institution"),
        _c.status == "pending",
        _c.decided_at <= bindparam("accepted_before"),
    )
    .order_by(_c.payment_id)
    .limit(bindparam("count"))
)


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as accepted: what was asked, under which key, with which id."""

    payment_id: str
    institution: str
    key: str
    body_digest: bytes
    request: PaymentRequest
    bucket: int


def _receipt(row: tuple[str, str, str, str, int]) -> Receipt:
    payment_id, status, code, decided_by, decided_at = row[:5]
    return Receipt(
        payment_id=payment_id,
        status=PaymentState(status),
        code=code,
        decided_by=Source(decided_by),
        decided_at=from_ns(decided_at),
    )


def by_key(rows: Rows, institution: str, key: str) -> tuple[Receipt, bytes] | None:
    """The payment that a key stands for, and the digest of its body."""
    row = rows.execute(_BY_KEY, {"institution": institution, "key": key}).first()
    return (_receipt(row[:5]), row.body_digest) if row else None


def by_id(rows: Rows, payment_id: str) -> Receipt | None:
    """One payment's receipt."""
    row = rows.execute(_BY_ID, {"payment_id": payment_id}).first()
    return _receipt(row[:5]) if row else None


def latest(
    rows: Rows, institution: str, account: str, kind: str, limit: int
) -> list[tuple[Receipt, int, str, bool]]:
    """The last payments of a kind out of an account, newest first: receipt, amount in minor units, currency,
    and whether its advice was written off."""
    found = rows.execute(
        _LATEST, {"institution": institution, "account": account, "kind": kind, "count": limit}
    )
    return [(_receipt(row[:5]), row.amount_minor, row.currency, row.advice_id is not None) for row in found]


def add(tx: Tx, accepted: Accepted, receipt: Receipt) -> None:
    """Write a payment down for the first time."""
    request = accepted.request
    row = (
        accepted.payment_id,
        accepted.institution,
        accepted.key,
        accepted.body_digest,
        request.kind,
        request.debit_account,
        request.credit_account,
        request.amount_minor,
        request.currency,
        to_ns(request.requested_at),
        accepted.bucket,
        receipt.status.value,
        receipt.code,
        receipt.decided_by.value,
        to_ns(receipt.decided_at),
    )
    tx.many(_INSERT, [row])


def finish(tx: Tx, receipt: Receipt) -> bool:
    """Make a pending payment final; False when it was final already."""
    done = tx.execute(
        _FINISH,
        {
            "id": receipt.payment_id,
            "new_status": receipt.status.value,
            "new_code": receipt.code,
            "by": receipt.decided_by.value,
            "at": to_ns(receipt.decided_at),
        },
    )
    return done.rowcount == 1


def approved_since(rows: Rows, institution: str, account: str, since: datetime) -> list[tuple[int, datetime]]:
    """Amount and moment of what stand-in has approved for an account since a moment."""
    found = rows.execute(
        _APPROVED_SINCE, {"institution": institution, "account": account, "since": to_ns(since)}
    )
    return [(amount_minor, from_ns(decided_at)) for amount_minor, decided_at in found]


def pending(rows: Rows, institution: str, accepted_before: datetime, limit: int) -> list[Payment]:
    """Payments whose outcome is unknown, accepted up to a moment, oldest first."""
    found = rows.execute(
        _PENDING,
        {"institution": institution, "accepted_before": to_ns(accepted_before), "count": limit},
    )
    return [
        Payment(
            payment_id=row.payment_id,
            kind=row.kind,
            debit_account=row.debit_account,
            credit_account=row.credit_account,
            amount_minor=row.amount_minor,
            currency=row.currency,
            requested_at=from_ns(row.requested_at),
        )
        for row in found
    ]


def is_frozen(rows: Rows, institution: str, account: str) -> bool:
    """Whether the primary was last heard to call the account frozen."""
    table = frozen_accounts.c
    query = select(table.account).where(table.institution == institution, table.account == account)
    return rows.execute(query).first() is not None


def note_frozen(tx: Tx, institution: str, account: str, *, frozen: bool, at: datetime) -> None:
    """Remember what the primary said of an account."""
    table = frozen_accounts.c
    if frozen and not is_frozen(tx, institution, account):
        tx.execute(insert(frozen_accounts).values(institution=institution, account=account, since=to_ns(at)))
    elif not frozen:
        tx.execute(
            delete(frozen_accounts).where(and_(table.institution == institution, table.account == account))
        )

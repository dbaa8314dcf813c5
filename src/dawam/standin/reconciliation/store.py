"""All SQL of the reconciliation: it reads what decisions and advices have written."""

import msgspec
from sqlalchemy import select

from dawam.standin.advices import advices
from dawam.standin.decisions import payments
from dawam.storage import Rows


class DecisionRow(msgspec.Struct, frozen=True):
    """An advice as the comparison needs it."""

    payment_id: str
    amount_minor: int
    state: str
    code: str
    seq: int


def open_decisions(rows: Rows, institution: str) -> list[DecisionRow]:
    """All decisions but those written off."""
    c = advices.c
    found = rows.execute(
        select(c.payment_id, c.amount_minor, c.state, c.code, c.seq)
        .where(c.institution == institution, c.state != "written_off")
        .order_by(c.advice_id)
    )
    return [
        DecisionRow(payment_id, amount_minor, state, code, seq or 0)
        for payment_id, amount_minor, state, code, seq in found
    ]


def unknown_outcomes(rows: Rows, institution: str) -> list[tuple[str, int]]:
    """Payments that are still pending, with their amounts."""
    c = payments.c
    found = rows.execute(
        select(c.payment_id, c.amount_minor).where(c.institution == institution, c.status == "pending")
    )
    return [(payment_id, amount_minor) for payment_id, amount_minor in found]

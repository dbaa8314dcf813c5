"""Pages of a statement: what the primary has booked, as the mirror holds it."""

from dawam.kernel import InvalidInput
from dawam.primary import Mirror
from dawam.standin.messages import Source, StatementEntry, StatementPage


def statement_page(mirror: Mirror, account: str, *, before: str | None, limit: int) -> StatementPage | None:
    """One page, newest first; None when the account is not mirrored.

    `before` is the `next` of the page before. Raises: InvalidInput `page_unknown`.
    """
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise InvalidInput("page_unknown", before=before[:40])
    entries = mirror.statement(account, before=int(before) if before else None, limit=limit + 1)
    if entries is None:
        return None
    shown = entries[:limit]
    return StatementPage(
        entries=[
            StatementEntry(
                amount_minor=entry.amount_minor,
                balance_after_minor=entry.balance_after_minor,
                currency=entry.currency,
                booked_at=entry.booked_at,
                kind=entry.kind,
                source=Source.PRIMARY,
                payment_id=entry.payment_id,
            )
            for entry in shown
        ],
        next=str(shown[-1].place) if len(entries) > limit else None,
    )

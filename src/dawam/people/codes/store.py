"""All SQL of the codes."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.people.codes.model import Code
from dawam.people.codes.tables import people_codes
from dawam.storage import Rows, Tx

_c = people_codes.c
_OF = select(_c.customer, _c.hashed, _c.tries_left, _c.expires_at).where(_c.browser == bindparam("of"))


def code(rows: Rows, browser: bytes) -> Code | None:
    """What this browser asked for."""
    found = rows.fetch(_OF, (browser,))
    if not found:
        return None
    customer, hashed, tries_left, expires_at = found[0]
    return Code(
        browser=browser,
        customer=customer,
        hashed=hashed,
        tries_left=tries_left,
        expires_at=from_ns(expires_at),
    )


def put(tx: Tx, given: Code) -> None:
    """Keep a code; what the browser asked for before holds no longer."""
    forget(tx, given.browser)
    tx.execute(
        insert(people_codes).values(
            browser=given.browser,
            customer=given.customer,
            hashed=given.hashed,
            tries_left=given.tries_left,
            expires_at=to_ns(given.expires_at),
        )
    )


def tried(tx: Tx, browser: bytes) -> None:
    """One try less."""
    left = (_c.browser == browser) & (_c.tries_left > 0)
    tx.execute(update(people_codes).where(left).values(tries_left=_c.tries_left - 1))


def forget(tx: Tx, browser: bytes) -> None:
    """The code of a browser was used, or another takes its place."""
    tx.execute(delete(people_codes).where(_c.browser == browser))


def forget_expired(tx: Tx, before: datetime) -> None:
    """Drop what expired before a moment."""
    tx.execute(delete(people_codes).where(_c.expires_at < to_ns(before)))

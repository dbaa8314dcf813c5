"""All SQL of the sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.people.sessions.model import Ended, How, Session
from dawam.people.sessions.tables import people_sessions
from dawam.storage import Rows, Tx
from dawam.web.pages import Kind

_s = people_sessions.c
_NAMES = ("digest", "id", "kind", "person", "how", "began_at", "proved_at", "seen_at", "device", "ended")
_COLUMNS = [people_sessions.c[name] for name in _NAMES]
_BY_DIGEST = select(*_COLUMNS).where(_s.digest == bindparam("of"))
_OPEN_OF = (
    select(*_COLUMNS)
    .where(_s.kind == bindparam("of_kind"), _s.person == bindparam("of_person"), _s.ended.is_(None))
    .order_by(_s.seen_at.desc(), _s.id)
)
_INSERT = insert(people_sessions).values({name: bindparam(f"the_{name}") for name in _NAMES})
_SEEN = (
    update(people_sessions)
    .where(_s.digest == bindparam("of"), _s.seen_at < bindparam("at"))
    .values(seen_at=bindparam("at"))
)
_END = update(people_sessions).where(_s.digest == bindparam("of")).values(ended=bindparam("why"))


def session(rows: Rows, digest: bytes) -> Session | None:
    """By the SHA-256 of its key."""
    found = rows.fetch(_BY_DIGEST, (digest,))
    return _session(found[0]) if found else None


def open_of(rows: Rows, kind: Kind, person: str) -> list[Session]:
    """Those of a person that were not ended, the last seen first."""
    return [_session(row) for row in rows.fetch(_OPEN_OF, (kind.value, person))]


def put(tx: Tx, given: Session) -> None:
    """Keep a new session."""
    values = {f"the_{name}": getattr(given, name) for name in _NAMES}
    times = {f"the_{name}": to_ns(getattr(given, name)) for name in ("began_at", "proved_at", "seen_at")}
    tx.execute(_INSERT, {**values, **times})


def end(tx: Tx, digest: bytes, why: Ended) -> None:
    """Let a session hold no longer."""
    tx.execute(_END, {"of": digest, "why": why.value})


def seen(tx: Tx, moments: Iterable[tuple[bytes, datetime]]) -> None:
    """Keep when sessions were last used."""
    for digest, at in moments:
        tx.execute(_SEEN, {"of": digest, "at": to_ns(at)})


def forget(tx: Tx, before: datetime) -> int:
    """Drop what began before a moment."""
    return tx.execute(delete(people_sessions).where(_s.began_at < to_ns(before))).rowcount


def _session(row: tuple[Any, ...]) -> Session:
    digest, identifier, kind, person, how, began_at, proved_at, seen_at, device, ended = row
    return Session(
        digest=bytes(digest),
        id=identifier,
        kind=Kind(kind),
        person=person,
        how=How(how),
        began_at=from_ns(began_at),
        proved_at=from_ns(proved_at),
        seen_at=from_ns(seen_at),
        device=device,
        ended=None if ended is None else Ended(ended),
    )

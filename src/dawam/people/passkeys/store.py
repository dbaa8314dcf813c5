"""All SQL of the passkeys."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.people.passkeys.model import Passkey
from dawam.people.passkeys.tables import people_passkeys
from dawam.storage import Rows, Tx
from dawam.web.pages import Kind

_p = people_passkeys.c
_NAMES = (
    "id",
    "credential",
    "kind",
    "person",
    "public_key",
    "count",
    "backed_up",
    "transports",
    "label",
    "added_at",
    "used_at",
)
_COLUMNS = [people_passkeys.c[name] for name in _NAMES]
_BY_CREDENTIAL = select(*_COLUMNS).where(_p.credential == bindparam("of"))
_OF = (
    select(*_COLUMNS)
    .where(_p.kind == bindparam("of_kind"), _p.person == bindparam("of_person"))
    .order_by(_p.added_at, _p.id)
)


def by_credential(rows: Rows, credential: bytes) -> Passkey | None:
    """By what the authenticator calls it."""
    found = rows.fetch(_BY_CREDENTIAL, (credential,))
    return _passkey(found[0]) if found else None


def of(rows: Rows, kind: Kind, person: str) -> list[Passkey]:
    """A person's own, the oldest first."""
    return [_passkey(row) for row in rows.fetch(_OF, (kind.value, person))]


def put(tx: Tx, given: Passkey) -> None:
    """Keep a new passkey."""
    tx.execute(
        insert(people_passkeys).values(
            id=given.id,
            credential=given.credential,
            kind=given.kind.value,
            person=given.person,
            public_key=given.public_key,
            count=given.count,
            backed_up=int(given.backed_up),
            transports=" ".join(given.transports),
            label=given.label,
            added_at=to_ns(given.added_at),
        )
    )


def used(tx: Tx, identifier: str, count: int, now: datetime) -> None:
    """It was shown, and counts so far."""
    tx.execute(update(people_passkeys).where(_p.id == identifier).values(count=count, used_at=to_ns(now)))


def forget(tx: Tx, identifier: str) -> None:
    """It lets nobody in any longer."""
    tx.execute(delete(people_passkeys).where(_p.id == identifier))


def _passkey(row: tuple[Any, ...]) -> Passkey:
    given = dict(zip(_NAMES, row, strict=True))
    return Passkey(
        id=given["id"],
        credential=bytes(given["credential"]),
        kind=Kind(given["kind"]),
        person=given["person"],
        public_key=bytes(given["public_key"]),
        count=given["count"],
        backed_up=bool(given["backed_up"]),
        transports=tuple(given["transports"].split()),
        label=given["label"],
        added_at=from_ns(given["added_at"]),
        used_at=None if given["used_at"] is None else from_ns(given["used_at"]),
    )

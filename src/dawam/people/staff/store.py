"""All SQL of the staff."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.people.staff.model import Invitation, Member
from dawam.people.staff.tables import people_invitations, people_members
from dawam.storage import Rows, Tx
from dawam.web.pages import Role

_m = people_members.c
_i = people_invitations.c
_COLUMNS = (_m.id, _m.name, _m.roles, _m.institutions, _m.active)
_BY_ID = select(*_COLUMNS).where(_m.id == bindparam("of"))
_ALL = select(*_COLUMNS).order_by(_m.active.desc(), _m.name, _m.id)
_INVITATION = select(_i.member, _i.expires_at, _i.used_at).where(_i.digest == bindparam("of"))


def member(rows: Rows, identifier: str) -> Member | None:
    """By id."""
    found = rows.fetch(_BY_ID, (identifier,))
    return _member(found[0]) if found else None


def members(rows: Rows) -> list[Member]:
    """All of them, those who were dismissed last."""
    return [_member(row) for row in rows.fetch(_ALL)]


def put(tx: Tx, given: Member, now: datetime) -> None:
    """Add a member, or let the one of this id be as given."""
    values = {
        "name": given.name,
        "roles": " ".join(sorted(given.roles)),
        "institutions": msgspec.json.encode(given.institutions).decode(),
        "active": int(given.active),
        "changed_at": to_ns(now),
    }
    changed = tx.execute(update(people_members).where(_m.id == given.id).values(values)).rowcount
    if not changed:
        tx.execute(insert(people_members).values(id=given.id, since=to_ns(now), **values))


def invitation(rows: Rows, digest: bytes) -> Invitation | None:
    """By the SHA-256 of its token."""
    found = rows.fetch(_INVITATION, (digest,))
    if not found:
        return None
    member_id, expires_at, used_at = found[0]
    return Invitation(
        digest=digest,
        member=member_id,
        expires_at=from_ns(expires_at),
        used_at=None if used_at is None else from_ns(used_at),
    )


def invite(tx: Tx, given: Invitation) -> None:
    """Keep an invitation; earlier ones of the member that were not used hold no longer."""
    tx.execute(delete(people_invitations).where(_i.member == given.member, _i.used_at.is_(None)))
    tx.execute(
        insert(people_invitations).values(
            digest=given.digest, member=given.member, expires_at=to_ns(given.expires_at)
        )
    )


def use(tx: Tx, digest: bytes, now: datetime) -> bool:
    """Let an invitation be used; False when it was already."""
    unused = (_i.digest == digest) & _i.used_at.is_(None)
    return bool(tx.execute(update(people_invitations).where(unused).values(used_at=to_ns(now))).rowcount)


def forget_invitations(tx: Tx, member_id: str) -> None:
    """No link of this member holds any longer."""
    tx.execute(delete(people_invitations).where(_i.member == member_id, _i.used_at.is_(None)))


def _member(row: tuple[object, ...]) -> Member:
    identifier, name, roles, institutions, active = row
    return Member(
        id=str(identifier),
        name=str(name),
        roles=frozenset(Role(word) for word in str(roles).split()),
        institutions=msgspec.json.decode(str(institutions), type=tuple[str, ...]),
        active=bool(active),
    )

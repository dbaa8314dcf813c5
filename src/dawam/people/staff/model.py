"""Members of the staff and who may change them; pure.

Rules, in this order: nobody changes their own roles, nor dismisses themselves; an administrator of some
institutions changes only who belongs to these; one administrator of all institutions always remains.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from dawam.kernel import Conflict, Forbidden, InvalidInput
from dawam.web.pages import Role

NAME_MAX = 100


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One of the staff. `institutions` is empty for all of them; one who was dismissed is not active."""

    id: str
    name: str
    roles: frozenset[Role]
    institutions: tuple[str, ...] = ()
    active: bool = True

    @property
    def leads(self) -> bool:
        """Whether they may invite and dismiss, everywhere."""
        return self.active and Role.ADMINISTRATOR in self.roles and not self.institutions


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A link that lets a member register their first passkey on a device, once."""

    digest: bytes
    member: str
    expires_at: datetime
    used_at: datetime | None = None


class Actor(msgspec.Struct, frozen=True):
    """Who changes the staff: an administrator, or the command line (`id` is `system`)."""

    id: str
    institutions: tuple[str, ...] = ()


def named(name: str) -> str:
    """The name as it is kept. Raises: InvalidInput `member_unnamed`."""
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_MAX:
        raise InvalidInput("member_unnamed", longest=NAME_MAX)
    return plain


def check_change(
    actor: Actor,
    before: Member | None,
    after: Member,
    *,
    others: Iterable[Member],
) -> None:
    """Whether the actor may let a member be so. `others` are the members beside this one.

    Raises: Forbidden `member_is_yourself`, `institution_not_yours`; InvalidInput `member_roles_missing`;
    Conflict `administrator_last`.
    """
    if before is not None and before.id == actor.id:
        raise Forbidden("member_is_yourself")
    if not after.roles:
        raise InvalidInput("member_roles_missing")
    for member in (before, after):
        if member is not None and not _within(member, actor):
            raise Forbidden("institution_not_yours")
    if before is not None and before.leads and not after.leads and not any(one.leads for one in others):
        raise Conflict("administrator_last")


def _within(member: Member, actor: Actor) -> bool:
    if not actor.institutions:
        return True
    return bool(member.institutions) and set(member.institutions) <= set(actor.institutions)

"""Who commands by token: a member of the staff by their id, or a name that is nobody's.

Rules, in this order: a token that is not known is refused; one whose name is the id of a member, in whatever
case, is that member and may do what they may on the console, nothing once they were dismissed; any other
name may look and give orders, and has no word where two people are needed: who it is cannot be known
(`standin` refuses it).
"""

from typing import Protocol

from dawam.channels.access import Access, Headers
from dawam.kernel import Forbidden, NotFound
from dawam.people import Member
from dawam.web.pages import Role


class Staff(Protocol):
    """The members of the staff; `dawam.people.Staff` is one."""

    def known_as(self, name: str) -> Member | None:
        """The member of an id in whatever case, dismissed ones too."""
        ...

    def active(self) -> frozenset[str]:
        """The ids of those who were not dismissed."""
        ...


class Commanders:
    """The bearers of operator's tokens."""

    def __init__(self, access: Access, staff: Staff) -> None:
        self._access = access
        self._staff = staff

    @property
    def nobody(self) -> bool:
        """Whether nobody has a token."""
        return self._access.open

    def staff(self) -> frozenset[str]:
        """The ids of everybody whose word counts where two people are needed."""
        return self._staff.active()

    def name_of(self, headers: Headers, institution: str, *roles: Role) -> str:
        """Who commands: a member's id, or the token's name. Of members with one of `roles`, if any is given.

        Raises: Forbidden `token_missing`, `token_wrong`, `operator_dismissed`, `role_missing`; NotFound
        `institution_not_found`, when it is not the member's.
        """
        name = self._access.name_of(headers)
        member = self._staff.known_as(name)
        if member is None:
            return name
        _check(member, institution, roles)
        return member.id


def _check(member: Member, institution: str, roles: tuple[Role, ...]) -> None:
    if not member.active:
        raise Forbidden("operator_dismissed")
    if member.institutions and institution not in member.institutions:
        raise NotFound("institution_not_found", institution=institution[:40])
    if roles and not member.roles & set(roles):
        raise Forbidden("role_missing")

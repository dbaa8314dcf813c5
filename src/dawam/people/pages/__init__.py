"""Pages for signing in and out, for one's own passkeys and sessions, for invitations and for the staff."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from dawam.people.pages import invitation, security, sign_in, staff
from dawam.people.service import People
from dawam.web.pages import Face

__all__ = ["page_routes"]


def page_routes(face: Face, people: People, *, institutions: Sequence[str] = ()) -> list[HTTPRouteHandler]:
    """All pages of people; `institutions` are those that a member of the staff may be given."""
    return [
        *sign_in.routes(face, people),
        *invitation.routes(face, people),
        *security.routes(face, people),
        *staff.routes(face, people, tuple(institutions)),
    ]

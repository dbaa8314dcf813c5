"""Who may do what: every route carries a rule, and what has none is refused.

Rules, in this order: a route without a rule lets nobody in; what is for anyone asks nothing; what is for
customers or staff needs a session that still holds; what is for staff needs one of its roles.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NoReturn

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from dawam.kernel import Forbidden, InvalidInput, NotFound
from dawam.web.pages.visitors import ANYBODY, Kind, Role, Visitor, key_of, visiting, visitor_of


class Audience(StrEnum):
    """For whom a route is."""

    ANYONE = "anyone"
    APP = "app"
    """Programs with a bearer token, which the channel checks itself."""
    CUSTOMER = "customer"
    STAFF = "staff"


class Rule(msgspec.Struct, frozen=True):
    """Who may use a route; of the staff, those with one of `roles`."""

    audience: Audience
    roles: frozenset[Role] = frozenset()

    def admits(self, visitor: Visitor) -> bool:
        """Whether this visitor may use the route."""
        match self.audience:
            case Audience.CUSTOMER:
                return visitor.kind is Kind.CUSTOMER
            case Audience.STAFF:
                return visitor.kind is Kind.STAFF and not self.roles.isdisjoint(visitor.roles)
        return True


FOR_ANYONE = Rule(Audience.ANYONE)
FOR_APPS = Rule(Audience.APP)
FOR_CUSTOMERS = Rule(Audience.CUSTOMER)


def for_staff(*roles: Role) -> Rule:
    """A rule for members of the staff with one of the roles; any role where none is named."""
    return Rule(Audience.STAFF, frozenset(roles or Role))


def ruled(rule: Rule) -> dict[str, Any]:
    """How a route carries its rule: `@get(path, opt=ruled(FOR_CUSTOMERS))`."""
    return {"rule": rule}


def still_admitted(connection: ASGIConnection[Any, Any, Any, Any]) -> Callable[[], bool]:
    """Whether who was let in still may be, asked as long as an answer goes on.

    False once the session has ended or the roles, the institutions or the person are others. Asking does
    not count as a visit: a page that is only open grows idle like any other.
    """
    before = visiting(connection)
    sessions = connection.app.state.get("sessions")
    if before.kind is Kind.ANYBODY or sessions is None:
        return lambda: True
    look = getattr(sessions, "glance", sessions.visitor)
    return lambda: look(before.key) == before


async def admit(connection: ASGIConnection, route: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """The guard of every application with pages; it finds out who visits.

    Raises: NotFound `route_not_found`; InvalidInput `request_invalid`; Forbidden `rule_missing`,
    `sign_in_needed`, `role_missing`; of a form whose session has ended,
    where the sessions can tell why, `session_over`, `access_ended`, `roles_changed`.
    """
    rule = route.opt.get("rule")
    if not isinstance(rule, Rule):
        raise Forbidden("rule_missing")
    _check_address(connection)
    sessions = connection.app.state.get("sessions")
    visitor = (
        ANYBODY if sessions is None or rule.audience is Audience.APP else visitor_of(connection, sessions)
    )
    connection.scope["visitor"] = visitor  # type: ignore[typeddict-unknown-key]  # ours alone
    if rule.admits(visitor):
        return
    if visitor.kind is Kind.ANYBODY or rule.audience is Audience.CUSTOMER or visitor.kind is Kind.CUSTOMER:
        _refuse(connection, sessions, rule.audience)
    raise Forbidden("role_missing")


def _check_address(connection: ASGIConnection) -> None:  # type: ignore[type-arg]
    """A null character belongs in no address, and databases refuse it."""
    if "\0" in connection.scope["path"]:
        raise NotFound("route_not_found")
    if b"%00" in connection.scope["query_string"]:
        raise InvalidInput("request_invalid")


def _refuse(connection: ASGIConnection, sessions: Any, audience: Audience) -> NoReturn:  # type: ignore[type-arg]
    """Who reads is led to the page for signing in, which says why; who has sent a form is told at once."""
    ended = getattr(sessions, "ended", None)
    reads = connection.scope.get("method") == "GET"
    why = None if ended is None or reads else ended(key_of(connection))
    match why:
        case None | "signed_out" | "rotated":
            raise Forbidden("sign_in_needed", audience=audience.value)
        case "dismissed":
            raise Forbidden("access_ended", audience=audience.value)
        case "roles_changed":
            raise Forbidden("roles_changed", audience=audience.value)
    raise Forbidden("session_over", audience=audience.value)

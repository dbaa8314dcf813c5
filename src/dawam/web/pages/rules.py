"""Who may do what: every route carries a rule, and what has none is refused.

Rules, in this order: a route without a rule lets nobody in; what is for anyone asks nothing; what is for
customers or staff needs a session that still holds; what is for staff needs one of its roles.
"""

from enum import StrEnum
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from dawam.kernel import Forbidden
from dawam.web.pages.visitors import ANYBODY, Kind, Role, Visitor, visitor_of


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


async def admit(connection: ASGIConnection, route: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """The guard of every application with pages; it finds out who visits.

    Raises: Forbidden `rule_missing`, `sign_in_needed`, `role_missing`.
    """
    rule = route.opt.get("rule")
    if not isinstance(rule, Rule):
        raise Forbidden("rule_missing")
    sessions = connection.app.state.get("sessions")
    visitor = (
        ANYBODY if sessions is None or rule.audience is Audience.APP else visitor_of(connection, sessions)
    )
    connection.scope["visitor"] = visitor  # type: ignore[typeddict-unknown-key]  # ours alone
    if rule.admits(visitor):
        return
    if visitor.kind is Kind.ANYBODY or rule.audience is Audience.CUSTOMER or visitor.kind is Kind.CUSTOMER:
        raise Forbidden("sign_in_needed", audience=rule.audience.value)
    raise Forbidden("role_missing")

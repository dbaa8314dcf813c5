"""A node as a server: which routes it has, and how it logs."""

import sys

import structlog
from litestar import Litestar

from dawam.app.front import Front
from dawam.app.node import Node
from dawam.channels import Access, Desks, Headers, Place
from dawam.channels.api import routes
from dawam.web.pages import page_app


def create_app(node: Node, front: Front | None = None) -> Litestar:
    """The channel contract and the pages over a node; everything starts and stops with the application."""
    front = front or Front(node)
    settings = node.settings
    places = [
        Place(name, institution.accounts, node.desks[name], node.desks[name].mirror.ledger_id)
        for name, institution in settings.institutions.items()
    ]
    access = Access(dict.fromkeys(settings.channels.token_sha256, "app"))

    def admit(headers: Headers) -> None:
        if not access.open:
            access.name_of(headers)

    channel = routes(
        Desks(places),
        node.world.clock,
        settings.channels,
        operators=settings.operators,
        staff=front.people.staff,
        proofs=node.proofs,
    )
    return page_app(
        [*channel, *front.routes(admit)],
        face=front.face,
        sessions=front.people.sessions,
        body_max_bytes=settings.channels.body_limit_bytes,
        on_startup=[node.start, front.start],
        on_shutdown=[front.stop, node.stop],
    )


def configure_logging() -> None:
    """One JSON object a line on stderr; no line holds an account or an amount."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )

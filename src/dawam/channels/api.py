"""All routes of the channel contract, for `app` to mount. Page: docs/channels.md."""

from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler

from dawam.channels.access import Access
from dawam.channels.balances import balance_route
from dawam.channels.channel import Channel
from dawam.channels.commanders import Commanders, Staff
from dawam.channels.desks import Desks
from dawam.channels.operators import operator_routes
from dawam.channels.payments import payment_routes
from dawam.channels.proofs import Prover, proof_route
from dawam.channels.settings import ChannelSettings
from dawam.channels.statements import statement_route
from dawam.channels.status import status_route
from dawam.kernel import Clock


def routes(
    desks: Desks,
    clock: Clock,
    settings: ChannelSettings,
    *,
    operators: dict[str, str],
    staff: Staff,
    proofs: Prover | None = None,
) -> list[HTTPRouteHandler | ASGIRouteHandler]:
    """The routes; those of operators only where `operators` (name -> SHA-256 of the token) has any."""
    channel = Channel(
        desks,
        clock,
        access=Access(dict.fromkeys(settings.token_sha256, "app")),
        operators=Commanders(Access({digest: name for name, digest in operators.items()}), staff),
        default_locale=settings.default_locale,
    )
    return [
        balance_route(channel),
        *payment_routes(channel),
        statement_route(channel),
        *([] if proofs is None else [proof_route(channel, proofs)]),
        status_route(channel),
        *operator_routes(channel),
    ]

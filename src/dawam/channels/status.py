"""`GET /v1/status`: who answers for what, why, and since when; for everybody, without a token."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.channels.answers import Asked, answer
from dawam.channels.channel import Channel
from dawam.channels.desks import Desk
from dawam.channels.messages import CapabilityBody, InstitutionBody, StatusBody
from dawam.web import Locale
from dawam.web.pages import FOR_ANYONE, ruled


def status_route(channel: Channel) -> HTTPRouteHandler:
    """The route. What works is no secret, so it asks for no token."""

    @get("/v1/status", opt=ruled(FOR_ANYONE))
    async def status(request: Asked) -> Response[bytes]:
        locale = channel.locale_of(request.scope["headers"])
        bodies = [institution_body(channel, name, desk, locale) for name, desk in channel.desks]
        return answer(StatusBody(bodies), locale=locale)

    return status


def institution_body(channel: Channel, name: str, desk: Desk, locale: Locale) -> InstitutionBody:
    """The state of an institution's capabilities, told in a language."""
    return InstitutionBody(
        name,
        [
            CapabilityBody(
                state.capability,
                state.mode,
                state.reason,
                state.since,
                state.share_percent,
                channel.notice(state.capability, state.mode, state.reason, locale),
                state.eta,
            )
            for state in desk.capabilities()
        ],
    )

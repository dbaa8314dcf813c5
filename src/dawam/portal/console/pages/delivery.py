"""Messages on their way: how many wait, went out or were given up, by each way; never to whom or what."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.delivery import State, Way
from dawam.kernel import from_ns
from dawam.portal.console.pages.answers import AnyRequest
from dawam.portal.console.service import Console
from dawam.portal.console.words import MESSAGE_STATES, WAYS
from dawam.web import text
from dawam.web.pages import Face, for_staff, locale_of, ruled

_FAILURES_SHOWN = 20


def delivery_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The route."""

    @get("/{locale:str}/console/delivery", opt=ruled(for_staff()))
    async def delivery(request: AnyRequest) -> Response[bytes]:
        locale = locale_of(request)
        counts = console.delivery.counts()
        return face.page(
            request,
            "portal/console/delivery.html",
            section="delivery",
            rows=[
                (
                    WAYS[way],
                    way in console.delivery.ways,
                    [counts.get(way, {}).get(state, 0) for state in State],
                    console.delivery.lag_s(way),
                )
                for way in Way
            ],
            heads=[
                text(head, locale) for head in ("Way", "Offered", *MESSAGE_STATES.values(), "Longest wait")
            ],
            failures=[
                (WAYS[one.way], one.code, one.tries, from_ns(one.ended_at))
                for one in console.delivery.failures(_FAILURES_SHOWN)
            ],
        )

    return [delivery]

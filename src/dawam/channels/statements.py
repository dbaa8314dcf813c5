"""`GET /v1/accounts/{account}/statement`."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.channels.answers import Asked, answer
from dawam.channels.channel import Channel
from dawam.channels.messages import EntryBody, StatementBody
from dawam.channels.requests import account_of, cursor_of, limit_of
from dawam.standin import StatementEntry
from dawam.web.pages import FOR_APPS, ruled


def statement_route(channel: Channel) -> HTTPRouteHandler:
    """Bookings of one account, newest first, page by page."""

    @get("/v1/accounts/{account:str}/statement", opt=ruled(FOR_APPS))
    async def statement(request: Asked, account: FromPath[str]) -> Response[bytes]:
        channel.admit(request.scope["headers"])
        known = account_of(account)
        before = cursor_of(request.query_params.get("before"))
        limit = limit_of(request.query_params.get("limit"))
        page = channel.desks.of(known).statement(known, before=before, limit=limit)
        return answer(StatementBody(known, [_body(entry) for entry in page.entries], page.next))

    return statement


def _body(entry: StatementEntry) -> EntryBody:
    return EntryBody(
        entry.amount_minor,
        entry.balance_after_minor,
        entry.currency,
        entry.booked_at,
        entry.kind,
        entry.source,
    )

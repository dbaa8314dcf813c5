"""`/v1/operator/...`: what people of the institution command by hand, each under their own token."""

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.channels.answers import Asked, answer
from dawam.channels.channel import Channel
from dawam.channels.messages import BooksBody, HistoryBody, ParkedBody, SettledBody, reconciliation_body
from dawam.channels.requests import limit_of, reason_of
from dawam.channels.status import institution_body
from dawam.kernel import id_from_text
from dawam.standin import Capability, as_it_counts
from dawam.web import decode
from dawam.web.pages import FOR_APPS, Role, ruled

_ROOT = "/v1/operator/{institution:str}"


class TakeOverBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which capabilities to take over, and why; without a list all of them."""

    reason: str
    capabilities: tuple[Capability, ...] = tuple(Capability)


class HandBackBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the primary shall answer again."""

    reason: str


class SettleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a parked decision shall end; the words are the stand-in's."""

    action: str


def operator_routes(channel: Channel) -> list[HTTPRouteHandler]:
    """Modes and parked decisions; none at all where the configuration names no operator."""
    if channel.operators.nobody:
        return []
    return [*_mode_routes(channel), *_history_routes(channel), *_book_routes(channel)]


def _mode_routes(channel: Channel) -> list[HTTPRouteHandler]:
    @get(f"{_ROOT}/mode", opt=ruled(FOR_APPS))
    async def mode(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        channel.operators.name_of(request.scope["headers"], institution)
        return _state(channel, request, institution)

    @post(f"{_ROOT}/take-over", opt=ruled(FOR_APPS))
    async def take_over(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        by = channel.operators.name_of(request.scope["headers"], institution, Role.OPERATOR)
        desk = channel.desks.named(institution)
        asked = decode(await request.body(), TakeOverBody)
        desk.take_over(asked.capabilities or tuple(Capability), by=by, reason=reason_of(asked.reason))
        return _state(channel, request, institution)

    @post(f"{_ROOT}/hand-back", opt=ruled(FOR_APPS))
    async def hand_back(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        by = channel.operators.name_of(request.scope["headers"], institution, Role.OPERATOR)
        desk = channel.desks.named(institution)
        asked = decode(await request.body(), HandBackBody)
        desk.hand_back(by=by, reason=reason_of(asked.reason))
        return _state(channel, request, institution)

    return [mode, take_over, hand_back]


def _history_routes(channel: Channel) -> list[HTTPRouteHandler]:
    @get(f"{_ROOT}/history", opt=ruled(FOR_APPS))
    async def history(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        channel.operators.name_of(request.scope["headers"], institution)
        limit = limit_of(request.query_params.get("limit"))
        changes = channel.desks.named(institution).history(limit)
        return answer(HistoryBody(institution, list(changes)))

    @get(f"{_ROOT}/books", opt=ruled(FOR_APPS))
    async def books(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        channel.operators.name_of(request.scope["headers"], institution)
        return answer(BooksBody(institution, channel.desks.named(institution).books()))

    return [history, books]


def _book_routes(channel: Channel) -> list[HTTPRouteHandler]:
    @get(f"{_ROOT}/parked", opt=ruled(FOR_APPS))
    async def parked(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        channel.operators.name_of(request.scope["headers"], institution)
        cases = channel.desks.named(institution).parked()
        staff = channel.operators.staff()
        return answer(ParkedBody(institution, [as_it_counts(case, staff) for case in cases]))

    @post(f"{_ROOT}/parked/{{advice_id:str}}/settle", opt=ruled(FOR_APPS))
    async def settle(request: Asked, institution: FromPath[str], advice_id: FromPath[str]) -> Response[bytes]:
        by = channel.operators.name_of(request.scope["headers"], institution, Role.OPERATOR, Role.APPROVER)
        desk = channel.desks.named(institution)
        id_from_text(advice_id)
        asked = decode(await request.body(), SettleBody)
        settled = await desk.settle(advice_id, asked.action, by=by, staff=channel.operators.staff())
        return answer(SettledBody(institution, advice_id, settled))

    @post(f"{_ROOT}/reconciliation", opt=ruled(FOR_APPS))
    async def reconcile(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        channel.operators.name_of(request.scope["headers"], institution)
        report = await channel.desks.named(institution).reconcile()
        return answer(reconciliation_body(institution, report), status=200)

    return [parked, settle, reconcile]


def _state(channel: Channel, request: Asked, institution: str) -> Response[bytes]:
    locale = channel.locale_of(request.scope["headers"])
    return answer(
        institution_body(channel, institution, channel.desks.named(institution), locale), locale=locale
    )

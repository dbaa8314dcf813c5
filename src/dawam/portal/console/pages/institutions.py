"""All institutions at a glance, and one of them: modes with evidence, charts, orders."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from dawam.kernel import DawamError, InvalidInput, id_from_text
from dawam.portal.console import words
from dawam.portal.console.acts import Act, State
from dawam.portal.console.pages.answers import AnyRequest, on_to
from dawam.portal.console.pages.charts import charts
from dawam.portal.console.pulse import topic
from dawam.portal.console.service import Console
from dawam.portal.console.turns import turns
from dawam.standin import Capability, evidence_in_words
from dawam.web import explain, text
from dawam.web.pages import (
    Face,
    Role,
    fields_of,
    for_staff,
    locale_of,
    reader_of,
    ruled,
    shown_again,
    still_admitted,
    visiting,
)

_SEES = ruled(for_staff())
_ROOT = "/{locale:str}/console/institutions/{institution:str}"


def institution_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The routes."""
    return [*_seeing(face, console), *_ordering(face, console)]


def _seeing(face: Face, console: Console) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/console", opt=_SEES)
    async def overview(request: AnyRequest) -> Response[bytes]:
        visitor = visiting(request)
        places = [(name, console.desk(visitor, name)) for name in console.institutions(visitor)]
        return face.page(
            request,
            "portal/console/overview.html",
            section="overview",
            places=[(name, console.rows(desk), desk.books(), desk.paused) for name, desk in places],
            waiting=len(console.orders.waiting(visitor.institutions)),
            words=words,
            evidence_in_words=evidence_in_words,
        )

    @get(_ROOT, opt=_SEES)
    async def institution(request: AnyRequest, institution: FromPath[str]) -> Response[bytes]:
        return _page(face, console, request, institution)

    @get(f"{_ROOT}/state", opt=_SEES)
    async def state(request: AnyRequest, institution: FromPath[str]) -> Response[bytes]:
        desk = console.desk(visiting(request), institution)
        return face.page(
            request,
            "portal/console/state.html",
            rows=console.rows(desk),
            books=desk.books(),
            counts=desk.counts(),
            paused=desk.paused,
            currency=console.currency(institution),
            words=words,
            evidence_in_words=evidence_in_words,
        )

    @get(f"{_ROOT}/live", opt=_SEES)
    async def live(request: AnyRequest, institution: FromPath[str]) -> Stream:
        console.desk(visiting(request), institution)
        return console.live.stream(
            [topic(institution), f"status:{institution}"], reader_of(request), still=still_admitted(request)
        )

    return [overview, institution, state, live]


def _ordering(face: Face, console: Console) -> list[HTTPRouteHandler]:
    @post(f"{_ROOT}/orders", opt=ruled(for_staff(Role.OPERATOR)))
    async def order(request: AnyRequest, institution: FromPath[str]) -> Response[Any]:
        fields = await fields_of(request)
        visitor = visiting(request)
        console.desk(visitor, institution)
        try:
            id_from_text(fields.get("once", ""))
            kept = await console.orders.order(
                institution,
                _act(fields.get("act", "")),
                capabilities=tuple(each for each in Capability if fields.get(f"capability_{each}") == "on"),
                reason=fields.get("reason", ""),
                by=visitor.id,
                identifier=fields["once"],
            )
        except InvalidInput as error:
            return _page(face, console, request, institution, error, fields)
        waits = kept.state is State.WAITING
        return on_to(request, "/approvals" if waits else f"/institutions/{institution}")

    return [order]


def _page(
    face: Face,
    console: Console,
    request: AnyRequest,
    institution: str,
    error: DawamError | None = None,
    fields: dict[str, str] | None = None,
) -> Response[bytes]:
    desk = console.desk(visiting(request), institution)
    locale = locale_of(request)
    return face.page(
        request,
        "portal/console/institution.html",
        status=shown_again(error),
        section="overview",
        institution=institution,
        rows=console.rows(desk),
        books=desk.books(),
        counts=desk.counts(),
        paused=desk.paused,
        currency=console.currency(institution),
        turns=turns(desk.history(30 * len(Capability)))[:30],
        charts=charts(console.pulse.samples(institution), console.currency(institution), locale),
        orders=[each for each in console.orders.latest(20) if each.institution == institution][:5],
        name_of=console.name_of,
        acts=[act for act in Act if act is not (Act.RESUME if not desk.paused else Act.PAUSE)],
        two=[act for act in Act if console.orders.needs_two(act)],
        capabilities=[(each.value, text(words.CAPABILITIES[each], locale)) for each in Capability],
        given={"act": "", "reason": "", **(fields or {})},
        problem=None if error is None else explain(error, locale),
        words=words,
        evidence_in_words=evidence_in_words,
    )


def _act(word: str) -> Act:
    try:
        return Act(word)
    except ValueError:
        raise InvalidInput("order_unknown", act=word[:40]) from None

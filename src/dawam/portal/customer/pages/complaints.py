"""Complaints: the form, the reference, the customer's own list."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError
from dawam.portal.customer.complaints import Nature
from dawam.portal.customer.complaints.model import HAPPENED_MAX, REACH_MAX, TEXT_MAX
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, on_to, page
from dawam.portal.customer.service import Teller
from dawam.web.pages import FOR_CUSTOMERS, Face, form_of, locale_of, ruled

_RULE = ruled(FOR_CUSTOMERS)
_HERE = "/{locale:str}/complaints"


class ComplaintForm(msgspec.Struct, frozen=True):
    """What happened, when, with which account, how to reach the customer."""

    once: str = ""
    kind: Nature = Nature.OTHER
    text: str = ""
    happened: str = ""
    n: str = ""
    reach: str = ""


def complaint_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(_HERE, opt=_RULE)
    async def complaints(request: AnyRequest) -> Response[bytes]:
        return _list(face, teller, request, ComplaintForm())

    @post(_HERE, opt=_RULE, status_code=303)
    async def file(request: AnyRequest) -> Response[Any]:
        customer = customer_of(request, teller)
        form = await form_of(request, ComplaintForm)
        try:
            filed = await teller.complaints.file(
                customer,
                kind=form.kind,
                text=form.text,
                happened=form.happened,
                reach=form.reach,
                holding=teller.holding(customer, form.n)[1] if form.n else None,
                locale=locale_of(request),
                once=form.once,
            )
        except DawamError as error:
            return _list(face, teller, request, form, error)
        return on_to(request, f"/complaints/{filed.id}")

    @get(f"{_HERE}/{{identifier:str}}", opt=_RULE)
    async def complaint(request: AnyRequest, identifier: FromPath[str]) -> Response[bytes]:
        filed = teller.complaints.complaint(customer_of(request, teller), identifier)
        return page(face, request, "complaint", section="complaints", filed=filed)

    return [complaints, file, complaint]


def _list(
    face: Face, teller: Teller, request: AnyRequest, form: ComplaintForm, error: DawamError | None = None
) -> Response[bytes]:
    customer = customer_of(request, teller)
    return page(
        face,
        request,
        "complaints",
        error=error,
        section="complaints",
        natures=list(Nature),
        holdings=list(enumerate(customer.holdings, 1)),
        form=form,
        reach=form.reach or customer.phone or customer.email,
        latest=teller.complaints.latest(customer),
        limits={"text": TEXT_MAX, "happened": HAPPENED_MAX, "reach": REACH_MAX},
    )

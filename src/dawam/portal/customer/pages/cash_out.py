"""Cash-out codes: asked for, shown once, listed, cancelled."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError, currency_of
from dawam.portal.customer.amounts import amount_of
from dawam.portal.customer.cash_outs.model import grouped
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, on_to, page
from dawam.portal.customer.service import Teller
from dawam.web.pages import FOR_CUSTOMERS, Face, fields_of, form_of, locale_of, ruled

_RULE = ruled(FOR_CUSTOMERS)
_HERE = "/{locale:str}/cash-out"


class CashForm(msgspec.Struct, frozen=True):
    """From where, how much."""

    once: str = ""
    n: str = "1"
    amount: str = ""


def cash_out_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(_HERE, opt=_RULE)
    async def codes(request: AnyRequest) -> Response[bytes]:
        return _list(face, teller, request, CashForm(n=request.query_params.get("from", "1")))

    @post(_HERE, opt=_RULE, status_code=200)
    async def make(request: AnyRequest) -> Response[Any]:
        customer = customer_of(request, teller)
        form = await form_of(request, CashForm)
        try:
            n, holding = teller.holding(customer, form.n)
            currency = await teller.wallets.currency(holding)
            amount_minor = amount_of(form.amount, currency_of(currency), locale_of(request))
            made = await teller.cash_outs.make(
                customer, n, holding, amount_minor, currency=currency, once=form.once
            )
        except DawamError as error:
            return _list(face, teller, request, form, error)
        if not made.code:
            return on_to(request, "/cash-out")
        return page(
            face,
            request,
            "cash_out_code",
            section="cash-out",
            made=made,
            code=grouped(made.code),
            tries=teller.settings.cash_out_tries,
            outlives=teller.codes_outlive_us,
        )

    @post(f"{_HERE}/{{identifier:str}}/cancel", opt=_RULE, status_code=303)
    async def cancel(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        customer = customer_of(request, teller)
        await fields_of(request)
        try:
            await teller.cash_outs.cancel(customer, identifier)
        except DawamError as error:
            return _list(face, teller, request, CashForm(), error)
        return on_to(request, "/cash-out")

    return [codes, make, cancel]


def _list(
    face: Face, teller: Teller, request: AnyRequest, form: CashForm, error: DawamError | None = None
) -> Response[bytes]:
    customer = customer_of(request, teller)
    return page(
        face,
        request,
        "cash_out",
        error=error,
        section="cash-out",
        holdings=list(enumerate(customer.holdings, 1)),
        form=form,
        lasts_s=teller.settings.cash_out_lasts_s,
        latest=[
            (seen, teller.cash_outs.receipt(seen.cash_out)) for seen in teller.cash_outs.latest(customer)
        ],
    )

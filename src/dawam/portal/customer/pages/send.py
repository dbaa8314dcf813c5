"""Sending money: to whom, how much, everything once more, the receipt. Each step is a page of its own."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError, currency_of
from dawam.people import Holding
from dawam.portal.customer.amounts import amount_of
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, on_to, page
from dawam.portal.customer.sends import Check, Send
from dawam.portal.customer.service import Decider, Teller
from dawam.web.pages import FOR_CUSTOMERS, Face, form_of, locale_of, ruled

_RULE = ruled(FOR_CUSTOMERS)
_ONE = "/{locale:str}/send/{identifier:str}"


class PayeeForm(msgspec.Struct, frozen=True):
    """From where, to whom."""

    once: str = ""
    n: str = "1"
    payee_account: str = ""
    payee_name: str = ""


class AmountForm(msgspec.Struct, frozen=True):
    """How much; `sure` where the name does not match."""

    amount: str = ""
    sure_yes: str = ""


class PayForm(msgspec.Struct, frozen=True):
    """The version that the customer saw."""

    version: int


def send_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The routes, in the order of the steps."""
    return [*_payee(face, teller), *_amount(face, teller), *_review(face, teller), *_receipt(face, teller)]


def _payee(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/send", opt=_RULE)
    async def begin(request: AnyRequest) -> Response[bytes]:
        return _first(face, teller, request, PayeeForm(n=request.query_params.get("from", "1")))

    @post("/{locale:str}/send", opt=_RULE, status_code=303)
    async def begun(request: AnyRequest) -> Response[Any]:
        customer = customer_of(request, teller)
        form = await form_of(request, PayeeForm)
        try:
            _, holding = teller.holding(customer, form.n)
            send = await teller.sends.begin(
                customer,
                holding,
                payee_account=form.payee_account,
                payee_name=form.payee_name,
                once=form.once,
            )
        except DawamError as error:
            return _first(face, teller, request, form, error)
        return on_to(request, f"/send/{send.id}")

    return [begin, begun]


def _amount(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    @get(_ONE, opt=_RULE)
    async def how_much(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        send = teller.sends.send(customer_of(request, teller), identifier)
        if send.confirmed_at is not None:
            return on_to(request, f"/send/{send.id}/receipt")
        return await _second(face, teller, request, send, AmountForm())

    @post(_ONE, opt=_RULE, status_code=303)
    async def this_much(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        customer = customer_of(request, teller)
        form = await form_of(request, AmountForm)
        send = teller.sends.send(customer, identifier)
        try:
            amount_minor = amount_of(form.amount, currency_of(send.currency), locale_of(request))
            await teller.sends.price(customer, identifier, amount_minor, sure=form.sure_yes == "on")
        except DawamError as error:
            return await _second(face, teller, request, send, form, error)
        return on_to(request, f"/send/{send.id}/review")

    return [how_much, this_much]


def _review(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    @get(f"{_ONE}/review", opt=_RULE)
    async def review(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        send = teller.sends.send(customer_of(request, teller), identifier)
        if send.payment_id is not None:
            return on_to(request, f"/send/{send.id}/receipt")
        if send.amount_minor is None:
            return on_to(request, f"/send/{send.id}")
        return _third(face, teller, request, send)

    @post(f"{_ONE}/pay", opt=_RULE, status_code=303)
    async def pay(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        customer = customer_of(request, teller)
        form = await form_of(request, PayForm)
        try:
            await teller.sends.pay(customer, identifier, version=form.version)
        except DawamError as error:
            send = teller.sends.send(customer, identifier)
            if send.amount_minor is None:
                return on_to(request, f"/send/{send.id}")
            return _third(face, teller, request, send, error)
        return on_to(request, f"/send/{identifier}/receipt")

    return [review, pay]


def _receipt(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    def shown(request: AnyRequest, identifier: str, template: str) -> Response[Any]:
        send = teller.sends.send(customer_of(request, teller), identifier)
        receipt = teller.sends.receipt(send)
        if receipt is None:
            return on_to(request, f"/send/{send.id}/review")
        return page(face, request, template, section="send", send=send, receipt=receipt)

    @get(f"{_ONE}/receipt", opt=_RULE)
    async def receipt(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        return shown(request, identifier, "receipt")

    @get(f"{_ONE}/state", opt=_RULE)
    async def state(request: AnyRequest, identifier: FromPath[str]) -> Response[Any]:
        return shown(request, identifier, "receipt_state")

    return [receipt, state]


def _first(
    face: Face, teller: Teller, request: AnyRequest, form: PayeeForm, error: DawamError | None = None
) -> Response[bytes]:
    customer = customer_of(request, teller)
    latest = [(send, teller.sends.receipt(send)) for send in teller.sends.latest(customer)]
    return page(
        face,
        request,
        "send",
        error=error,
        section="send",
        holdings=list(enumerate(customer.holdings, 1)),
        form=form,
        latest=[(send, receipt) for send, receipt in latest if receipt is not None],
    )


async def _second(
    face: Face,
    teller: Teller,
    request: AnyRequest,
    send: Send,
    form: AmountForm,
    error: DawamError | None = None,
) -> Response[bytes]:
    customer = customer_of(request, teller)
    holding = Holding(institution=send.institution, account=send.account)
    places = {(one.institution, one.account): n for n, one in enumerate(customer.holdings, 1)}
    return page(
        face,
        request,
        "send_amount",
        error=error,
        section="send",
        send=send,
        standing=await teller.wallets.standing(places.get((send.institution, send.account), 0), holding),
        form=form,
        doubtful=send.check is Check.NO_MATCH,
    )


def _third(
    face: Face, teller: Teller, request: AnyRequest, send: Send, error: DawamError | None = None
) -> Response[bytes]:
    holding = Holding(institution=send.institution, account=send.account)
    decider = teller.decider(holding)
    limits = teller.wallets.desk(holding).settings.policy.limits_for(send.account)
    return page(
        face,
        request,
        "send_review",
        error=error,
        section="send",
        send=send,
        decider=decider,
        possible=decider is not Decider.NOBODY,
        at_most_minor=limits.per_payment_minor,
    )

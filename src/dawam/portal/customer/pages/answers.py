"""What these pages share: who asks, the way on after a form, the names that templates see."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from dawam.kernel import DawamError
from dawam.people import Customer
from dawam.portal.customer import words
from dawam.portal.customer.cash_outs import State
from dawam.portal.customer.service import Decider, Teller
from dawam.portal.customer.wallets import short
from dawam.standin import PaymentState, Source
from dawam.web import Said, explain, shown
from dawam.web.pages import Face, locale_of, shown_again, visiting

AnyRequest = Request[Any, Any, Any]

_FIELDS: dict[str, str] = {
    "payee_account_malformed": "payee_account",
    "payee_is_payer": "payee_account",
    "payee_unnamed": "payee_name",
    "payee_not_checked": "sure",
    "amount_malformed": "amount",
    "amount_ambiguous": "amount",
    "amount_not_positive": "amount",
    "amount_not_minor_units": "amount",
    "amount_too_large": "amount",
    "cash_out_too_much": "amount",
    "complaint_empty": "text",
}
"""Beside which field an error is said once more."""


def customer_of(request: AnyRequest, teller: Teller) -> Customer:
    """Who asks. Raises: Forbidden `sign_in_needed`."""
    return teller.customer(visiting(request))


def on_to(request: AnyRequest, place: str) -> Redirect:
    """On to another page."""
    return Redirect(f"/{locale_of(request)}{place}", status_code=303)


def page(
    face: Face,
    request: AnyRequest,
    template: str,
    *,
    error: DawamError | None = None,
    **context: Any,
) -> Response[bytes]:
    """A page of the customer's, with what was wrong with its form."""
    problem = None if error is None else explain(error, locale_of(request))
    field = "" if error is None else _FIELDS.get(error.code, "")
    if error is not None and error.code == "form_field_missing":
        field = str(error.params.get("field", ""))
    names: dict[str, Any] = {
        "words": words,
        "short": _short,
        "Source": Source,
        "Decider": Decider,
        "PaymentState": PaymentState,
        "State": State,
        "problem": problem,
        "wrong": {field: problem.detail} if problem is not None and field else {},
    }
    return face.page(
        request, f"portal/customer/{template}.html", status=shown_again(error), **{**names, **context}
    )


def _short(account: str) -> Said:
    """The end of a number, from left to right in every sentence."""
    return Said(f"\u2066{shown(short(account))}\u2069")

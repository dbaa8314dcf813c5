"""The channel contract over a real socket."""

from typing import Any

import pytest

from .client import Client
from .fake_desk import FakeDesk

PAYMENT: dict[str, Any] = {
    "kind": "transfer",
    "debit_account": "EG-1",
    "credit_account": "EG-2",
    "amount_minor": 500,
    "currency": "EGP",
    "requested_at": "2026-11-21T11:59:00Z",
}


def test_a_balance_comes_with_its_time_source_and_notice(client: Client) -> None:
    answer = client.get("/v1/accounts/EG-1/balance")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    notice = answer.body.pop("notice")
    assert "cannot be right" in notice
    assert answer.body == {
        "account": "EG-1",
        "currency": "EGP",
        "balance_minor": 12_345,
        "available_minor": 12_000,
        "as_of": "2026-11-21T11:58:29.750000Z",
        "age_s": 90.25,
        "source": "stand-in",
        "proved": True,
        "mode": "standing_in",
    }


def test_a_balance_that_cannot_be_proved_is_withheld_with_a_reason(client: Client) -> None:
    answer = client.get("/v1/accounts/old/balance")
    assert answer.status == 503
    assert (answer.body["code"], answer.body["reason"]) == ("balance_withheld", "too_old")
    assert "balance_minor" not in answer.body
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_account_is_not_found(client: Client) -> None:
    answer = client.get("/v1/accounts/unknown/balance")
    assert (answer.status, answer.body["code"]) == (404, "account_not_found")


def test_nothing_is_said_when_all_is_well(client: Client, desk: FakeDesk) -> None:
    desk.mode = desk.mode.NORMAL
    assert client.get("/v1/accounts/EG-1/balance").body["notice"] is None


@pytest.mark.parametrize(("asked", "given"), [("fr-MA, en;q=0.5", "fr"), ("ar-EG", "ar"), ("de", "en")])
def test_the_language_is_the_one_asked_for(client: Client, asked: str, given: str) -> None:
    assert client.get("/v1/accounts/EG-1/balance", accept_language=asked).headers["content-language"] == given


def test_the_same_key_and_payment_gives_the_same_answer(client: Client) -> None:
    first = client.post("/v1/payments", PAYMENT, idempotency_key="k-1")
    again = client.post("/v1/payments", PAYMENT, idempotency_key="k-1")
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert first.body == {
        "payment_id": first.body["payment_id"],
        "status": "approved",
        "code": "approved",
        "response_code": "00",
        "decided_by": "stand-in",
        "decided_at": "2026-11-21T12:00:00Z",
    }
    kept = client.get(f"/v1/payments/{first.body['payment_id']}")
    assert (kept.status, kept.body) == (200, first.body)


def test_the_same_key_with_another_body_is_a_conflict(client: Client) -> None:
    client.post("/v1/payments", PAYMENT, idempotency_key="k-1")
    other = client.post("/v1/payments", {**PAYMENT, "amount_minor": 501}, idempotency_key="k-1")
    assert (other.status, other.body["code"]) == (409, "idempotency_mismatch")


def test_a_statement_is_read_page_by_page(client: Client) -> None:
    first = client.get("/v1/accounts/EG-1/statement?limit=2")
    assert [entry["amount_minor"] for entry in first.body["entries"]] == [3, 2]
    rest = client.get(f"/v1/accounts/EG-1/statement?limit=2&before={first.body['next']}")
    assert [entry["amount_minor"] for entry in rest.body["entries"]] == [1]
    assert rest.body["next"] is None


def test_the_status_names_every_capability(client: Client) -> None:
    (bank,) = client.get("/v1/status").body["institutions"]
    assert bank["institution"] == "bank"
    assert {state["capability"] for state in bank["capabilities"]} == {
        "balance",
        "payment",
        "withdrawal",
        "cheque",
        "statement",
    }
    assert {(state["mode"], state["reason"], state["eta"]) for state in bank["capabilities"]} == {
        ("standing_in", "contradicted", None)
    }


def test_a_channel_with_tokens_asks_for_one(guarded: Client) -> None:
    path = "/v1/accounts/EG-1/balance"
    assert guarded.get(path).body["code"] == "token_missing"
    assert guarded.get(path, authorization="Basic abc").body["code"] == "token_missing"
    wrong = guarded.get(path, authorization="Bearer nobody")
    assert (wrong.status, wrong.body["code"]) == (401, "token_wrong")
    assert guarded.get(path, authorization="Bearer app-token").status == 200
    assert guarded.post("/v1/payments", PAYMENT, idempotency_key="k").status == 401
    assert guarded.get("/v1/accounts/EG-1/statement").status == 401
    assert guarded.get("/v1/status").status == 200

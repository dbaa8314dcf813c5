"""What must be refused, and the stable code of each refusal."""

import json
import socket
from typing import Any

import pytest

from .client import Client
from .test_contract import PAYMENT

KEY = {"idempotency_key": "k"}


def changed(**fields: Any) -> dict[str, Any]:
    return {**PAYMENT, **fields}


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in PAYMENT.items() if name != field}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body_not_json"),
        (b"not json", "body_not_json"),
        (b"\xff\xfe", "body_not_json"),
        (json.dumps(PAYMENT).encode() + b"{}", "body_not_json"),
        (b'{"kind": "\\ud800"}', "body_not_json"),
        (b"[]", "body_field_invalid"),
        (b"null", "body_field_invalid"),
        (b"[" * 5_000, "body_too_deep"),
        (b'{"x":' * 5_000 + b"1" + b"}" * 5_000, "body_too_large"),
        (b" " * 20_000, "body_too_large"),
        (changed(amount_minor=0), "invalid_amount"),
        (changed(amount_minor=-1), "invalid_amount"),
        (changed(amount_minor=2**63), "invalid_amount"),
        (changed(amount_minor=10**400), "invalid_amount"),
        (changed(amount_minor=1.5), "invalid_amount"),
        (changed(amount_minor="5"), "invalid_amount"),
        (changed(amount_minor=True), "invalid_amount"),
        (changed(amount_minor=None), "invalid_amount"),
        (json.dumps(PAYMENT).replace("500", "NaN").encode(), "body_not_json"),
        (without("amount_minor"), "body_field_missing"),
        (without("kind"), "body_field_missing"),
        (changed(kind="gift"), "payment_kind_unknown"),
        (changed(kind=None), "body_field_invalid"),
        (changed(credit_account="EG-1"), "accounts_equal"),
        (changed(currency="XXX"), "currency_unknown"),
        (changed(currency="egp"), "currency_unknown"),
        (changed(currency=""), "currency_unknown"),
        (changed(debit_account=""), "account_malformed"),
        (changed(debit_account="a\x00b"), "account_malformed"),
        (changed(credit_account="a\nb"), "account_malformed"),
        (changed(credit_account=" padded"), "account_malformed"),
        (changed(credit_account="\u202egpj"), "account_malformed"),
        (changed(credit_account="a" * 65), "account_malformed"),
        (changed(requested_at="2026-11-21T11:59:00"), "time_without_zone"),
        (changed(requested_at="yesterday"), "body_field_invalid"),
        (changed(requested_at="0001-01-01T00:00:00+23:59"), "time_malformed"),
        (changed(payment_id="mine"), "body_field_unknown"),
    ],
)
def test_a_payment_that_cannot_be_understood_is_refused(client: Client, body: Any, code: str) -> None:
    answer = client.post("/v1/payments", body, **KEY)
    assert answer.body["code"] == code
    assert answer.status == (413 if code == "body_too_large" else 400)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        ("a b", "idempotency_key_malformed"),
        ("k\u00e9y", "idempotency_key_malformed"),
        ("k" * 256, "idempotency_key_malformed"),
    ],
)
def test_a_payment_needs_a_usable_key(client: Client, key: str | None, code: str) -> None:
    headers = {} if key is None else {"idempotency_key": key}
    answer = client.post("/v1/payments", PAYMENT, **headers)
    assert (answer.status, answer.body["code"]) == (400, code)


def test_a_key_of_255_characters_is_fine(client: Client) -> None:
    assert client.post("/v1/payments", PAYMENT, idempotency_key="~" * 255).status == 201


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/accounts/a%00b/balance", 400, "account_malformed"),
        ("/v1/accounts/a%0Ab/balance", 400, "account_malformed"),
        ("/v1/accounts/%20/balance", 400, "account_malformed"),
        ("/v1/accounts/%FF/balance", 400, "account_malformed"),
        (f"/v1/accounts/{'a' * 65}/balance", 400, "account_malformed"),
        (f"/v1/accounts/{'a' * 65}/statement", 400, "account_malformed"),
        ("/v1/accounts/unknown/statement", 404, "account_not_found"),
        ("/v1/accounts/EG-1/statement?limit=0", 400, "limit_out_of_range"),
        ("/v1/accounts/EG-1/statement?limit=201", 400, "limit_out_of_range"),
        ("/v1/accounts/EG-1/statement?limit=-1", 400, "limit_out_of_range"),
        ("/v1/accounts/EG-1/statement?limit=ten", 400, "limit_out_of_range"),
        ("/v1/accounts/EG-1/statement?limit=%D9%A3", 400, "limit_out_of_range"),
        ("/v1/accounts/EG-1/statement?before=a%0Ab", 400, "cursor_malformed"),
        (f"/v1/accounts/EG-1/statement?before={'1' * 101}", 400, "cursor_malformed"),
        ("/v1/payments/nonsense", 400, "id_malformed"),
        ("/v1/payments/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "payment_not_found"),
        ("/v1/accounts/EG-1/proof", 404, "route_not_found"),
        ("/v1/nowhere", 404, "route_not_found"),
        ("/v1/accounts//balance", 404, "route_not_found"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(client: Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_balance_is_only_read(client: Client, method: str) -> None:
    answer = client.call(method, "/v1/accounts/EG-1/balance")
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


def test_a_body_without_end_is_cut_at_the_limit(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as line:
        line.sendall(
            b"POST /v1/payments HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
        for _ in range(8):
            try:
                line.sendall(chunk)
            except OSError:
                break
        assert line.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_no_refusal_repeats_an_account_or_an_amount(client: Client) -> None:
    answer = client.post(
        "/v1/payments", changed(credit_account="4111111111111111" * 5, amount_minor=77_123), **KEY
    )
    said = json.dumps(answer.body)
    assert "4111" not in said
    assert "77123" not in said

"""The primary contract, call by call, against every primary that we ship."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

A, B, C, D, E = (f"demo-{number:04d}" for number in range(1, 6))
KINDS = [
    "transfer",
    "cash_in",
    "cash_out",
    "merchant_payment",
    "bill_payment",
    "debit",
    "cheque",
    "refund",
]
EVENT_FIELDS = {
    "seq",
    "event_id",
    "account",
    "amount_minor",
    "currency",
    "balance_after_minor",
    "booked_at",
    "kind",
    "payment_id",
}


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    assert parsed.utcoffset() == timedelta(0)
    return parsed


def all_events(primary: Any) -> list[Any]:
    events: list[Any] = []
    while page := primary.get(f"/v1/events?after={len(events)}&limit=7")["events"]:
        events += page
    return events


def test_health_says_up_with_its_time(primary: Any) -> None:
    health = primary.get("/v1/health")
    assert health["status"] == "up"
    assert isinstance(health["release"], str)
    moment(health["time"])


def test_a_balance_has_its_last_event_and_moment(primary: Any) -> None:
    answer = primary.get(f"/v1/accounts/{E}/balance")
    assert set(answer) == {"account", "currency", "balance_minor", "available_minor", "last_seq", "as_of"}
    own = [event for event in all_events(primary) if event["account"] == E]
    assert (answer["account"], answer["currency"]) == (E, "EGP")
    assert answer["balance_minor"] == answer["available_minor"] == own[-1]["balance_after_minor"]
    assert answer["last_seq"] == own[-1]["seq"]
    assert moment(answer["as_of"]) >= moment(own[-1]["booked_at"])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/accounts/nobody/balance", "account_not_found"),
        ("/v1/accounts/%D9%85%D8%AD%D9%81%D8%B8%D8%A9/balance", "account_not_found"),
        ("/v1/payments/never-sent", "payment_not_found"),
    ],
)
def test_what_does_not_exist_is_404_with_a_code(primary: Any, path: str, code: str) -> None:
    reply = primary.ask("GET", path)
    assert (reply.status, reply.body["code"]) == (404, code)


@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_moves_the_amount_and_makes_two_events(primary: Any, kind: str) -> None:
    before, payer, payee = primary.last_seq(), primary.balance(A), primary.balance(B)
    payment = primary.payment(kind=kind)
    answer = primary.post("/v1/payments", payment)
    assert answer == {
        "payment_id": payment["payment_id"],
        "status": "approved",
        "code": "approved",
        "seq": before + 1,
    }
    assert (primary.balance(A), primary.balance(B)) == (payer - 100, payee + 100)
    debit, credit = primary.get(f"/v1/events?after={before}&limit=10")["events"]
    assert (debit["account"], debit["amount_minor"], debit["balance_after_minor"]) == (A, -100, payer - 100)
    assert (credit["account"], credit["amount_minor"], credit["balance_after_minor"]) == (B, 100, payee + 100)
    for event in (debit, credit):
        assert set(event) == EVENT_FIELDS
        assert (event["kind"], event["payment_id"]) == (kind, payment["payment_id"])
        assert event["currency"] == "EGP"


def test_the_same_payment_again_gives_the_same_answer_and_moves_nothing(primary: Any) -> None:
    payment = primary.payment()
    answer = primary.post("/v1/payments", payment)
    balances, last = (primary.balance(A), primary.balance(B)), primary.last_seq()
    assert [primary.post("/v1/payments", payment) for _ in range(3)] == [answer] * 3
    assert primary.get(f"/v1/payments/{payment['payment_id']}") == answer
    assert ((primary.balance(A), primary.balance(B)), primary.last_seq()) == (balances, last)


@pytest.mark.parametrize(
    "different",
    [
        {"amount_minor": 101},
        {"credit_account": C},
        {"debit_account": C},
        {"kind": "cheque"},
        {"currency": "MAD"},
    ],
)
def test_the_same_id_with_another_body_is_a_conflict(primary: Any, different: dict[str, object]) -> None:
    payment = primary.payment()
    primary.post("/v1/payments", payment)
    last = primary.last_seq()
    reply = primary.ask("POST", "/v1/payments", payment | different)
    assert (reply.status, reply.body["code"]) == (409, "payment_mismatch")
    assert reply.media_type in ("application/problem+json", "application/json")
    assert primary.last_seq() == last


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"amount_minor": 0}, "invalid_amount"),
        ({"amount_minor": -5}, "invalid_amount"),
        ({"amount_minor": 2**63}, "invalid_amount"),
        ({"amount_minor": 2**200}, "invalid_amount"),
        ({"debit_account": "nobody"}, "account_not_found"),
        ({"credit_account": "nobody"}, "account_not_found"),
        ({"currency": "MAD"}, "account_not_found"),
        ({"credit_account": A}, "account_not_found"),
        ({"amount_minor": 10**12}, "insufficient_funds"),
        ({"amount_minor": 2**63 - 1}, "insufficient_funds"),
        ({"amount_minor": 0, "debit_account": "nobody"}, "invalid_amount"),
        ({"amount_minor": 10**12, "credit_account": "nobody"}, "account_not_found"),
    ],
)
def test_a_declined_payment_says_why_and_moves_nothing(
    primary: Any, different: dict[str, object], code: str
) -> None:
    last, payment = primary.last_seq(), primary.payment(**different)
    answer = primary.post("/v1/payments", payment)
    if different.get("amount_minor") == 2**63 - 1 and answer["code"] == "over_limit":
        code = "over_limit"  # the payee cannot hold it either
    assert answer == {"payment_id": payment["payment_id"], "status": "declined", "code": code, "seq": None}
    assert primary.post("/v1/payments", payment) == answer
    assert primary.get(f"/v1/payments/{payment['payment_id']}") == answer
    assert primary.last_seq() == last


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/advices"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}"])
def test_a_malformed_body_is_refused(primary: Any, path: str, body: bytes) -> None:
    reply = primary.ask("POST", path, body)
    assert reply.status == 400
    assert reply.body["code"]


def test_all_may_be_spent_but_not_more(primary: Any) -> None:
    held = primary.balance(D)
    assert primary.post("/v1/payments", primary.payment(debit_account=D, amount_minor=held))["seq"]
    assert primary.balance(D) == 0
    more = primary.post("/v1/payments", primary.payment(debit_account=D, amount_minor=1))
    assert more["code"] == "insufficient_funds"
    primary.post("/v1/payments", primary.payment(debit_account=B, credit_account=D, amount_minor=held))


def test_payments_at_the_same_time_never_spend_twice(primary: Any) -> None:
    held = primary.balance(C)
    payments = [primary.payment(debit_account=C, credit_account=E, amount_minor=held) for _ in range(8)]
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda one=payment: answers.append(primary.post("/v1/payments", one)))
        for payment in payments
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["status"] for answer in answers) == ["approved"] + ["declined"] * 7
    assert primary.balance(C) == 0
    primary.post("/v1/payments", primary.payment(debit_account=E, credit_account=C, amount_minor=held))


def test_events_have_no_gaps_and_their_running_balances_follow(primary: Any) -> None:
    events = all_events(primary)
    assert [event["seq"] for event in events] == list(range(1, primary.last_seq() + 1))
    assert len({event["event_id"] for event in events}) == len(events)
    held: dict[str, int] = {}
    for event in events:
        held[event["account"]] = held.get(event["account"], 0) + event["amount_minor"]
        assert event["balance_after_minor"] == held[event["account"]]
    assert held == {account: primary.balance(account) for account in held}
    moments = [moment(event["booked_at"]) for event in events]
    assert moments == sorted(moments)


def test_a_page_of_events_is_no_longer_than_asked_and_says_what_is_last(primary: Any) -> None:
    page = primary.get("/v1/events?after=1&limit=2")
    assert [event["seq"] for event in page["events"]] == [2, 3]
    assert page["last_seq"] == primary.last_seq() > 3
    assert primary.get(f"/v1/events?after={page['last_seq'] + 100}")["events"] == []


def test_a_call_for_events_is_held_open_until_there_is_one(primary: Any) -> None:
    last = primary.last_seq()
    later = threading.Timer(0.3, lambda: primary.post("/v1/payments", primary.payment()))
    later.start()
    started = time.monotonic()
    page = primary.get(f"/v1/events?after={last}&limit=10&wait_s=10")
    assert page["events"][0]["seq"] == last + 1
    assert 0.2 < time.monotonic() - started < 5
    later.join()


def test_a_call_for_events_that_do_not_come_ends_empty(primary: Any) -> None:
    started = time.monotonic()
    page = primary.get(f"/v1/events?after={primary.last_seq()}&wait_s=0.3")
    assert page["events"] == []
    assert 0.2 < time.monotonic() - started < 5


def test_a_snapshot_holds_every_account_and_ends_with_its_count(primary: Any) -> None:
    *accounts, end = primary.ask("GET", "/v1/snapshot").lines
    assert end == {"end": True, "accounts": len(accounts), "last_seq": primary.last_seq()}
    assert {line["account"] for line in accounts} >= {A, B, C, D, E}
    for line in accounts:
        assert set(line) == {"account", "currency", "balance_minor", "last_seq"}
        assert line["balance_minor"] == primary.balance(line["account"])


def test_a_snapshot_is_what_the_events_up_to_its_seq_give(primary: Any) -> None:
    stop = threading.Event()

    def keep_paying() -> None:
        while not stop.is_set():
            primary.post("/v1/payments", primary.payment(debit_account=E, amount_minor=1))

    payer = threading.Thread(target=keep_paying)
    payer.start()
    try:
        *accounts, end = primary.ask("GET", "/v1/snapshot").lines
    finally:
        stop.set()
        payer.join()
    upto = [event for event in all_events(primary) if event["seq"] <= end["last_seq"]]
    for line in accounts:
        own = [event for event in upto if event["account"] == line["account"]]
        assert line["balance_minor"] == sum(event["amount_minor"] for event in own)
        assert line["last_seq"] == own[-1]["seq"]


def test_an_advice_is_applied_once(primary: Any) -> None:
    last, payer, advice = primary.last_seq(), primary.balance(A), primary.advice()
    first = primary.post("/v1/advices", advice)
    assert first == {
        "advice_id": advice["advice_id"],
        "status": "applied",
        "code": "approved",
        "seq": last + 1,
    }
    assert primary.post("/v1/advices", advice) == first | {"status": "already_applied"}
    assert primary.balance(A) == payer - 100
    assert primary.last_seq() == last + 2
    events = primary.get(f"/v1/events?after={last}&limit=10")["events"]
    assert {event["payment_id"] for event in events} == {advice["payment_id"]}
    answer = primary.get(f"/v1/payments/{advice['payment_id']}")
    assert (answer["status"], answer["seq"]) == ("approved", last + 1)


def test_another_advice_for_the_same_payment_moves_nothing(primary: Any) -> None:
    advice = primary.advice()
    first = primary.post("/v1/advices", advice)
    last, other = primary.last_seq(), primary.new_id("advice")
    again = primary.post("/v1/advices", advice | {"advice_id": other})
    assert again == first | {"advice_id": other, "status": "already_applied"}
    assert primary.last_seq() == last


def test_an_advice_for_a_payment_that_was_approved_here_is_already_applied(primary: Any) -> None:
    advice = primary.advice()
    payment = primary.payment(payment_id=advice["payment_id"])
    booked = primary.post("/v1/payments", payment)
    last = primary.last_seq()
    answer = primary.post("/v1/advices", advice)
    assert (answer["status"], answer["seq"]) == ("already_applied", booked["seq"])
    assert primary.last_seq() == last


def test_an_advice_for_a_payment_that_was_declined_here_is_rejected_with_its_code(primary: Any) -> None:
    payment = primary.payment(amount_minor=10**12)
    assert primary.post("/v1/payments", payment)["status"] == "declined"
    advice = primary.advice(payment_id=payment["payment_id"], amount_minor=10**12)
    answer = primary.post("/v1/advices", advice)
    assert (answer["status"], answer["code"], answer["seq"]) == ("rejected", "insufficient_funds", None)


def test_a_payment_that_came_as_an_advice_first_is_not_booked_again(primary: Any) -> None:
    advice = primary.advice()
    applied = primary.post("/v1/advices", advice)
    last = primary.last_seq()
    answer = primary.post("/v1/payments", primary.payment(payment_id=advice["payment_id"]))
    assert (answer["status"], answer["seq"]) == ("approved", applied["seq"])
    assert primary.last_seq() == last


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"debit_account": "nobody"}, "account_not_found"),
        ({"credit_account": "nobody"}, "account_not_found"),
        ({"amount_minor": 10**12}, "insufficient_funds"),
        ({"amount_minor": 0}, "invalid_amount"),
        ({"currency": "MAD"}, "account_not_found"),
    ],
)
def test_an_advice_that_cannot_be_booked_is_rejected_with_a_code(
    primary: Any, different: dict[str, object], code: str
) -> None:
    last, advice = primary.last_seq(), primary.advice(**different)
    answer = primary.post("/v1/advices", advice)
    assert answer == {"advice_id": advice["advice_id"], "status": "rejected", "code": code, "seq": None}
    assert primary.post("/v1/advices", advice) == answer
    assert primary.last_seq() == last


def test_an_advice_under_a_known_payment_with_another_body_is_rejected(primary: Any) -> None:
    advice = primary.advice()
    primary.post("/v1/advices", advice)
    last = primary.last_seq()
    other = advice | {"advice_id": primary.new_id("advice"), "amount_minor": 101}
    answer = primary.post("/v1/advices", other)
    assert (answer["status"], answer["code"]) == ("rejected", "payment_mismatch")
    assert primary.last_seq() == last


def test_an_unknown_address_is_404(primary: Any) -> None:
    assert primary.ask("GET", "/v1/nothing").status == 404
    assert primary.ask("POST", "/v1/health").status in (404, 405)

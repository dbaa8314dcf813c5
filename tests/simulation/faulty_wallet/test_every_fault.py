import http.client
import itertools
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from tests.simulation.faulty_wallet.conftest import ACCOUNTS

from dawam.simulation import FaultKind
from dawam.simulation.distortion import SOME_IN
from dawam.wallet import Booking

numbers = itertools.count(1)


def pay(wallet, payment_id, amount=1, timeout_s=1.0):
    return wallet.ask(
        "POST",
        "/v1/payments",
        {
            "payment_id": payment_id,
            "kind": "transfer",
            "debit_account": ACCOUNTS[0],
            "credit_account": ACCOUNTS[1],
            "amount_minor": amount,
            "currency": "EGP",
            "requested_at": "2026-11-21T10:00:00Z",
        },
        timeout_s=timeout_s,
    )


def ask_again(connection):
    connection.request("GET", "/v1/health")
    connection.getresponse()


def booked(wallet, payment_id):
    return wallet.ask("GET", f"/v1/payments/{payment_id}")[0] == 200


def truth(wallet):
    events = wallet.control.truth(after=0).events
    return {event.account: event.balance_after_minor for event in events}


def test_without_a_fault_it_is_the_wallet(wallet):
    assert wallet.control.on() == {}
    assert wallet.balance(ACCOUNTS[5])["balance_minor"] == truth(wallet)[ACCOUNTS[5]] == 10_005
    assert wallet.ask("GET", "/v1/accounts/nobody/balance")[0] == 404


@pytest.mark.parametrize(
    ("kind", "lie"),
    [
        (FaultKind.ZERO, lambda place, books: 0),
        (FaultKind.SCALE, lambda place, books: books[ACCOUNTS[place]] * 100),
        (FaultKind.SHIFT, lambda place, books: books[ACCOUNTS[place + 1]]),
    ],
)
def test_lies_about_balances_and_snapshots_and_not_in_the_books(wallet, kind, lie):
    books = truth(wallet)
    wallet.control.start(kind)
    for place in (0, 7, 20):
        assert wallet.balance(ACCOUNTS[place])["balance_minor"] == lie(place, books)
    lines = wallet.ask("GET", "/v1/snapshot")[1].decode().splitlines()
    assert f'"balance_minor":{lie(7, books)},' in lines[7]
    assert '"end":true' in lines[-1]
    assert wallet.ask("GET", "/v1/accounts/nobody/balance")[0] == 404
    assert truth(wallet) == books
    wallet.control.clear(kind)
    assert wallet.balance(ACCOUNTS[7])["balance_minor"] == books[ACCOUNTS[7]]


def test_stale_answers_from_an_old_copy(wallet):
    wallet.control.start(FaultKind.STALE)
    before = wallet.balance(ACCOUNTS[9])
    wallet.control.book([Booking(account=ACCOUNTS[9], amount_minor=5)])
    after = wallet.balance(ACCOUNTS[9])
    assert before["balance_minor"] == after["balance_minor"] != truth(wallet)[ACCOUNTS[9]]
    wallet.control.clear()
    assert wallet.balance(ACCOUNTS[9])["balance_minor"] == truth(wallet)[ACCOUNTS[9]]


def test_some_are_wrong_and_most_are_right(wallet):
    wrong = 0
    books = truth(wallet)
    for _ in range(4):
        wallet.control.start(FaultKind.SOME)
        wrong += sum(wallet.balance(name)["balance_minor"] != books[name] for name in ACCOUNTS)
    assert 0 < wrong < 4 * len(ACCOUNTS) * 3 / SOME_IN


def test_down_refuses_connections_and_cuts_those_that_are_open(wallet):
    parts = urlsplit(wallet.url)
    kept = http.client.HTTPConnection(parts.hostname, parts.port, timeout=2)
    kept.request("GET", "/v1/health")
    assert kept.getresponse().read()
    wallet.control.start(FaultKind.DOWN)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask_again(kept)
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, parts.port), timeout=1)
    assert set(wallet.control.on()) == {"down"}
    wallet.control.clear()
    assert wallet.wait_until_up()["status"] == "up"


def test_down_ends_a_long_poll(wallet):
    failed = []

    def poll():
        last = wallet.control.truth(after=0).last_seq
        try:
            wallet.get(f"/v1/events?after={last}&wait_s=20", timeout_s=25)
        except (ConnectionError, http.client.HTTPException) as error:
            failed.append(error)

    waiting = threading.Thread(target=poll)
    waiting.start()
    time.sleep(0.3)
    wallet.control.start(FaultKind.DOWN)
    waiting.join(timeout=3)
    assert failed


def test_hang_accepts_and_never_answers(wallet):
    wallet.control.start(FaultKind.HANG)
    with pytest.raises(TimeoutError):
        wallet.ask("GET", "/v1/health", timeout_s=0.5)
    with pytest.raises(TimeoutError):
        pay(wallet, f"hang-{next(numbers)}", timeout_s=0.5)


def test_errors_answer_500_and_may_have_booked(wallet):
    wallet.control.start(FaultKind.ERRORS)
    assert wallet.ask("GET", "/v1/health")[0] == 500
    names = [f"error-{next(numbers)}" for _ in range(20)]
    assert {pay(wallet, name)[0] for name in names} == {500}
    wallet.control.clear()
    assert 0 < sum(booked(wallet, name) for name in names) < 20


def test_slow_answers_late(wallet):
    wallet.control.start(FaultKind.SLOW)
    began = time.perf_counter()
    assert wallet.ask("GET", "/v1/health", timeout_s=5)[0] == 200
    assert time.perf_counter() - began > 0.2


def test_flap_is_down_and_up_by_turns(wallet):
    wallet.control.start(FaultKind.FLAP)
    seen = set()
    deadline = time.perf_counter() + 25
    while len(seen) < 2 and time.perf_counter() < deadline:
        try:
            wallet.ask("GET", "/v1/health", timeout_s=0.5)
            seen.add("up")
        except OSError:
            seen.add("down")
        time.sleep(0.05)
    assert seen == {"up", "down"}


def test_gap_loses_events_that_can_be_had_again_after(wallet):
    last = wallet.control.truth(after=0).last_seq
    lost = 0
    for _ in range(5):
        wallet.control.start(FaultKind.GAP)
        lost += last - len(wallet.get("/v1/events?after=0&limit=5000")["events"])
    assert lost > 0
    wallet.control.clear()
    assert [event["seq"] for event in wallet.get("/v1/events?after=0&limit=5000")["events"]] == list(
        range(1, last + 1)
    )


def test_repeat_tells_events_again_in_and_across_pages(wallet):
    wallet.control.start(FaultKind.REPEAT)
    seqs = [event["seq"] for event in wallet.get("/v1/events?after=10&limit=100")["events"]]
    assert seqs[0] == 8
    assert len(set(seqs)) < len(seqs)


def test_a_long_poll_of_a_failing_feed_is_held_open(wallet):
    wallet.control.start(FaultKind.REPEAT)
    last = wallet.control.truth(after=0).last_seq
    began = time.perf_counter()
    assert wallet.get(f"/v1/events?after={last}&wait_s=0.3")["events"] == []
    assert time.perf_counter() - began > 0.25


def test_a_lost_reply_leaves_a_booking_that_nobody_heard_of(wallet):
    wallet.control.start(FaultKind.LOST_REPLY)
    unheard = []
    for _ in range(8):
        name = f"lost-{next(numbers)}"
        try:
            pay(wallet, name, timeout_s=0.3)
        except (OSError, http.client.HTTPException):
            unheard.append(name)
    assert unheard
    assert all(booked(wallet, name) for name in unheard)
    assert wallet.get("/v1/health")["status"] == "up"

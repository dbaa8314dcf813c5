"""One call, one request, one usable answer or one failure that says what is known."""

import asyncio
import socket

import msgspec
import pytest

from dawam.kernel import Conflict, InvalidInput
from dawam.primary import (
    Advice,
    AdviceStatus,
    Fault,
    HttpPrimary,
    LinkSettings,
    Payment,
    PaymentStatus,
    PrimaryFailure,
)

from .wire import ADVICE, BALANCE, CALLS, PAYMENT, QUICK, asked, encoded, every_call, failed, wired


def test_a_balance_is_asked_for_by_its_escaped_name() -> None:
    answer, requests = asked(encoded(BALANCE), lambda link: link.balance("C/1 é?"))
    assert answer.balance_minor == 100
    assert requests[0].startswith(b"GET /v1/accounts/C%2F1%20%C3%A9%3F/balance HTTP/1.1\r\n")


def test_health_is_returned_as_it_is_said() -> None:
    answer, _ = asked(b'{"status":"degraded","time":"2026-11-21T10:00:00Z"}', CALLS["health"])
    assert answer.status == "degraded"


def test_an_event_page_is_decoded() -> None:
    event = {
        "seq": 8, "event_id": "E8", "account": "A", "amount_minor": -5, "currency": "EGP",
        "balance_after_minor": 10, "booked_at": "2026-11-21T10:00:00.123456Z", "kind": "fee",
        "payment_id": None, "something_new": [1, 2],
    }  # fmt: skip
    page, requests = asked(
        msgspec.json.encode({"events": [event], "last_seq": 8}),
        lambda link: link.events(after=7, limit=10, wait_s=1.5),
    )
    assert page.events[0].seq == page.last_seq == 8
    assert requests[0].startswith(b"GET /v1/events?after=7&limit=10&wait_s=1.5 ")


def test_payments_and_advices_carry_what_was_decided() -> None:
    body = b'{"payment_id":"P1","status":"approved","code":"approved","seq":9}'
    answer, requests = asked(body, CALLS["pay"], "201 Created")
    assert answer.status is PaymentStatus.APPROVED
    assert msgspec.json.decode(requests[0].partition(b"\r\n\r\n")[2], type=Payment) == PAYMENT
    answer, requests = asked(
        b'{"advice_id":"V1","status":"already_applied","code":"approved"}', CALLS["advise"]
    )
    assert answer.status is AdviceStatus.ALREADY_APPLIED
    assert msgspec.json.decode(requests[0].partition(b"\r\n\r\n")[2], type=Advice) == ADVICE


def test_what_is_not_there_is_none_only_when_the_primary_says_so() -> None:
    for name, code in (("balance", b"account_not_found"), ("payment", b"payment_not_found")):
        assert asked(b'{"code":"' + code + b'"}', CALLS[name], "404 Not Found")[0] is None
        for body in (b'{"code":"no_such_route"}', b"<html>", b'{"code":7}', b""):
            with pytest.raises(PrimaryFailure, match="primary_error"):
                asked(body, CALLS[name], "404 Not Found")


@pytest.mark.parametrize("name", ["pay", "advise"])
def test_another_body_under_the_same_payment_is_a_conflict(name: str) -> None:
    with pytest.raises(Conflict, match="payment_mismatch"):
        asked(b'{"code":"payment_mismatch"}', CALLS[name], "409 Conflict")
    with pytest.raises(PrimaryFailure, match="primary_error"):
        asked(b'{"code":"busy"}', CALLS[name], "409 Conflict")


@every_call
@pytest.mark.parametrize("status", ["500 X", "503 X", "401 X", "302 Found", "204 No Content", "404 X"])
def test_any_other_status_is_an_error_of_unknown_outcome(name: str, status: str) -> None:
    failure, requests = failed(CALLS[name], lambda wire: wire.says(b"", status))
    assert (failure.fault, failure.sent, requests) == (Fault.ERROR, True, 1)


def test_a_redirect_is_not_followed() -> None:
    answer = b"HTTP/1.1 307 X\r\nLocation: /v1/health\r\nContent-Length: 0\r\n\r\n"
    failure, requests = failed(CALLS["pay"], lambda wire: wire.raw(answer))
    assert (failure.fault, requests) == (Fault.ERROR, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"balance_minor": "100"},
        {"balance_minor": 100.0},
        {"balance_minor": None},
        {"balance_minor": True},
        {"balance_minor": 2**63},
        {"balance_minor": -(2**63)},
        {"available_minor": 10**30},
        {"last_seq": -1},
        {"currency": "EGPX"},
        {"account": "B"},
        {"account": ""},
        {"as_of": "2026-11-21T10:00:00"},
        {"as_of": 1763719200},
        {"as_of": "yesterday"},
    ],
)
def test_a_balance_that_is_not_exactly_one_is_malformed(changes: dict[str, object]) -> None:
    body = encoded({**BALANCE, "account": "A"}, **changes)
    failure, _ = failed(CALLS["balance"], lambda wire: wire.says(body))
    assert (failure.fault, failure.sent) == (Fault.MALFORMED, True)
    assert "100" not in str(failure)


@pytest.mark.parametrize("field", sorted(BALANCE))
def test_a_missing_field_is_malformed_and_never_a_default(field: str) -> None:
    body = msgspec.json.encode({name: value for name, value in BALANCE.items() if name != field})
    failure, _ = failed(lambda link: link.balance("C/1 é?"), lambda wire: wire.says(body))
    assert failure.fault is Fault.MALFORMED
    assert field in str(failure)


@every_call
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"<html>",
        b"\xff\xfe",
        b'{"balance_minor":NaN}',
        b"[" * 30_000,
        b'{"end":1}',
    ],
)
def test_garbage_is_malformed(name: str, body: bytes) -> None:
    failure, _ = failed(CALLS[name], lambda wire: wire.says(body))
    assert (failure.fault, failure.sent) == (Fault.MALFORMED, True)


def test_an_answer_about_something_else_is_malformed() -> None:
    paid = b'{"payment_id":"P2","status":"approved","code":"approved","seq":9}'
    for name in ("pay", "payment"):
        assert failed(CALLS[name], lambda wire: wire.says(paid))[0].fault is Fault.MALFORMED
    advised = b'{"advice_id":"V2","status":"applied","code":"approved"}'
    assert failed(CALLS["advise"], lambda wire: wire.says(advised))[0].fault is Fault.MALFORMED
    unknown = b'{"payment_id":"P1","status":"maybe","code":"approved"}'
    assert failed(CALLS["pay"], lambda wire: wire.says(unknown))[0].fault is Fault.MALFORMED


@every_call
def test_a_refused_connection_was_certainly_not_sent(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def scene() -> PrimaryFailure:
            link = HttpPrimary(f"http://127.0.0.1:{port}", QUICK)
            with pytest.raises(PrimaryFailure) as caught:
                await CALLS[name](link)
            await link.close()
            return caught.value

        failure = asyncio.run(scene())
    assert (failure.fault, failure.sent) == (Fault.UNREACHABLE, False)


@every_call
def test_a_server_that_hangs_is_given_up_and_the_outcome_is_unknown(name: str) -> None:
    failure, requests = failed(CALLS[name], lambda wire: wire.raw(b""))
    assert (failure.fault, failure.sent, requests) == (Fault.TIMEOUT, True, 1)


@every_call
def test_a_server_that_drips_is_given_up(name: str) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(6):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)

    failure, _ = failed(CALLS[name], lambda _: drip)
    assert (failure.fault, failure.sent) == (Fault.TIMEOUT, True)


@every_call
@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-", b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"account"'],
)
def test_a_connection_that_breaks_off_leaves_the_outcome_unknown(name: str, answer: bytes) -> None:
    failure, requests = failed(CALLS[name], lambda wire: wire.raw(answer, close=True))
    assert failure.sent
    assert failure.fault in (Fault.UNREACHABLE, Fault.MALFORMED)
    assert requests == 1 if name in ("pay", "advise") else requests <= 2


@every_call
def test_what_is_not_http_is_malformed(name: str) -> None:
    failure, _ = failed(CALLS[name], lambda wire: wire.raw(b"SSH-2.0-OpenSSH_9\r\n", close=True))
    assert failure.sent
    assert failure.fault in (Fault.UNREACHABLE, Fault.MALFORMED)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "snapshot"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_before_it_is_read(name: str, chunked: bool) -> None:
    sent = 0

    async def flood(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 1000000000"
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        part = b" " * 60_000
        for _ in range(1_000):
            writer.write(b"ea60\r\n" + part + b"\r\n" if chunked else part)
            await writer.drain()
            sent += len(part)

    failure, _ = failed(CALLS[name], lambda _: flood)
    assert failure.fault is Fault.MALFORMED
    assert sent < 30_000_000


def test_a_get_is_asked_again_when_a_kept_connection_is_dead_but_a_payment_is_not() -> None:
    async def scene() -> None:
        async with wired() as (wire, link):
            good = wire.says(encoded({**BALANCE, "account": "A"}))
            wire.reply = good
            await link.balance("A")

            async def break_once(writer: asyncio.StreamWriter) -> None:
                wire.reply = good
                writer.close()

            wire.reply = break_once
            assert (await link.balance("A")).balance_minor == 100
            assert len(wire.requests) == 3
            await link.balance("A")
            wire.requests.clear()
            wire.reply = break_once
            with pytest.raises(PrimaryFailure) as caught:
                await link.pay(PAYMENT)
            assert (caught.value.fault, caught.value.sent) == (Fault.UNREACHABLE, True)
            assert len(wire.requests) == 1

    asyncio.run(scene())


def test_connections_are_kept_and_none_is_used_by_two_calls_after_a_timeout() -> None:
    async def scene() -> None:
        async with wired() as (wire, link):
            wire.reply = wire.says(encoded({**BALANCE, "account": "A"}))
            for _ in range(5):
                await link.balance("A")
            assert wire.connections == 1

            async def late(writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(0.4)
                await wire.says(encoded({**BALANCE, "account": "A"}, balance_minor=666))(writer)

            wire.reply = late
            with pytest.raises(PrimaryFailure, match="primary_timeout"):
                await link.balance("A")
            await asyncio.sleep(0.2)
            wire.reply = wire.says(encoded({**BALANCE, "account": "A"}))
            assert (await link.balance("A")).balance_minor == 100
            assert wire.connections == 2

    asyncio.run(scene())


def test_a_token_is_sent_as_a_bearer() -> None:
    async def scene() -> bytes:
        async with wired(LinkSettings(token="s3cret")) as (wire, link):
            wire.reply = wire.says(b'{"status":"up","time":"2026-11-21T10:00:00Z"}')
            await link.health()
            return wire.requests[0]

    assert b"Authorization: Bearer s3cret\r\n" in asyncio.run(scene())


def test_a_call_waits_for_events_as_long_as_it_said_and_its_own_limit() -> None:
    async def scene() -> None:
        async with wired() as (wire, link):

            async def later(writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(0.5)
                await wire.says(b'{"events":[],"last_seq":0}')(writer)

            wire.reply = later
            assert (await link.events(after=0, limit=1, wait_s=0.5)).last_seq == 0
            with pytest.raises(PrimaryFailure, match="primary_timeout"):
                await link.events(after=0, limit=1, wait_s=0)

    asyncio.run(scene())


@pytest.mark.parametrize("url", ["", "localhost:80", "ftp://x", "http://", "http://u:p@h/", "http://h/?a=1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="primary_url_malformed"):
        HttpPrimary(url)

"""Webhooks: signed, retried, and never to where they must not go."""

import asyncio
import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from ipaddress import ip_address, ip_network
from random import Random
from socket import AF_INET

import pytest
from aiohttp.abc import AbstractResolver

from dawam.delivery import Way, WebhookSettings, check_address
from dawam.delivery.addresses import is_public, may_reach
from dawam.delivery.model import Later, Outgoing, Refused, Sent
from dawam.delivery.senders.http import OutsidePost
from dawam.delivery.senders.webhook import WebhookSender, signature, target_secret
from dawam.kernel import InvalidInput, TimeOrderedIds, World

from .people import Clock
from .sinks import HttpSink

HERE = ("127.0.0.0/8",)


def world():
    clock = Clock()
    return World(clock, TimeOrderedIds(clock, Random(1)), Random(2))


def outgoing(url, key="k1"):
    return Outgoing(
        key=key,
        way=Way.WEBHOOK,
        to=url,
        locale="en",
        subject="",
        body='{"type":"notice.published"}',
        html="",
        link="",
        urgent=False,
        about="",
        tries=1,
        expires_at=None,
    )


def story(play, allowed=HERE, **more):
    async def whole():
        async with HttpSink() as sink:
            settings = WebhookSettings(secret_env="X", allowed_networks=allowed, **more)
            sender = WebhookSender(settings, "our secret", world())
            try:
                return await play(sender, sink)
            finally:
                await sender.close()

    return asyncio.run(whole())


def test_the_vector_of_standard_webhooks():
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_verify_with_the_secret_that_it_was_shown():
    async def play(sender, sink):
        assert await sender.send(outgoing(sink.url)) == Sent()
        (got,) = sink.got
        headers = got.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got.body
        key = b64decode(target_secret("our secret", sink.url).removeprefix("whsec_"))
        expected = "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()
        assert headers["webhook-signature"] == expected
        assert headers["Idempotency-Key"] == headers["webhook-id"] == outgoing(sink.url).id
        assert headers["webhook-timestamp"] == "1772366400"
        assert target_secret("our secret", sink.url) != target_secret("our secret", sink.url + "2")

    story(play)


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (204, {}, Sent()),
        (410, {}, Refused("target_gone")),
        (404, {}, Later("target_refuses")),
        (500, {}, Later("target_refuses")),
        (302, {"Location": "http://169.254.169.254/"}, Later("target_redirects")),
        (503, {"Retry-After": "30"}, Later("target_busy", 30.0)),
        (429, {"Retry-After": "Sun, 01 Mar 2026 12:05:00 GMT"}, Later("target_busy", 300.0)),
        (429, {"Retry-After": "soon"}, Later("target_busy", None)),
        (429, {"Retry-After": "9" * 30}, Later("target_busy", 86_400.0)),
    ],
)
def test_what_the_receiver_answers_decides(status, headers, outcome):
    async def play(sender, sink):
        sink.status, sink.headers = status, headers
        assert await sender.send(outgoing(sink.url)) == outcome
        assert len(sink.got) == 1

    story(play)


def test_a_receiver_that_is_not_there_is_tried_again():
    async def play(sender, sink):
        assert await sender.send(outgoing("http://127.0.0.1:1/")) == Later("target_unreachable")

    story(play)


def test_a_private_address_is_refused_before_connecting():
    async def play(sender, sink):
        assert await sender.send(outgoing(sink.url)) == Refused("target_private")
        assert sink.got == []

    story(play, allowed=())


class Resolver(AbstractResolver):
    """Says another address each time it is asked."""

    def __init__(self, *addresses):
        self.addresses = list(addresses)
        self.asked = 0

    async def resolve(self, host, port=0, family=AF_INET):
        self.asked += 1
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [{"hostname": host, "host": address, "port": port, "family": AF_INET, "proto": 6, "flags": 0}]

    async def close(self):
        pass


def post_to(url, resolver, allowed=()):
    async def whole():
        post = OutsidePost(world(), timeout_s=1.0, concurrency=2, allowed=allowed, resolver=resolver)
        try:
            return await post.post(url, b"{}", {})
        finally:
            await post.close()

    return asyncio.run(whole())


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "192.168.1.1", "0.0.0.0", "100.64.0.1"]
)
def test_a_name_that_means_a_private_machine_is_refused(address):
    assert post_to("https://hooks.example.com/", Resolver(address)) == Refused("target_private")


def test_a_name_that_changes_its_meaning_is_asked_once_and_its_checked_address_is_used():
    resolver = Resolver("203.0.113.7", "127.0.0.1")  # public only on paper: nobody answers there
    outcome = post_to("https://hooks.example.com/", resolver, allowed=("203.0.113.0/24",))
    assert (outcome.code, resolver.asked) in {("target_unreachable", 1), ("target_timeout", 1)}


def test_plain_http_to_the_outside_is_refused():
    assert post_to("http://hooks.example.com/", Resolver("93.184.215.14")) == Refused("target_plain")
    assert post_to("http://93.184.215.14/", Resolver("1.1.1.1"), HERE) == Refused("target_plain")


@pytest.mark.parametrize("form", ["2130706433", "0x7f000001", "127.1", "017700000001"])
def test_odd_ways_to_write_an_address_lead_nowhere(form):
    outcome = post_to(f"https://{form}/", None)
    assert outcome in (Refused("target_private"), Refused("target_malformed"), Later("target_unreachable"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("198.18.0.1", False),
    ],
)
def test_what_is_public(address, public):
    assert is_public(ip_address(address)) is public


def test_networks_of_the_house_may_be_allowed():
    inside = [ip_network("10.1.0.0/16")]
    assert may_reach(ip_address("10.1.2.3"), inside)
    assert may_reach(ip_address("::ffff:10.1.2.3"), inside)
    assert not may_reach(ip_address("10.2.2.3"), inside)


@pytest.mark.parametrize(
    ("way", "given", "kept"),
    [
        (Way.EMAIL, " Mona@Example.ORG ", "Mona@example.org"),
        (Way.EMAIL, "a.b+c@بريد.مصر", "a.b+c@xn--ngbof4h.xn--wgbh1c"),
        (Way.SMS, "+20 100 123-4567", "+201001234567"),
        (Way.SMS, "0020 (100) 1234567", "+201001234567"),
        (Way.SMS, "+٢٠١٠٠١٢٣٤٥٦٧", "+201001234567"),
        (Way.WEBHOOK, "https://hooks.example.com/a?b=c", "https://hooks.example.com/a?b=c"),
    ],
)
def test_addresses_are_kept_in_one_form(way, given, kept):
    assert check_address(way, given) == kept


@pytest.mark.parametrize(
    ("way", "given", "code"),
    [
        (Way.EMAIL, "", "email_address_invalid"),
        (Way.EMAIL, "mona", "email_address_invalid"),
        (Way.EMAIL, "mona@localhost", "email_address_invalid"),
        (Way.EMAIL, "a@b@c.org", "email_address_invalid"),
        (Way.EMAIL, "a\r\nBcc: x@y.org@example.org", "email_address_invalid"),
        (Way.EMAIL, f"{'a' * 65}@example.org", "email_address_invalid"),
        (Way.EMAIL, "a@-example.org", "email_address_invalid"),
        (Way.EMAIL, f"a@{'b' * 64}.org", "email_address_invalid"),
        (Way.SMS, "", "phone_number_invalid"),
        (Way.SMS, "0100 123 4567", "phone_number_invalid"),
        (Way.SMS, "+0123456789", "phone_number_invalid"),
        (Way.SMS, "+2010012345678901", "phone_number_invalid"),
        (Way.SMS, "+20100CALLME", "phone_number_invalid"),
        (Way.WEBHOOK, "http://hooks.example.com/", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://user:secret@hooks.example.com/", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://hooks.example.com/#part", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://hooks.example.com:0/", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://hooks.example.com:99999/", "webhook_address_invalid"),
        (Way.WEBHOOK, "ftp://hooks.example.com/", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://[bad/", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://hooks.example.com/ a", "webhook_address_invalid"),
        (Way.WEBHOOK, "https://10.0.0.1/", "webhook_target_private"),
        (Way.WEBHOOK, "https://[::1]/", "webhook_target_private"),
        (Way.WEBHOOK, "https://[::ffff:169.254.169.254]/", "webhook_target_private"),
        (Way.WEBHOOK, "https://localhost:8080/", "webhook_target_private"),
        (Way.WEBHOOK, "https://printer.local/", "webhook_target_private"),
        (Way.PUSH, "x", "push_subscription_invalid"),
    ],
)
def test_addresses_that_cannot_be_used_are_refused(way, given, code):
    with pytest.raises(InvalidInput) as caught:
        check_address(way, given)
    assert caught.value.code == code
    assert caught.value.params == {}

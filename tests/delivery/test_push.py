"""Web push: the vectors of the RFCs, and a push service."""

import asyncio
import json
from random import Random

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dawam.delivery import PushSettings, Way
from dawam.delivery.addresses import check_address, from_base64url
from dawam.delivery.model import Later, Outgoing, Refused, Sent
from dawam.delivery.senders.encryption import (
    _hkdf,
    authorization,
    base64url,
    encrypt,
    new_private_key,
    point,
    private_key,
)
from dawam.delivery.senders.push import PushSender
from dawam.kernel import InvalidInput, TimeOrderedIds, World

from .people import START, Clock
from .sinks import HttpSink

# RFC 8291, section 5 and appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
OWN_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
OWN_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
ENCRYPTED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
    "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def decrypted(body, browser, auth):
    """What a browser with this key and secret reads."""
    salt, size, own = body[:16], body[20], body[21 : 21 + body[20]]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), own)
    secret = browser.exchange(ec.ECDH(), public)
    info = b"WebPush: info\0" + point(browser) + own
    material = _hkdf(auth, secret, info, 32)
    key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
    padded = AESGCM(key).decrypt(nonce, body[21 + size :], None)
    return padded.rstrip(b"\0")[:-1]


def decrypt(body):
    """What the browser of the RFC reads."""
    return decrypted(body, private_key(BROWSER_PRIVATE), from_base64url(AUTH))


def test_the_vector_of_rfc_8291():
    sender = private_key(OWN_PRIVATE)
    assert base64url(point(sender)) == OWN_PUBLIC
    found = encrypt(
        PLAIN, from_base64url(BROWSER), from_base64url(AUTH), sender=sender, salt=from_base64url(SALT)
    )
    assert base64url(found) == ENCRYPTED
    assert decrypt(found) == PLAIN


def test_a_token_is_signed_for_one_push_service():
    key = new_private_key(Random(3))
    header = authorization(
        key, "https://push.example.net:8443/send/abc", contact="mailto:a@example.com", expires=1_700_000_000
    )
    scheme, token, public = header.replace(",", "").split()
    head, claims, signature = token.removeprefix("t=").split(".")
    assert (scheme, public) == ("vapid", f"k={base64url(point(key))}")
    assert json.loads(from_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(from_base64url(claims)) == {
        "aud": "https://push.example.net:8443",
        "exp": 1_700_000_000,
        "sub": "mailto:a@example.com",
    }
    raw = from_base64url(signature)
    encoded = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.public_key().verify(encoded, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("text", ["", "short", "!" * 43, base64url(b"\0" * 32), base64url(b"\xff" * 32)])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput) as caught:
        private_key(text)
    assert caught.value.code == "push_key_malformed"


def outgoing(endpoint, **more):
    to = json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": {"p256dh": BROWSER, "auth": AUTH}})
    given = {"to": to, "locale": "ar", "subject": "صيانة", "body": "من ٢ حتى ٤", "link": "", "about": "w1"}
    rest = {"html": "", "urgent": True, "tries": 1, "expires_at": None}
    return Outgoing(key="k1", way=Way.PUSH, **{**rest, **given, **more})


def story(play, **more):
    async def whole():
        async with HttpSink() as sink:
            clock = Clock()
            world = World(clock, TimeOrderedIds(clock, Random(1)), Random(2))
            given = {"allowed_networks": ("127.0.0.0/8",), "contact": "mailto:a@example.com", "key_env": "X"}
            sender = PushSender(PushSettings(**{**given, **more}), OWN_PRIVATE, world)
            try:
                await play(sender, sink)
            finally:
                await sender.close()

    asyncio.run(whole())


def test_a_browser_can_read_what_the_service_cannot():
    async def play(sender, sink):
        assert await sender.send(outgoing(sink.url)) == Sent()
        (got,) = sink.got
        assert json.loads(decrypt(got.body)) == {
            "title": "صيانة",
            "body": "من ٢ حتى ٤",
            "lang": "ar",
            "dir": "rtl",
            "tag": "w1",
            "url": "",
        }
        assert got.headers["Content-Encoding"] == "aes128gcm"
        assert (got.headers["TTL"], got.headers["Urgency"]) == ("86400", "high")
        assert len(got.headers["Topic"]) == 32
        assert got.headers["Authorization"].startswith("vapid t=")

    story(play)


def test_a_message_lives_no_longer_at_the_service_than_with_us():
    async def play(sender, sink):
        await sender.send(outgoing(sink.url, expires_at=START.replace(hour=13)))
        assert sink.got[0].headers["TTL"] == "3600"

    story(play)


def test_a_long_text_is_cut_to_what_fits():
    async def play(sender, sink):
        assert await sender.send(outgoing(sink.url, body="نص طويل " * 2_000)) == Sent()
        assert len(sink.got[0].body) <= 4_096
        assert json.loads(decrypt(sink.got[0].body))["body"].endswith("…")

    story(play)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, Sent()),
        (404, Refused("push_subscription_gone")),
        (410, Refused("push_subscription_gone")),
        (413, Refused("push_too_long")),
        (403, Refused("push_key_refused")),
        (500, Later("target_refuses")),
        (429, Later("target_busy", 7.0)),
    ],
)
def test_what_the_service_answers_decides(status, outcome):
    async def play(sender, sink):
        sink.status, sink.headers = status, {"Retry-After": "7"}
        assert await sender.send(outgoing(sink.url)) == outcome

    story(play)


@pytest.mark.parametrize("to", ["", "{}", '{"endpoint":"x","keys":{"p256dh":"a","auth":"b"}}'])
def test_a_subscription_that_is_none_is_refused(to):
    async def play(sender, sink):
        message = Outgoing(**{**{name: getattr(outgoing(sink.url), name) for name in FIELDS}, "to": to})
        assert await sender.send(message) == Refused("push_subscription_invalid")

    story(play)


FIELDS = Outgoing.__struct_fields__


def test_a_browser_is_one_address_however_it_is_written():
    keys = {"auth": AUTH + "==", "p256dh": BROWSER}
    plain = json.dumps(
        {"endpoint": "https://push.example.net/x", "keys": keys, "expirationTime": 7}, indent=2
    )
    kept = check_address(Way.PUSH, plain)
    assert json.loads(kept) == {
        "endpoint": "https://push.example.net/x",
        "keys": {"p256dh": BROWSER, "auth": AUTH},
    }
    assert check_address(Way.PUSH, kept) == kept


def test_a_point_off_the_curve_is_refused():
    async def play(sender, sink):
        bad = outgoing(sink.url).to.replace(BROWSER, base64url(b"\x04" + b"\x01" * 64))
        assert await sender.send(outgoing(sink.url, to=bad)) == Refused("push_subscription_invalid")

    story(play)


def test_an_endpoint_on_a_private_address_is_not_called():
    async def play(sender, sink):
        assert await sender.send(outgoing(sink.url)) == Refused("target_private")
        assert sink.got == []

    story(play, allowed_networks=())

"""Where a message may go: addresses as people write them, in the one form that is kept; or refused.

Sources: RFC 5321 (4.5.3.1) for lengths of e-mail addresses; ITU-T E.164 for numbers; W3C Push API for
browsers; IANA's registries of special-purpose addresses for what is public.
"""

import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

import msgspec

from dawam.delivery.model import RECIPIENT_MAX, Way
from dawam.kernel import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_BETWEEN_DIGITS = re.compile(r"[\s().\u00a0\u202f\u2010-\u2015/-]")
_EMBEDDED = (  # IPv4 within IPv6: what counts is the IPv4 address
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("2002::/16"), 80),
)


class PushKeys(msgspec.Struct, frozen=True):
    """What a browser gives for encrypting to it: base64url, without padding."""

    p256dh: str
    auth: str


class PushTarget(msgspec.Struct, frozen=True):
    """A browser's push subscription, as `PushSubscription.toJSON()` gives it."""

    endpoint: str
    keys: PushKeys


def check_address(way: Way, given: str, *, allowed: Sequence[Network] = ()) -> str:
    """The address in the form that is kept. `allowed` are networks that webhooks may reach though private.

    Raises: InvalidInput `email_address_invalid`, `phone_number_invalid`, `webhook_address_invalid`,
    `webhook_target_private`, `push_subscription_invalid`.
    """
    match way:
        case Way.EMAIL:
            return _email(given)
        case Way.SMS:
            return _number(given)
        case Way.WEBHOOK:
            return _webhook(given, allowed)
        case Way.PUSH:
            return _browser(given)
    return given


def push_target(given: str) -> PushTarget:
    """A browser's push subscription.

    Raises: InvalidInput `push_subscription_invalid`.
    """
    try:
        target = msgspec.json.decode(given[:RECIPIENT_MAX], type=PushTarget)
        point, secret = (from_base64url(key) for key in (target.keys.p256dh, target.keys.auth))
        parts = urlsplit(target.endpoint)
    except (msgspec.DecodeError, NotBase64, ValueError):
        raise InvalidInput("push_subscription_invalid") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or len(point) != 65 or len(secret) != 16:
        raise InvalidInput("push_subscription_invalid")
    return target


def _browser(given: str) -> str:
    """What is needed of it, written in one way: spaces, or when it ends, make no other browser of it."""
    target = push_target(given)
    keys = (target.keys.p256dh, target.keys.auth)
    p256dh, auth = (urlsafe_b64encode(from_base64url(key)).rstrip(b"=").decode() for key in keys)
    return msgspec.json.encode(PushTarget(target.endpoint, PushKeys(p256dh, auth))).decode()


def is_public(address: Address) -> bool:
    """Whether anybody on the internet means the same machine by it."""
    embedded = _embedded(address)
    if embedded is not None:
        return is_public(embedded)
    return address.is_global and not address.is_multicast


def may_reach(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether a message may go to this machine."""
    inner = _embedded(address) or address
    return is_public(inner) or any(inner.version == each.version and inner in each for each in allowed)


def literal(host: str) -> Address | None:
    """The address that a host is, when it is no name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def from_base64url(text: str) -> bytes:
    """Bytes of base64url with or without padding. Raises: ValueError."""
    plain = text.rstrip("=")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _embedded(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    for network, shift in _EMBEDDED:
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return None


def _email(given: str) -> str:
    local, _, domain = given.strip().rpartition("@")
    try:
        host = domain.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        raise InvalidInput("email_address_invalid") from None
    labels = host.split(".")
    sound = _LOCAL.fullmatch(local) and len(local) <= 64 and len(local) + len(host) < 254
    if not sound or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput("email_address_invalid")
    return f"{local}@{host}"


def _number(given: str) -> str:
    plain = _BETWEEN_DIGITS.sub("", given)
    digits = "".join(str(unicodedata.digit(each, each)) for each in plain)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not _NUMBER.fullmatch(digits):
        raise InvalidInput("phone_number_invalid")
    return digits


def _webhook(given: str, allowed: Sequence[Network]) -> str:
    url = given.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput("webhook_address_invalid") from None
    if not _sound(url, parts) or port == 0:
        raise InvalidInput("webhook_address_invalid")
    host = literal(parts.hostname or "")
    if host is not None and not may_reach(host, allowed):
        raise InvalidInput("webhook_target_private")
    if host is None and (parts.hostname or "").rstrip(".").endswith(("localhost", ".local", ".internal")):
        raise InvalidInput("webhook_target_private")
    inside = host is not None and not is_public(host)
    if parts.scheme != "https" and not inside:
        raise InvalidInput("webhook_address_invalid")
    return url


def _sound(url: str, parts: SplitResult) -> bool:
    """A plain URL: nothing hidden in it, and no secret of its own."""
    printable = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    whole = parts.scheme in ("https", "http") and bool(parts.hostname)
    return (
        printable and whole and "@" not in parts.netloc and not parts.fragment and len(url) <= RECIPIENT_MAX
    )

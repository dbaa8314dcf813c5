"""Web push: a notice on the phone, without an app of ours. Source: RFC 8030, RFC 8291, RFC 8292."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec

from dawam.delivery.addresses import PushTarget, from_base64url, push_target
from dawam.delivery.model import Later, Outcome, Outgoing, Refused, Sent
from dawam.delivery.senders.encryption import (
    PLAIN_MAX,
    authorization,
    base64url,
    encrypt,
    new_private_key,
    point,
    private_key,
)
from dawam.delivery.senders.http import OutsidePost
from dawam.delivery.settings import PushSettings
from dawam.kernel import InvalidInput, World, to_ns

_TOKEN_LASTS_S = 12 * 3_600
_SERVICES_MAX = 1_000
_DIRECTIONS = {"ar": "rtl"}


class PushSender:
    """Encrypts and posts to the browser's push service."""

    def __init__(self, settings: PushSettings, key: str, world: World) -> None:
        """Raises: InvalidInput `push_key_malformed`."""
        self._settings = settings
        self._key = private_key(key)
        self._world = world
        self._tokens: dict[str, tuple[str, int]] = {}
        self._post = OutsidePost(
            world,
            timeout_s=settings.timeout_s,
            concurrency=settings.pace.concurrency,
            allowed=settings.allowed_networks,
        )

    @property
    def public_key(self) -> str:
        """What a browser needs to let us send: the public key in base64url."""
        return base64url(point(self._key))

    async def open(self) -> None:
        """Nothing to open: connections are made when there is something to send."""

    async def send(self, message: Outgoing) -> Outcome:
        """201 and other 2xx are taken for received; 404 and 410 mean that the browser is gone."""
        try:
            target = push_target(message.to)
            body = self._encrypted(target, _payload(message))
        except (InvalidInput, ValueError):
            return Refused("push_subscription_invalid")
        answered = await self._post.post(target.endpoint, body, self._headers(target, message))
        return answered if not isinstance(answered, int) else _outcome(answered)

    async def close(self) -> None:
        """Let go of connections."""
        await self._post.close()

    def _encrypted(self, target: PushTarget, plain: bytes) -> bytes:
        entropy = self._world.entropy
        return encrypt(
            plain,
            from_base64url(target.keys.p256dh),
            from_base64url(target.keys.auth),
            sender=new_private_key(entropy),
            salt=entropy.randbytes(16),
        )

    def _headers(self, target: PushTarget, message: Outgoing) -> dict[str, str]:
        lasts_s = self._settings.lasts_s
        if message.expires_at is not None:
            left = message.expires_at - self._world.clock.now()
            lasts_s = max(0, min(lasts_s, int(left.total_seconds())))
        about = message.about or message.key
        return {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": self._authorization(target.endpoint),
            "TTL": str(lasts_s),
            "Urgency": "high" if message.urgent else "normal",
            "Topic": urlsafe_b64encode(sha256(about.encode()).digest()[:24]).decode(),
        }

    def _authorization(self, endpoint: str) -> str:
        """One token a push service, renewed when half of its time is over."""
        now = to_ns(self._world.clock.now()) // 1_000_000_000
        service = urlsplit(endpoint).netloc
        token, until = self._tokens.get(service, ("", 0))
        if now + _TOKEN_LASTS_S // 2 > until:
            if len(self._tokens) >= _SERVICES_MAX:
                self._tokens.clear()
            until = now + _TOKEN_LASTS_S
            token = authorization(self._key, endpoint, contact=self._settings.contact, expires=until)
            self._tokens[service] = (token, until)
        return token


def _payload(message: Outgoing) -> bytes:
    """What our service worker shows; a long text is cut to what fits."""
    said = {
        "title": message.subject,
        "lang": message.locale,
        "dir": _DIRECTIONS.get(message.locale, "ltr"),
        "tag": message.about or message.key,
        "url": message.link,
        "body": message.body,
    }
    body = message.body
    while len(encoded := msgspec.json.encode(said)) > PLAIN_MAX and body:
        body = body[: len(body) * 3 // 4]
        said["body"] = body.rstrip() + "…"
    return encoded


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Sent()
    if status in (404, 410):
        return Refused("push_subscription_gone")
    if status == 413:
        return Refused("push_too_long")
    if status in (401, 403):
        return Refused("push_key_refused")
    return Later("target_refuses")

"""Webhooks, signed so that a receiver knows them to be ours and unaltered.

Source: Standard Webhooks 1.0 (webhook-id, webhook-timestamp, webhook-signature, `whsec_` secrets).
"""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

from dawam.delivery.model import Later, Outcome, Outgoing, Refused, Sent
from dawam.delivery.senders.http import OutsidePost
from dawam.delivery.settings import WebhookSettings
from dawam.kernel import World, to_ns

PREFIX = "whsec_"


def target_secret(secret: str, url: str) -> str:
    """The secret of one target, which its owner is shown: derived, so that it is kept nowhere."""
    return PREFIX + b64encode(hmac.digest(secret.encode(), b"webhook\0" + url.encode(), sha256)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


class WebhookSender:
    """Posts a message's body as JSON."""

    def __init__(self, settings: WebhookSettings, secret: str, world: World) -> None:
        self._secret = secret
        self._world = world
        self._post = OutsidePost(
            world,
            timeout_s=settings.timeout_s,
            concurrency=settings.pace.concurrency,
            allowed=settings.allowed_networks,
        )

    def secret_of(self, url: str) -> str:
        """What the owner of a target verifies with."""
        return target_secret(self._secret, url)

    async def open(self) -> None:
        """Nothing to open: connections are made when there is something to send."""

    async def send(self, message: Outgoing) -> Outcome:
        """Any 2xx is taken for received; 410 ends the subscription; the rest is tried again."""
        body = message.body.encode()
        timestamp = to_ns(self._world.clock.now()) // 1_000_000_000
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Language": message.locale,
            "User-Agent": "Dawam",
            "Idempotency-Key": message.id,
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(
                target_secret(self._secret, message.to), message.id, timestamp, body
            ),
        }
        answered = await self._post.post(message.to, body, headers)
        if not isinstance(answered, int):
            return answered
        if 200 <= answered < 300:
            return Sent()
        if answered == 410:
            return Refused("target_gone")
        return Later("target_redirects" if 300 <= answered < 400 else "target_refuses")

    async def close(self) -> None:
        """Let go of connections."""
        await self._post.close()

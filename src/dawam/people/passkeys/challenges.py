"""Challenges that were given to browsers: each for one purpose, once, and not for long.

Kept in memory: what a restart forgets is asked for again by pressing the button again.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

import msgspec

from dawam.kernel import Forbidden

_BYTES = 32
_MOST = 50_000
LASTS_S = 300.0


class Purpose(StrEnum):
    """What a challenge is for."""

    SIGN_IN = "sign_in"
    ADD = "add"


class _Given(msgspec.Struct, frozen=True):
    challenge: bytes
    expires_at: datetime


class Challenges:
    """The newest challenge of each browser and purpose."""

    def __init__(self, entropy: Random) -> None:
        self._entropy = entropy
        self._given: dict[tuple[str, Purpose], _Given] = {}

    def give(self, browser: str, purpose: Purpose, now: datetime) -> bytes:
        """A fresh one; the browser's earlier one for this purpose holds no longer."""
        self._given.pop((browser, purpose), None)
        while len(self._given) >= _MOST:
            del self._given[next(iter(self._given))]
        fresh = _Given(self._entropy.randbytes(_BYTES), now + timedelta(seconds=LASTS_S))
        self._given[browser, purpose] = fresh
        return fresh.challenge

    def take(self, browser: str, purpose: Purpose, now: datetime) -> bytes:
        """The one that was given, which is gone with it. Raises: Forbidden `passkey_too_late`."""
        given = self._given.pop((browser, purpose), None)
        if given is None or now >= given.expires_at:
            raise Forbidden("passkey_too_late")
        return given.challenge

    def forget_expired(self, now: datetime) -> None:
        """Drop what nobody took."""
        self._given = {place: given for place, given in self._given.items() if now < given.expires_at}

"""Hashes that are slow to guess. Source: RFC 9106; OWASP, Password Storage (argon2id, 19 MiB, 2 passes)."""

import asyncio
from random import Random
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_SALT_BYTES = 16


class SlowHash(Protocol):
    """How a code is kept."""

    @property
    def nobodys(self) -> str:
        """The hash of no code, which is as much work to try as any."""
        ...

    async def of(self, secret: str, entropy: Random) -> str:
        """The hash under a fresh salt."""
        ...

    async def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the hash of the secret."""
        ...


class Argon2:
    """argon2id, where it is asked for; about 20 ms of one core, in which nothing else is answered."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self.nobodys = self._hasher.hash("", salt=bytes(_SALT_BYTES))

    async def of(self, secret: str, entropy: Random) -> str:
        """The hash under a fresh salt."""
        return self._hashed(secret, entropy.randbytes(_SALT_BYTES))

    async def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the hash of the secret."""
        return self._verified(hashed, secret)

    def _hashed(self, secret: str, salt: bytes) -> str:
        return self._hasher.hash(secret, salt=salt)

    def _verified(self, hashed: str, secret: str) -> bool:
        try:
            return self._hasher.verify(hashed, secret)
        except VerifyMismatchError:
            return False


class ThreadedArgon2(Argon2):
    """argon2id beside the event loop, at most so many at once: for a node that answers others meanwhile."""

    def __init__(self, at_once: int = 2) -> None:
        super().__init__()
        self._free = asyncio.Semaphore(at_once)

    async def of(self, secret: str, entropy: Random) -> str:
        """The hash under a fresh salt, which is drawn here: chance belongs to the loop."""
        salt = entropy.randbytes(_SALT_BYTES)
        async with self._free:
            return await asyncio.to_thread(self._hashed, secret, salt)

    async def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the hash of the secret."""
        async with self._free:
            return await asyncio.to_thread(self._verified, hashed, secret)

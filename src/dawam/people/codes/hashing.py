"""Hashes that are slow to guess. Source: RFC 9106; OWASP, Password Storage (argon2id, 19 MiB, 2 passes)."""

from random import Random
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_SALT_BYTES = 16


class SlowHash(Protocol):
    """How a code is kept."""

    def of(self, secret: str, entropy: Random) -> str:
        """The hash under a fresh salt."""
        ...

    def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the hash of the secret."""
        ...


class Argon2:
    """argon2id; about 20 ms of one core."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

    def of(self, secret: str, entropy: Random) -> str:
        """The hash under a fresh salt."""
        return self._hasher.hash(secret, salt=entropy.randbytes(_SALT_BYTES))

    def fits(self, hashed: str, secret: str) -> bool:
        """Whether it is the hash of the secret."""
        try:
            return self._hasher.verify(hashed, secret)
        except VerifyMismatchError:
            return False

"""How often somebody may try: a bucket of tries that fills again with time, per key.

Keys are kept as they are asked for and forgotten when their bucket is full again.
"""

from collections.abc import Hashable
from datetime import datetime

from dawam.kernel import Unavailable

_KEYS_MAX = 100_000


class RateLimit:
    """At most `tries` at once, and one more every `every_s` seconds, for each key."""

    def __init__(self, tries: int, *, every_s: float) -> None:
        self._tries = tries
        self._every_s = every_s
        self._spent: dict[Hashable, tuple[float, datetime]] = {}

    def check(self, key: Hashable, now: datetime) -> None:
        """Count one try. Raises: Unavailable `too_many_tries`, with `wait_s`."""
        spent = self._left(key, now)
        if spent + 1 > self._tries:
            raise Unavailable(
                "too_many_tries", wait_s=max(1, round((spent + 1 - self._tries) * self._every_s))
            )
        if len(self._spent) >= _KEYS_MAX:
            self._forget(now)
        self._spent[key] = (spent + 1, now)

    def forgive(self, key: Hashable) -> None:
        """Forget the tries of a key: it turned out to be right."""
        self._spent.pop(key, None)

    def _left(self, key: Hashable, now: datetime) -> float:
        spent, at = self._spent.get(key, (0.0, now))
        return max(0.0, spent - (now - at).total_seconds() / self._every_s)

    def _forget(self, now: datetime) -> None:
        kept = {key: self._spent[key] for key in self._spent if self._left(key, now) > 0}
        if len(kept) >= _KEYS_MAX:  # an attack from everywhere: the oldest half is let go
            kept = dict(list(kept.items())[_KEYS_MAX // 2 :])
        self._spent = kept

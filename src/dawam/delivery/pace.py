"""How many messages may leave now: a bucket of permits that fills with time, and pauses while a way is away.

After a pause one message goes alone; when it arrives, the others follow.
"""

from dawam.delivery.model import backoff_s
from dawam.delivery.settings import PaceSettings
from dawam.kernel import World

_PAUSE_S = 1.0
_PAUSE_MAX_S = 60.0


class Pace:
    """The pace of one way."""

    def __init__(self, settings: PaceSettings, world: World) -> None:
        self._rate = settings.rate_per_s
        self._burst = float(settings.burst)
        self._world = world
        self._permits = self._burst
        self._at = world.clock.monotonic()
        self._pauses = 0
        self._until = self._at

    @property
    def paused(self) -> bool:
        """Whether nothing may leave at all."""
        return self._pauses > 0 and self._world.clock.monotonic() < self._until

    def room(self, places: int, busy: int) -> int:
        """Of so many places, some of them busy, how many may be taken now."""
        now = self._world.clock.monotonic()
        free = places - busy
        if self._pauses:
            free = 0 if busy or self.paused else 1
        if self._rate is None:
            return max(0, free)
        self._permits = min(self._burst, self._permits + (now - self._at) * self._rate)
        self._at = now
        return max(0, min(free, int(self._permits)))

    def spend(self, count: int) -> None:
        """So many have been taken."""
        if self._rate is not None:
            self._permits -= count

    def went_away(self) -> bool:
        """The way is away: pause, longer each time. True when that is new."""
        now = self._world.clock.monotonic()
        if self.paused:
            return False  # one of those that were under way when the pause began
        self._pauses += 1
        chance = self._world.entropy.random()
        pause_s = backoff_s(self._pauses, chance=chance, first_s=_PAUSE_S, longest_s=_PAUSE_MAX_S)
        self._until = now + pause_s
        return self._pauses == 1

    def came_back(self) -> bool:
        """The way answers. True when it had been away."""
        was_away, self._pauses = self._pauses > 0, 0
        return was_away

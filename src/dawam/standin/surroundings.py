"""What every part of one institution's stand-in works with."""

from dataclasses import dataclass
from math import isfinite

from dawam.kernel import World
from dawam.primary import FeedFollower, Mirror, PrimaryLink
from dawam.standin.settings import StandinSettings
from dawam.storage import Storage


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One institution's world, database, primary and settings."""

    institution: str
    world: World
    storage: Storage
    link: PrimaryLink
    mirror: Mirror
    settings: StandinSettings


class FeedAge:
    """How old the mirror may be, for modes and for decisions."""

    def __init__(self, around: Surroundings, follower: FeedFollower) -> None:
        self._clock = around.world.clock
        self._mirror = around.mirror
        self._follower = follower
        self._started_s = around.world.clock.monotonic()

    def for_modes_s(self) -> float:
        """Seconds since the feed was last known complete; of this life, if it never was."""
        lived_s = self._clock.monotonic() - self._started_s
        return min(self._follower.freshness().age_s, lived_s)

    def for_decisions_s(self) -> float:
        """The same, where what an earlier life knew counts from its last event."""
        age_s = self._follower.freshness().age_s
        booked_at = self._mirror.position().last_booked_at
        if isfinite(age_s) or booked_at is None:
            return age_s
        return (self._clock.now() - booked_at).total_seconds()

"""Asks for advice for an institution: with its load, its rules, its calendar and its other windows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from dawam.kernel import World
from dawam.primary import BookedHours
from dawam.status.windows.advice import (
    Advice,
    Candidate,
    LoadProfile,
    Question,
    advise,
    candidate,
    load_of_feed,
    read_load,
)
from dawam.status.windows.days import Days, noticed_from
from dawam.status.windows.model import MaintenanceWindow
from dawam.status.windows.settings import MaintenanceSettings

_HOUR = timedelta(hours=1)
OpenBetween = Callable[[str, datetime, datetime], Sequence[MaintenanceWindow]]
Booked = Callable[[str, datetime, datetime], BookedHours | None]


class Adviser:
    """The advice for all institutions."""

    def __init__(
        self,
        settings: Mapping[str, MaintenanceSettings],
        days: Mapping[str, Days],
        world: World,
        open_between: OpenBetween,
        booked: Booked,
    ) -> None:
        """`booked` is what an institution's feed booked between two moments.

        Raises: InvalidInput `load_file_unreadable`, `load_line_invalid`.
        """
        self._settings = settings
        self._days = days
        self._world = world
        self._open_between = open_between
        self._booked = booked
        self._files: dict[str, LoadProfile] = {
            name: read_load(Path(rules.load_file), year=rules.load_year)
            for name, rules in settings.items()
            if rules.load_file is not None
        }

    def load_of(self, institution: str) -> LoadProfile:
        """By what load the advice goes: the file of the settings alone, else the last weeks of the feed."""
        if institution in self._files:
            return self._files[institution]
        now, days = self._world.clock.now(), self._days[institution]
        weeks = timedelta(weeks=self._settings[institution].load_weeks)
        first = days.midnight(now.astimezone(days.zone).date() - weeks)
        # an hour more, since midnight is not at a whole hour of UTC everywhere
        return load_of_feed(self._booked(institution, first - _HOUR, now), days.zone)

    def advise(
        self,
        institution: str,
        load: LoadProfile,
        length: timedelta,
        *,
        days_ahead: int,
        capabilities: Sequence[str],
    ) -> Advice | None:
        """The quietest starts in the days ahead; None when the load is not known well enough."""
        if not load.enough:
            return None
        begins = self._world.clock.now() + _HOUR
        horizon = begins + timedelta(days=days_ahead) + length
        question = self._question(institution, length, begins, horizon, capabilities)
        return advise(question, load, self._settings[institution], self._days[institution])

    def look_at(
        self,
        institution: str,
        load: LoadProfile,
        starts_at: datetime,
        ends_at: datetime,
        capabilities: Sequence[str],
    ) -> Candidate:
        """What one window would meet (as far as the load is known), and what speaks against it."""
        question = self._question(institution, ends_at - starts_at, starts_at, ends_at, capabilities)
        rules, days = self._settings[institution], self._days[institution]
        return candidate(starts_at, ends_at, question, load, rules, days)

    def _question(
        self,
        institution: str,
        length: timedelta,
        earliest: datetime,
        horizon: datetime,
        capabilities: Sequence[str],
    ) -> Question:
        others = self._open_between(institution, earliest, horizon)
        rules, days = self._settings[institution], self._days[institution]
        return Question(
            length=length,
            earliest=earliest,
            horizon=horizon,
            noticed_from=noticed_from(self._world.clock.now(), length, rules, days),
            busy=tuple(
                (one.starts_at, one.ends_at) for one in others if set(one.capabilities) & set(capabilities)
            ),
        )

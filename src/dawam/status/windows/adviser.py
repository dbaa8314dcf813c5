"""Asks for advice for an institution: with its load, its rules, its calendar and its other windows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from dawam.kernel import World
from dawam.standin import Capability
from dawam.status.windows.advice import (
    Advice,
    Candidate,
    LoadProfile,
    Question,
    advise,
    candidate,
    read_load,
)
from dawam.status.windows.days import Days, noticed_from
from dawam.status.windows.model import MaintenanceWindow
from dawam.status.windows.settings import MaintenanceSettings

_FROM_NOW = timedelta(hours=1)
OpenBetween = Callable[[str, datetime, datetime], Sequence[MaintenanceWindow]]


class Adviser:
    """The advice for all institutions."""

    def __init__(
        self,
        settings: Mapping[str, MaintenanceSettings],
        days: Mapping[str, Days],
        world: World,
        open_between: OpenBetween,
    ) -> None:
        """Raises: InvalidInput `load_file_unreadable`, `load_line_invalid`."""
        self._settings = settings
        self._days = days
        self._world = world
        self._open_between = open_between
        self._loads: dict[str, LoadProfile] = {
            name: read_load(Path(rules.load_file), year=rules.load_year)
            for name, rules in settings.items()
            if rules.load_file is not None
        }

    def learn_load(self, institution: str, profile: LoadProfile) -> None:
        """Advise by this load from now on, instead of by the file of the settings."""
        self._loads[institution] = profile

    def load_of(self, institution: str) -> LoadProfile | None:
        """By what load the advice goes; None when nobody has counted."""
        return self._loads.get(institution)

    def advise(
        self,
        institution: str,
        length: timedelta,
        *,
        days_ahead: int = 28,
        capabilities: Sequence[str] = tuple(Capability),
        earliest: datetime | None = None,
    ) -> Advice | None:
        """The quietest starts in the days ahead; None when the load is not known."""
        profile = self.load_of(institution)
        if profile is None:
            return None
        now = self._world.clock.now()
        begins = max(earliest or now, now + _FROM_NOW)
        horizon = begins + timedelta(days=days_ahead) + length
        question = self._question(institution, length, begins, horizon, capabilities)
        return advise(question, profile, self._settings[institution], self._days[institution])

    def look_at(
        self, institution: str, starts_at: datetime, ends_at: datetime, capabilities: Sequence[str]
    ) -> Candidate:
        """What one window would meet (0 where the load is not known), and what speaks against it."""
        question = self._question(institution, ends_at - starts_at, starts_at, ends_at, capabilities)
        profile = self.load_of(institution) or LoadProfile([])
        return candidate(
            starts_at, ends_at, question, profile, self._settings[institution], self._days[institution]
        )

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

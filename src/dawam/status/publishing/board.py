"""What a status page shows of an institution, put together for a language: values only, no HTML."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from dawam.standin import CAPABILITY_TITLES, Capability, CapabilityState, Mode
from dawam.status.notices import Notice
from dawam.status.publishing.ports import Incident, Sources
from dawam.status.publishing.uptime import Day, Part, Tally, total
from dawam.status.publishing.words import MEANS, MODES, STOPPED, WHY, listed
from dawam.status.windows import MaintenanceWindow
from dawam.web import Locale, text

NOTICES_SHOWN = 5
WINDOWS_SHOWN = 5


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One capability as it is now; `eta`: when it is expected as usual, `open`: nobody can say."""

    capability: Capability
    title: str
    said: str
    tone: str
    why: str
    means: str
    since: datetime
    share: float | None
    eta: datetime | None
    open: bool


class Headline(msgspec.Struct, frozen=True):
    """The plain sentence that stands first, what it means, and its tone."""

    tone: str
    title: str
    means: str


class OpenIncident(msgspec.Struct, frozen=True):
    """An incident by what was said about it last."""

    incident: Incident
    notice: Notice | None


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """An institution's page."""

    institution: str
    headline: Headline
    lines: Sequence[Line]
    incidents: Sequence[OpenIncident]
    windows: Sequence[MaintenanceWindow]
    notices: Sequence[Notice]


class Uptime(msgspec.Struct, frozen=True, kw_only=True):
    """A capability's ninety days; shares of the time that was watched, None where nothing was."""

    days: Sequence[Day]
    whole: Tally
    gaps_measured: bool

    @property
    def answered(self) -> float | None:
        """By whichever system, all in."""
        return self.whole.answered

    @property
    def answered_unplanned(self) -> float | None:
        """The same without announced interruptions."""
        return self.whole.answered_unplanned

    @property
    def usual(self) -> float | None:
        """By the institution's own system."""
        return self.whole.share(Part.PRIMARY)

    @property
    def standby(self) -> float | None:
        """By the standby system, not planned."""
        return self.whole.share(Part.STANDBY)

    @property
    def standby_planned(self) -> float | None:
        """By the standby system, in announced work."""
        return self.whole.share(Part.STANDBY_PLANNED)

    @property
    def unanswered(self) -> float | None:
        """By nobody, not planned; None where nobody measures it and none was found."""
        if not self.gaps_measured and not self.whole.unanswered_ms:
            return None
        return self.whole.share(Part.UNANSWERED)

    @property
    def unanswered_planned(self) -> float | None:
        """By nobody, as announced."""
        return self.whole.share(Part.UNANSWERED_PLANNED)

    @property
    def tones(self) -> list[str]:
        """One a day."""
        return [day.tone for day in self.days]

    @property
    def watched_days(self) -> int:
        """On how many of the days somebody watched."""
        return sum(1 for day in self.days if day.tally.watched_ms)

    @property
    def other_days(self) -> list[Day]:
        """Days on which not everything was as usual, the newest first."""
        return [day for day in reversed(self.days) if day.tone not in ("good", "neutral")]


def uptime_of(days: Sequence[Day]) -> Uptime:
    """The days and what they come to."""
    watched = [day for day in days if day.tally.watched_ms]
    return Uptime(
        days=days,
        whole=total(day.tally for day in days),
        gaps_measured=bool(watched) and all(day.gaps_measured for day in watched),
    )


def board_of(sources: Sources, institution: str, locale: Locale, *, now: datetime) -> Board:
    """Everything that an institution's page shows now, but its history.

    An expected end that has passed is none: then nobody can say.
    """
    windows = sources.windows.upcoming(institution, WINDOWS_SHOWN)
    incidents = sources.incidents.open_incidents(institution)
    running = [one for one in windows if one.running]
    eta = max((one.eta for one in incidents if one.eta is not None and one.eta > now), default=None)
    desk = sources.desks[institution]
    answers = desk.can_stand_in()
    lines = [_line(state, running, eta, locale, now, answers=answers) for state in desk.capabilities()]
    return Board(
        institution=institution,
        headline=headline_of(lines, running, locale),
        lines=lines,
        incidents=[OpenIncident(one, _standing(sources.notices.last_of(one.id))) for one in incidents],
        windows=windows,
        notices=sources.notices.recent(institution, NOTICES_SHOWN),
    )


def headline_of(lines: Sequence[Line], running: Sequence[MaintenanceWindow], locale: Locale) -> Headline:
    """What works right now, in one sentence, and what that means."""
    stopped = [line.capability for line in lines if line.tone == STOPPED[1]]
    away = [line for line in lines if line.tone == "notice"]
    if stopped:
        means = (
            text("This is planned maintenance.", locale) if running else text("We are working on it.", locale)
        )
        if away or len(stopped) < len(lines):
            means += " " + text("Everything else works.", locale)
        title = text("Not available right now: {list}.", locale, list=listed(stopped, locale))
        return Headline("warning", title, means)
    if not away:
        return Headline("good", text("Everything works.", locale), text("You have nothing to do.", locale))
    if all(line.share is not None for line in away):
        title = text("Everything works, and is returning to the usual system.", locale)
        return Headline("notice", title, text("You have nothing to do.", locale))
    held = [line.capability for line in away]
    if len(held) == len(lines):
        title = text("Everything works, by the standby system.", locale)
    else:
        title = text("Everything works; by the standby system: {list}.", locale, list=listed(held, locale))
    return Headline(
        "notice",
        title,
        text("You can go on as usual, within limits. Balances are those of the time beside them.", locale),
    )


def _line(
    state: CapabilityState,
    running: Sequence[MaintenanceWindow],
    incident_eta: datetime | None,
    locale: Locale,
    now: datetime,
    *,
    answers: bool,
) -> Line:
    capability, mode = state.capability, state.mode
    work = [one for one in running if capability in one.capabilities]
    stopping = [one for one in work if capability not in one.goes_on]
    away = mode is not Mode.NORMAL
    stopped = bool(stopping) or (away and not answers)
    said, tone = STOPPED if stopped else MODES[mode]
    eta = (state.eta if state.eta and state.eta > now else None) or incident_eta or _end(work, now)
    if stopping:
        eta = _end(stopping, now) or incident_eta
    why = text(WHY[state.reason], locale) if mode is Mode.STANDING_IN else ""
    return Line(
        capability=capability,
        title=text(CAPABILITY_TITLES[capability], locale),
        said=text(said, locale),
        tone=tone,
        why=why,
        means=text(MEANS[capability], locale) if away and not stopped else "",
        since=max((one.started_at for one in stopping if one.started_at), default=state.since),
        share=state.share_percent / 100 if mode is Mode.RECOVERING and not stopped else None,
        eta=eta if away or stopping else None,
        open=(away or stopped) and eta is None and mode is not Mode.RECOVERING,
    )


def _end(work: Sequence[MaintenanceWindow], now: datetime) -> datetime | None:
    return max((one.ends_at for one in work if one.ends_at > now), default=None)


def _standing(notice: Notice | None) -> Notice | None:
    """The notice, unless it was taken back."""
    return notice if notice is not None and notice.withdrawn_at is None else None

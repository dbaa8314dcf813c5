"""What all pages of maintenance share: names, clocks, words for states, and who may see which institution."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dawam.kernel import InvalidInput, NotFound
from dawam.standin import CAPABILITY_TITLES, Capability
from dawam.status.notices import NameOf
from dawam.status.windows.advice import Against, Objection
from dawam.status.windows.history import SYSTEM, Act, Change, Times
from dawam.status.windows.model import (
    MaintenanceWindow,
    WindowState,
)
from dawam.status.windows.service import Windows
from dawam.status.windows.settings import MaintenanceSettings
from dawam.status.windows.texts import listed
from dawam.web import Locale, Said, shown, text
from dawam.web.pages import Face, Role, Visitor, clock_time, day, hijri, moment

PLANNERS = (Role.OPERATOR, Role.COMMUNICATOR)
"""Who may plan, announce, extend, cancel and finish."""

STATES: dict[WindowState, tuple[str, str]] = {
    WindowState.PLANNED: ("Planned, not announced", "neutral"),
    WindowState.ANNOUNCED: ("Announced", "notice"),
    WindowState.STARTED: ("Under way", "warning"),
    WindowState.EXTENDED: ("Under way, extended", "warning"),
    WindowState.FINISHED: ("Finished", "good"),
    WindowState.CANCELLED: ("Cancelled", "neutral"),
}
ACTS: dict[Act, tuple[str, str]] = {
    Act.PLANNED: ("Planned", "neutral"),
    Act.REWORDED: ("Texts changed", "neutral"),
    Act.APPROVED: ("Short notice approved", "notice"),
    Act.ANNOUNCED: ("Announced", "notice"),
    Act.REMINDED: ("Reminder sent", "notice"),
    Act.STARTED: ("Started", "warning"),
    Act.MOVE_ASKED: ("Move asked for, at short notice", "neutral"),
    Act.MOVE_DROPPED: ("Not moved: the times stay", "neutral"),
    Act.MOVED: ("Moved", "notice"),
    Act.EXTENDED: ("Extended", "warning"),
    Act.OVERRAN: ("Ran over its end", "danger"),
    Act.FINISHED: ("Finished", "good"),
    Act.FINISHED_EARLY: ("Finished early", "good"),
    Act.CANCELLED: ("Cancelled", "neutral"),
    Act.LAPSED: ("Lapsed: never announced", "neutral"),
}
REASONS: dict[Against, str] = {
    Against.OTHER_WINDOW: "another maintenance window at that time",
    Against.NOTICE_TOO_SHORT: "too soon for the notice that the rule demands",
    Against.PAY_DAY: "pay day on {day}",
    Against.PUBLIC_HOLIDAY: "public holiday on {day}",
    Against.WEEKEND: "weekend",
    Against.RAMADAN_EVENING: "an evening in Ramadan",
    Against.FRIDAY_PRAYER: "Friday prayer",
    Against.PRAYER: "prayer time",
}
LANGUAGES: dict[Locale, str] = {"ar": "Arabic", "fr": "French", "en": "English"}


@dataclass(frozen=True, slots=True)
class View:
    """What the routes are made of."""

    face: Face
    windows: Windows
    name_of: NameOf
    member_name: Callable[[str], str]

    def shown_institutions(self, visitor: Visitor) -> list[str]:
        """Which institutions a member of the staff sees."""
        return [
            name for name in self.windows.settings if not visitor.institutions or name in visitor.institutions
        ]

    def for_visitor(self, visitor: Visitor, window_id: str) -> MaintenanceWindow:
        """The window, if the member may see its institution. Raises: NotFound `window_unknown`."""
        window = self.windows.known(window_id)
        if window.institution not in self.shown_institutions(visitor):
            raise NotFound("window_unknown")
        return window

    def words(self, institution: str, locale: Locale) -> dict[str, Any]:
        """The names that templates see: times on the institution's clock, words for what is kept as codes."""
        rules = self.windows.settings[institution]
        zone, region = rules.zone, rules.country

        def reason(objection: Objection) -> str:
            if objection.kind is Against.PUBLIC_HOLIDAY:
                name = self.windows.days[institution].holiday_name(objection.day, locale)
                if name:
                    return shown(name)
            said = day(objection.day, locale, zone, region, length="medium")
            return text(REASONS[objection.kind], locale, day=said)

        words: dict[str, Any] = {
            "institution": institution,
            "institution_name": self.name_of(institution, locale),
            "zone": rules.time_zone,
            "when": lambda one: moment(one, locale, zone, region),
            "on": lambda one: day(one, locale, zone, region, length="full"),
            "hijri_on": lambda one: hijri(one, locale, zone, region) if locale == "ar" else "",
            "clock": lambda one: clock_time(one, locale, zone, region),
            "from_to": lambda one: from_to(one, locale, rules),
            "state_of": lambda one: (text(STATES[one.state][0], locale), STATES[one.state][1]),
            "capability": lambda one: text(CAPABILITY_TITLES[Capability(one)], locale),
            "list_of": lambda several: listed([Capability(one) for one in several], locale),
            "reason": reason,
            "paragraphs": paragraphs,
            "language_name": lambda one: text(LANGUAGES[one], locale),
        }
        return {**words, "words": words}

    def entries(self, window: MaintenanceWindow, locale: Locale) -> list[tuple[datetime, str, str, str]]:
        """The history for the component `timeline`: when, what, by whom and why, tone; the newest first."""
        return [
            (
                one.at,
                text(ACTS[one.act][0], locale),
                self._told(one, window.institution, locale),
                ACTS[one.act][1],
            )
            for one in reversed(self.windows.history(window.id))
        ]

    def _told(self, change: Change, institution: str, locale: Locale) -> str:
        rules = self.windows.settings[institution]
        parts = []
        if change.by != SYSTEM:
            parts.append(text("By {name}.", locale, name=self.member_name(change.by)))
        if change.act in (Act.EXTENDED, Act.FINISHED_EARLY):
            until = moment(change.times.ends_at, locale, rules.zone, rules.country)
            parts.append(text("End: {time}.", locale, time=until))
        if change.act in (Act.MOVE_ASKED, Act.MOVED):
            parts.append(text("New time: {time}.", locale, time=from_to(change.times, locale, rules)))
        if change.moved_from is not None:
            before = from_to(change.moved_from, locale, rules)
            parts.append(text("Before: {time}.", locale, time=before))
        if change.reason:
            parts.append(text("Reason: {why}.", locale, why=change.reason.rstrip(".")))
        return " ".join(parts)


def from_to(window: MaintenanceWindow | Times, locale: Locale, rules: MaintenanceSettings) -> Said:
    """From when to when; the day once where it is the same."""
    first = moment(window.starts_at, locale, rules.zone, rules.country)
    same = window.starts_at.astimezone(rules.zone).date() == window.ends_at.astimezone(rules.zone).date()
    last = (clock_time if same else moment)(window.ends_at, locale, rules.zone, rules.country)
    return Said(f"{first}\u00a0– {last}")


def paragraphs(body: str) -> list[str]:
    """A text from outside, line by line; what steers the reading direction is written out."""
    lines = [" ".join(shown(word) for word in line.split()) for line in body.splitlines()]
    return [line for line in lines if line]


def month_of(said: str, today: date) -> date:
    """The first day of a month like `2026-12`; of this one where nothing is said.

    Raises: InvalidInput `window_month_invalid`.
    """
    if not said:
        return today.replace(day=1)
    try:
        found = datetime.strptime(said, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInput("window_month_invalid", month=said[:20]) from None
    if not today.year - 10 <= found.year <= today.year + 10:
        raise InvalidInput("window_month_invalid", month=said[:20])
    return found

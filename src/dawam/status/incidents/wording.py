"""What is said about an incident without a person, and what a person starts from. A text's id is its English.

Rules: first what it means, then why, since when and until when; nothing that is not known; no word that
alarms, none that shifts blame.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dawam.standin import CAPABILITY_TITLES, Capability
from dawam.status.incidents.figures import Criterion
from dawam.status.incidents.model import Incident, Nature, State
from dawam.status.notices import NameOf, NoticeText, bare
from dawam.web import LOCALES, Locale, text
from dawam.web.pages import day, in_a_list, moment, percent, span

NATURES: dict[Nature, str] = {
    Nature.CONTRADICTED: (
        "The system of {institution} gives balances that cannot be right by its own bookings; "
        "they are not shown."
    ),
    Nature.UNREACHABLE: "The system of {institution} is not answering at the moment.",
    Nature.OVERRUN: "Planned maintenance at {institution} is taking longer than announced.",
    Nature.SLOW: "The system of {institution} is answering too slowly at the moment.",
    Nature.FEED_STALE: "The latest bookings of {institution} may not have reached us yet.",
    Nature.OPERATOR: "The staff of {institution} have switched to the standby system.",
}
NATURE_NAMES: dict[Nature, str] = {
    Nature.CONTRADICTED: "Balances that contradict the bookings",
    Nature.UNREACHABLE: "No answer from the institution's system",
    Nature.OVERRUN: "Maintenance longer than announced",
    Nature.SLOW: "Slow answers from the institution's system",
    Nature.FEED_STALE: "Latest bookings not received",
    Nature.OPERATOR: "Standby system switched on by staff",
}
STATE_NAMES: dict[State, str] = {
    State.DETECTED: "Detected, being confirmed",
    State.CONFIRMED: "Confirmed",
    State.MONITORING: "Working again, being watched",
    State.CLOSED: "Closed",
}
CRITERIA: dict[Criterion, str] = {
    Criterion.CRITICAL: "Critical services affected",
    Criterion.CLIENTS: "Many clients affected",
    Criterion.DURATION: "Long duration or downtime",
    Criterion.IMPACT: "High economic impact",
}
REPORT_NAMES: dict[str, str] = {
    "initial": "Initial notification",
    "intermediate": "Intermediate report",
    "final": "Final report",
}


class Phrases:
    """The sentences of incidents, with the names of institutions and the hours of their place."""

    def __init__(self, name_of: NameOf, zone: ZoneInfo, origin: str) -> None:
        self.name_of = name_of
        self._zone = zone
        self._origin = origin

    def services(self, capabilities: tuple[str, ...], locale: Locale) -> str:
        """`Balances, Payments and Cheques`."""
        named = [one for one in Capability if one in capabilities]
        return in_a_list([text(CAPABILITY_TITLES[one], locale) for one in named], locale)

    def automatic(self, incident: Incident) -> dict[Locale, NoticeText]:
        """Title and text in every language, for the incident as it is now."""
        return {locale: self._text(incident, locale) for locale in LOCALES}

    def moment(self, when: datetime, locale: Locale) -> str:
        """Date and time of day."""
        return bare(moment(when, locale, self._zone))

    def day(self, when: datetime, locale: Locale) -> str:
        """The date."""
        return bare(day(when, locale, self._zone))

    def share(self, share_percent: int, locale: Locale) -> str:
        """A share of the customers."""
        return bare(percent(share_percent / 100, locale))

    def nature(self, nature: Nature, locale: Locale) -> str:
        """What is the matter, as a name."""
        return text(NATURE_NAMES[nature], locale)

    def lasting(self, duration: timedelta, locale: Locale) -> str:
        """A length of time, to the minute; of less than two minutes in seconds."""
        short = duration < timedelta(minutes=2)
        return bare(span(duration, locale, granularity="second" if short else "minute"))

    def lateness(self, late_by: timedelta | None, locale: Locale) -> str:
        """How far a revision was from what came; empty while that is not known."""
        if late_by is None:
            return ""
        if late_by > timedelta(0):
            return text("{time} later than expected", locale, time=self.lasting(late_by, locale))
        return text("{time} earlier than expected", locale, time=self.lasting(-late_by, locale))

    def _text(self, incident: Incident, locale: Locale) -> NoticeText:
        if incident.state is State.CLOSED:
            return self._closed(incident, locale)
        if incident.state is State.MONITORING:
            return self._restored(incident, locale)
        away = incident.away or incident.capabilities
        services = self.services(away, locale)
        title = "{services}: returning step by step" if incident.restoring else _TITLE
        if incident.nature is Nature.OVERRUN and not incident.restoring:
            title = "{services}: maintenance is taking longer than announced"
        name = self.name_of(incident.institution, locale)
        told = [
            text(NATURES[incident.nature], locale, institution=name),
            text("Affected: {services}.", locale, services=services),
            text("Since {time}.", locale, time=self.moment(incident.opened_at, locale)),
            self._meanwhile(incident, locale),
            self._until(incident, locale),
            self._confirmation(incident, locale),
        ]
        return NoticeText(title=bare(text(title, locale, services=services)), body="\n".join(told))

    def _meanwhile(self, incident: Incident, locale: Locale) -> str:
        if incident.restoring:
            share = self.share(incident.share_percent, locale)
            return text("{share} of customers are back with everything.", locale, share=share)
        return text(
            "Our standby system answers meanwhile: balances with the time they are true for, "
            "payments within limits, and none is taken twice.",
            locale,
        )

    def _until(self, incident: Incident, locale: Locale) -> str:
        if incident.eta is None:
            return text("It cannot be said yet how long it will take.", locale)
        when = self.moment(incident.eta, locale)
        return text("Everything is expected to work normally by {time}.", locale, time=when)

    def _confirmation(self, incident: Incident, locale: Locale) -> str:
        if incident.confirmed_at is None:
            return text("This was noticed automatically and is being confirmed.", locale)
        return text("This has been confirmed.", locale)

    def _restored(self, incident: Incident, locale: Locale) -> NoticeText:
        end = incident.restored_at or incident.opened_at
        told = [
            text("Everything has worked normally since {time}.", locale, time=self.moment(end, locale)),
            text("It had begun at {time}.", locale, time=self.moment(incident.opened_at, locale)),
            text("We keep watching. You need not do anything.", locale),
        ]
        return NoticeText(title=text("Everything works normally again", locale), body="\n".join(told))

    def _closed(self, incident: Incident, locale: Locale) -> NoticeText:
        end = incident.restored_at or incident.opened_at
        told = [
            text(
                "It began at {begin} and ended at {end}.",
                locale,
                begin=self.moment(incident.opened_at, locale),
                end=self.moment(end, locale),
            ),
            text("What happened, in figures and times:", locale)
            + f" {self._origin}/{locale}/incidents/{incident.id}/report",
        ]
        return NoticeText(title=text("Closed: everything works normally", locale), body="\n".join(told))


_TITLE = "{services}: the standby system answers"

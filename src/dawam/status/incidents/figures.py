"""Figures of an incident: how long, for how many, how well foretold; and whether it is major. Pure.

Source: Delegated Regulation (EU) 2024/1772: article 8(1) (critical services affected, and two thresholds of
article 9 passed), article 9 (the thresholds); Delegated Regulation (EU) 2025/301, article 5(1) and (2) (the
clocks of the reports). Not computed: a malicious access by which data may be lost, which with critical
services alone makes an incident major (8(1)(a)), and what docs/incidents.md lists.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.standin import Mode
from dawam.status.incidents.model import Entry, EntryKind, Eta, Incident
from dawam.status.incidents.settings import MajorThresholds

REPORTS = ("initial", "intermediate", "final")


class Span(msgspec.Struct, frozen=True):
    """A time in which a capability was not normal."""

    capability: str
    since: datetime
    until: datetime


class EtaError(msgspec.Struct, frozen=True):
    """How far a revision was from what came: positive when it came later; None while it has not."""

    revision: Eta
    late_by: timedelta | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted; None of balances where nobody measures it.

    `noticed` are customers on the list of those who met the outage; `spans` are the times in which a
    capability was not normal, up to now or to the end.
    """

    customers: int
    customers_total: int
    noticed: int
    balances_checked: int | None
    balances_wrong: int | None
    duration: timedelta
    spans: tuple[Span, ...]
    over: bool

    @property
    def downtime(self) -> timedelta:
        """How long anything was not normal."""
        return downtime(self.spans)

    def downtime_of(self, capabilities: Sequence[str]) -> timedelta:
        """How long any of these was not normal."""
        return downtime([one for one in self.spans if one.capability in capabilities])

    @property
    def share(self) -> float:
        """Of all customers; 0 where their number is not known."""
        return self.customers / self.customers_total if self.customers_total else 0.0


class Criterion(StrEnum):
    """What the regulation looks at, as far as it can be counted here."""

    CRITICAL = "critical"
    CLIENTS = "clients"
    DURATION = "duration"
    IMPACT = "impact"


class Assessment(msgspec.Struct, frozen=True):
    """Which criteria are met; None: only a person can say. `major` is what they come to so far."""

    met: dict[Criterion, bool | None]
    major: bool


class ReportClock(msgspec.Struct, frozen=True):
    """By when the regulator must have a report, and when it was sent."""

    report: str
    due: datetime
    sent_at: datetime | None


def spans(timeline: Sequence[Entry], *, end: datetime) -> tuple[Span, ...]:
    """When each capability was not normal, by the changes of mode; what goes on ends at `end`."""
    began: dict[str, datetime] = {}
    found: list[Span] = []
    for entry in timeline:
        if entry.kind is not EntryKind.MODE:
            continue
        if entry.mode != Mode.NORMAL:
            began.setdefault(entry.capability, entry.at)
        elif entry.capability in began:
            found.append(Span(entry.capability, began.pop(entry.capability), entry.at))
    found += [Span(capability, since, end) for capability, since in began.items()]
    return tuple(sorted(found, key=lambda span: span.since))


def downtime(found: Sequence[Span]) -> timedelta:
    """How long these times are together, in order of their beginning: what overlaps counts once."""
    total, covered = timedelta(), None
    for span in found:
        start = span.since if covered is None else max(span.since, covered)
        if span.until > start:
            total += span.until - start
        covered = span.until if covered is None else max(covered, span.until)
    return total


def accuracy(incident: Incident) -> list[EtaError]:
    """Of each revision, how far it was from the truth."""
    return [
        EtaError(one, incident.restored_at - one.eta if incident.restored_at and one.eta else None)
        for one in incident.etas
    ]


def figures(incident: Incident, timeline: Sequence[Entry], *, noticed: int, now: datetime) -> Figures:
    """All figures, as of now or of the end."""
    end = incident.restored_at or now
    return Figures(
        customers=incident.customers_affected,
        customers_total=incident.customers_total,
        noticed=noticed,
        balances_checked=incident.balances_checked,
        balances_wrong=incident.balances_wrong,
        duration=end - incident.opened_at,
        spans=spans(timeline, end=end),
        over=incident.restored_at is not None,
    )


def assess(incident: Incident, counted: Figures, thresholds: MajorThresholds) -> Assessment:
    """Whether the incident is major by what can be counted and by what a person said of its cost."""
    impact = None if incident.impact_eur is None else incident.impact_eur > thresholds.impact_eur
    met: dict[Criterion, bool | None] = {
        Criterion.CRITICAL: not set(thresholds.critical).isdisjoint(incident.capabilities),
        Criterion.CLIENTS: counted.share * 100 > thresholds.clients_percent
        or counted.customers > thresholds.clients,
        Criterion.DURATION: counted.duration > timedelta(seconds=thresholds.duration_s)
        or counted.downtime_of(thresholds.critical) > timedelta(seconds=thresholds.downtime_s),
        Criterion.IMPACT: impact,
    }
    beside = [met[one] for one in (Criterion.CLIENTS, Criterion.DURATION, Criterion.IMPACT)]
    return Assessment(met, bool(met[Criterion.CRITICAL]) and beside.count(True) >= 2)


def clocks(incident: Incident, sent: dict[str, datetime], thresholds: MajorThresholds) -> list[ReportClock]:
    """The reports of a major incident; a later one is counted from the one before, or from its deadline.

    One that was classified only after the time from its being known has the time from its classification.
    """
    if incident.major_at is None:
        return []
    initial = incident.major_at + timedelta(seconds=thresholds.initial_after_major_s)
    latest = incident.opened_at + timedelta(seconds=thresholds.initial_after_known_s)
    if incident.major_at <= latest:
        initial = min(initial, latest)
    intermediate = sent.get("initial", initial) + timedelta(seconds=thresholds.intermediate_after_s)
    final = _months_later(sent.get("intermediate", intermediate), thresholds.final_after_months)
    dues = zip(REPORTS, (initial, intermediate, final), strict=True)
    return [ReportClock(report, due, sent.get(report)) for report, due in dues]


def _months_later(moment: datetime, months: int) -> datetime:
    count = moment.month - 1 + months
    year, month = moment.year + count // 12, count % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))

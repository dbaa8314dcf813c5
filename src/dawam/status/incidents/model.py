"""What an incident is, and how it follows the modes. Pure.

Rules:
- A capability that leaves normal for another reason than planned maintenance opens an incident, or belongs
  to the one that is open. All that fails before everything was normal for `reopen_within_s` is one outage.
- Its nature is the weightiest reason that it has had.
- When every capability is normal it is *monitoring*; what fails within `reopen_within_s` reopens it.
- The public is told when what it was told last is no longer so, and not sooner than `notice_every_s` after.
Out of scope: who closes it, and what people say about it (`incidents.service`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.kernel import InvalidInput
from dawam.standin import Mode, ModeChange, Reason
from dawam.web import LOCALES, Locale

FINDING_MAX = 4_000


class State(StrEnum):
    """Where an incident stands."""

    DETECTED = "detected"
    CONFIRMED = "confirmed"
    MONITORING = "monitoring"
    CLOSED = "closed"


class Nature(StrEnum):
    """What is the matter, the weightiest first."""

    CONTRADICTED = "contradicted"
    UNREACHABLE = "unreachable"
    OVERRUN = "overrun"
    SLOW = "slow"
    FEED_STALE = "feed_stale"
    OPERATOR = "operator"


_NATURE = {
    Reason.CONTRADICTED: Nature.CONTRADICTED,
    Reason.UNREACHABLE: Nature.UNREACHABLE,
    Reason.SLOW: Nature.SLOW,
    Reason.FEED_STALE: Nature.FEED_STALE,
    Reason.OPERATOR: Nature.OPERATOR,
}


class Condition(msgspec.Struct, frozen=True):
    """How a capability of the incident is now; `share_percent` of the customers are back."""

    capability: str
    mode: Mode
    reason: Reason
    share_percent: int
    since: datetime


class Eta(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody expected everything to be normal; None: nobody can say."""

    revision: int
    eta: datetime | None
    said_at: datetime
    by: str


class EntryKind(StrEnum):
    """What an entry of a timeline tells of."""

    OPENED = "opened"
    MODE = "mode"
    OVERRAN = "overran"
    REOPENED = "reopened"
    RESTORED = "restored"
    CONFIRMED = "confirmed"
    UPDATED = "updated"
    NOTICE = "notice"
    ETA = "eta"
    MAJOR = "major"
    IMPACT = "impact"
    REPORTED = "reported"
    CLOSED = "closed"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `words` is evidence, a reason or an id, by kind; `by` is empty for nobody."""

    at: datetime
    kind: EntryKind
    number: int = 0
    capability: str = ""
    mode: str = ""
    reason: str = ""
    share_percent: int = 0
    words: str = ""
    by: str = ""
    once: str | None = None


class Finding(msgspec.Struct, frozen=True):
    """What a closed incident came from, and what follows from it, in one language."""

    cause: str
    measures: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """An outage as one matter, from the first failure to its closing.

    `customers_total` are those of the institution, `customers_affected` those whose services were, at most;
    `balances_wrong` of the `balances_checked` shown were false, None where nobody measures it; counted up to
    `balances_until`. `told` is what the public was told last.
    """

    id: str
    institution: str
    state: State
    nature: Nature
    opened_at: datetime
    conditions: tuple[Condition, ...] = ()
    window_id: str | None = None
    confirmed_at: datetime | None = None
    restored_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: int = 0
    customers_affected: int = 0
    customers_total: int = 0
    balances_checked: int | None = None
    balances_wrong: int | None = None
    balances_until: datetime | None = None
    major_at: datetime | None = None
    impact_eur: int | None = None
    etas: tuple[Eta, ...] = ()
    told_at: datetime | None = None
    told: str = ""
    looked_until: datetime | None = None

    @property
    def capabilities(self) -> tuple[str, ...]:
        """All that was ever affected."""
        return tuple(condition.capability for condition in self.conditions)

    @property
    def away(self) -> tuple[str, ...]:
        """What is not normal now."""
        return tuple(one.capability for one in self.conditions if one.mode is not Mode.NORMAL)

    @property
    def restoring(self) -> bool:
        """Whether everything that is away is on its way back."""
        return bool(self.away) and all(one.mode is not Mode.STANDING_IN for one in self.conditions)

    @property
    def share_percent(self) -> int:
        """How many of the customers are back with everything."""
        return min((_share(one) for one in self.conditions), default=100)

    @property
    def eta(self) -> datetime | None:
        """What was said last about when."""
        return self.etas[-1].eta if self.etas else None


def _share(condition: Condition) -> int:
    if condition.mode is Mode.NORMAL:
        return 100
    return condition.share_percent if condition.mode is Mode.RECOVERING else 0


def opens(change: ModeChange) -> bool:
    """Whether such a change begins an outage: not what was planned, and not the way back from it."""
    return change.mode is not Mode.NORMAL and change.reason in _NATURE


def belongs(incident: Incident | None, change: ModeChange, *, reopen_within_s: float) -> bool:
    """Whether the change is a part of the incident."""
    if incident is None or incident.state is State.CLOSED:
        return False
    if incident.away:
        return True
    if not opens(change) or incident.restored_at is None:
        return False
    return change.at - incident.restored_at <= timedelta(seconds=reopen_within_s)


def opened(change: ModeChange, *, id: str, customers: int) -> Incident:
    """The incident that a change opens."""
    fresh = Incident(
        id=id,
        institution=change.institution,
        state=State.DETECTED,
        nature=_NATURE[change.reason],
        opened_at=change.at,
        customers_affected=customers,
        customers_total=customers,
    )
    return noted(fresh, change)


def noted(incident: Incident, change: ModeChange) -> Incident:
    """The incident after a change that belongs to it."""
    condition = Condition(
        change.capability.value, change.mode, change.reason, change.share_percent, change.at
    )
    natures = {incident.nature, _NATURE.get(change.reason, incident.nature)}
    return settled(
        msgspec.structs.replace(
            incident,
            conditions=_with(incident.conditions, condition),
            nature=min(natures, key=list(Nature).index),
        ),
        at=change.at,
    )


def settled(incident: Incident, *, at: datetime) -> Incident:
    """The state that follows from the conditions."""
    if incident.away:
        if incident.state is not State.MONITORING:
            return incident
        state = State.DETECTED if incident.confirmed_at is None else State.CONFIRMED
        again = incident.reopened + 1
        return msgspec.structs.replace(incident, state=state, restored_at=None, reopened=again)
    if incident.state is State.MONITORING:
        return incident
    return msgspec.structs.replace(incident, state=State.MONITORING, restored_at=at)


def _with(conditions: tuple[Condition, ...], condition: Condition) -> tuple[Condition, ...]:
    known = {one.capability: one for one in conditions}
    known[condition.capability] = condition
    return tuple(known.values())


def picture(incident: Incident) -> str:
    """What the public would be told now, in short: another picture is a material change."""
    away = ",".join(sorted(incident.away))
    share = incident.share_percent if incident.restoring else 0
    eta = incident.eta.isoformat() if incident.eta and incident.away else ""
    return f"{incident.state} {incident.nature} {away} {share} {eta}"


def due(incident: Incident, *, notice_every_s: float) -> datetime | None:
    """From when on the public is to be told; None when it knows."""
    if incident.told == picture(incident):
        return None
    if incident.told_at is None:
        return incident.opened_at
    return incident.told_at + timedelta(seconds=notice_every_s)


def checked_findings(given: Mapping[Locale, Finding]) -> dict[Locale, Finding]:
    """Cause and measures, trimmed, when they are there in every language.

    Raises: InvalidInput `incident_finding_missing`, `incident_finding_too_long`.
    """
    kept: dict[Locale, Finding] = {}
    for locale in LOCALES:
        found = given.get(locale)
        cause, measures = (found.cause.strip(), found.measures.strip()) if found else ("", "")
        if not cause or not measures:
            raise InvalidInput("incident_finding_missing", language=locale)
        if max(len(cause), len(measures)) > FINDING_MAX:
            raise InvalidInput("incident_finding_too_long", language=locale, limit=FINDING_MAX)
        kept[locale] = Finding(cause, measures)
    return kept

"""The timeline of an incident in sentences: several changes of one moment as one line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from dawam.standin import Mode, evidence_in_words
from dawam.status.incidents.figures import accuracy
from dawam.status.incidents.model import Entry, EntryKind, Incident
from dawam.status.incidents.wording import Phrases
from dawam.status.notices import Notice, bare
from dawam.web import Locale, shown, text

INTERNAL = frozenset(
    {EntryKind.UPDATED, EntryKind.MAJOR, EntryKind.IMPACT, EntryKind.REPORTED, EntryKind.ETA}
)
"""What is for the staff alone; of what was expected, the notices tell."""

_PLAIN: dict[EntryKind, str] = {
    EntryKind.OPENED: "The first failure was noticed.",
    EntryKind.OVERRAN: "Maintenance went on after its announced end.",
    EntryKind.REOPENED: "It failed again.",
    EntryKind.RESTORED: "Everything worked normally again.",
    EntryKind.CONFIRMED: "A person confirmed it.",
    EntryKind.UPDATED: "A person updated it.",
    EntryKind.ETA: "The expected end was revised.",
    EntryKind.MAJOR: "It was classified as major.",
    EntryKind.IMPACT: "Its cost was estimated.",
    EntryKind.REPORTED: "A report went to the regulator.",
    EntryKind.CLOSED: "It was closed.",
}
_MODES: dict[str, str] = {
    Mode.STANDING_IN: "{services}: the standby system answers.",
    Mode.RECOVERING: "{services}: {share} of customers are back.",
    Mode.NORMAL: "{services}: the institution's own system answers again.",
}


class Line(msgspec.Struct, frozen=True):
    """One moment of the timeline. `evidence`, in words that steer nothing, and `by` are for the staff."""

    at: datetime
    words: str
    kind: EntryKind
    evidence: str = ""
    by: str = ""


def lines(
    timeline: Sequence[Entry],
    notices: Mapping[str, Notice],
    phrases: Phrases,
    locale: Locale,
    *,
    internal: bool = False,
) -> list[Line]:
    """The timeline, oldest first; `internal` with what is for the staff alone."""
    found: list[Line] = []
    kept = [entry for entry in timeline if internal or entry.kind not in INTERNAL]
    for _, same in groupby(kept, key=_moment):
        entries = list(same)
        first = entries[0]
        found.append(
            Line(
                first.at,
                _words(entries, notices, phrases, locale),
                first.kind,
                _more(first, locale),
                first.by,
            )
        )
    return found


def _moment(entry: Entry) -> tuple[object, ...]:
    if entry.kind is EntryKind.MODE:
        return entry.at, entry.mode, entry.share_percent, entry.reason
    return (entry.number,)


def _more(entry: Entry, locale: Locale) -> str:
    if entry.kind is EntryKind.MODE:
        return text("; ", locale).join(evidence_in_words(entry.words, locale))
    return "" if entry.kind in (EntryKind.NOTICE, EntryKind.OVERRAN) else shown(entry.words)


def _words(entries: list[Entry], notices: Mapping[str, Notice], phrases: Phrases, locale: Locale) -> str:
    first = entries[0]
    if first.kind is EntryKind.NOTICE:
        notice = notices.get(first.words)
        title = bare(notice.texts[locale].title) if notice else ""
        return text("We said: {title}", locale, title=title)
    if first.kind is not EntryKind.MODE:
        return text(_PLAIN[first.kind], locale)
    services = phrases.services(tuple(one.capability for one in entries), locale)
    share = phrases.share(first.share_percent, locale)
    return text(_MODES[first.mode], locale, services=services, share=share)


class EtaLine(msgspec.Struct, frozen=True):
    """A revision of what was expected, and how far it was from what came."""

    said_at: datetime
    eta: datetime | None
    error: str


def eta_lines(incident: Incident, phrases: Phrases, locale: Locale) -> list[EtaLine]:
    """What was expected, and how well; oldest first."""
    return [
        EtaLine(one.revision.said_at, one.revision.eta, phrases.lateness(one.late_by, locale))
        for one in accuracy(incident)
    ]

"""Incidents for everybody else: what there is, what people do about it, and the work that goes on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from dawam.kernel import Conflict, DawamError, InvalidInput, NotFound, World
from dawam.people import Trail
from dawam.status.incidents import store
from dawam.status.incidents.detection import Detection
from dawam.status.incidents.figures import (
    REPORTS,
    Assessment,
    Figures,
    ReportClock,
    assess,
    clocks,
    figures,
)
from dawam.status.incidents.model import Entry, EntryKind, Eta, Finding, Incident, State, checked_findings
from dawam.status.incidents.ports import Ports, Touched
from dawam.status.incidents.settings import IncidentSettings
from dawam.status.incidents.wording import Phrases
from dawam.status.notices import Notices, NoticeText
from dawam.storage import Reader, Storage, Tx
from dawam.web import Locale
from dawam.web.pages import Live, PageSettings

_ETA_FURTHEST = timedelta(days=30)
_LOOK_EVERY_S = 0.2
_MINUTE = timedelta(minutes=1)
_CHECKED_WITHIN = timedelta(seconds=30)
"""After a minute's end its balances have been checked again, and that is written down."""
_log = structlog.get_logger("dawam.status")


class Incidents:
    """Promise: what happens is said by itself; what people say is said in three languages and once."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: IncidentSettings | None = None,
        *,
        notices: Notices,
        page_settings: PageSettings | None = None,
        ports: Ports | None = None,
        trail: Trail | None = None,
        live: Live | None = None,
    ) -> None:
        self.settings = settings or IncidentSettings()
        pages = page_settings or PageSettings()
        self.notices = notices
        self.phrases = Phrases(notices.wording.name_of, pages.zone, pages.origin)
        self._storage = storage
        self._world = world
        self._ports = ports or Ports()
        self._trail = trail
        self._live = live
        self._detection = Detection(
            world, self.settings, notices=notices, phrases=self.phrases, ports=self._ports
        )
        self._reader = Reader("incidents", storage, self._detection.act)

    # what there is

    def incident(self, incident_id: str) -> Incident | None:
        """The incident of an id."""
        return self._storage.read(lambda rows: store.incident(rows, incident_id))

    def open_incidents(self, institution: str | None = None) -> list[Incident]:
        """Those that are not closed, oldest first."""
        return self._storage.read(lambda rows: store.unclosed(rows, institution))

    def history(
        self, institution: str | Sequence[str] | None, since: datetime | None, limit: int = 500
    ) -> list[Incident]:
        """Those that went on after a moment, newest first; of one institution, of several, or of all."""
        named = [institution] if isinstance(institution, str) else institution
        return self._storage.read(lambda rows: store.since(rows, named, since, limit))

    def timeline(self, incident_id: str) -> list[Entry]:
        """All that happened, oldest first."""
        return self._storage.read(lambda rows: store.timeline(rows, incident_id))

    def findings(self, incident_id: str) -> dict[Locale, Finding]:
        """Cause and measures by language; empty until somebody has written them."""
        return self._storage.read(lambda rows: store.findings(rows, incident_id))

    def affected(self, incident_id: str, *, after: str = "", limit: int = 10_000) -> list[Touched]:
        """Who met the outage, by account; `after` is the last account of the page before."""
        return self._storage.read(lambda rows: store.affected(rows, incident_id, after=after, limit=limit))

    def figures(self, incident: Incident) -> Figures:
        """What is counted of it."""
        noticed = self._storage.read(lambda rows: store.count_affected(rows, incident.id))
        timeline = self.timeline(incident.id)
        return figures(incident, timeline, noticed=noticed, now=self._world.clock.now())

    def assessment(self, incident: Incident) -> Assessment:
        """Whether it is a major incident by what is known."""
        return assess(incident, self.figures(incident), self.settings.major)

    def clocks(self, incident: Incident) -> list[ReportClock]:
        """The regulator's reports of a major incident, with their deadlines."""
        sent = {
            entry.words: entry.at for entry in self.timeline(incident.id) if entry.kind is EntryKind.REPORTED
        }
        return clocks(incident, sent, self.settings.major)

    # within the transaction of another slice

    def overran(
        self, tx: Tx, window_id: str, institution: str, capabilities: Sequence[str], now: datetime
    ) -> Incident:
        """A maintenance window goes on after its announced end."""
        return self._detection.overran(tx, window_id, institution, capabilities, now=now)

    def window_finished(self, tx: Tx, window_id: str, now: datetime) -> None:
        """A window that had overrun is over."""
        self._detection.window_finished(tx, window_id, now=now)

    # what people do

    async def confirm(
        self, incident_id: str, texts: Mapping[Locale, NoticeText], *, by: str, once: str | None = None
    ) -> Incident:
        """A person has looked: it is so, in these words.

        Raises: NotFound `incident_not_found`; Conflict `incident_closed`, `incident_confirmed_already`; what
        `Notices.publish` raises.
        """

        def confirmed(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if incident.confirmed_at is not None:
                raise Conflict("incident_confirmed_already")
            state = State.CONFIRMED if incident.state is State.DETECTED else incident.state
            after = msgspec.structs.replace(incident, state=state, confirmed_at=now)
            return self._detection.tell(tx, after, dict(texts), now=now, by=by)

        return await self._act(incident_id, EntryKind.CONFIRMED, confirmed, by=by, once=once)

    async def update(
        self, incident_id: str, texts: Mapping[Locale, NoticeText], *, by: str, once: str | None = None
    ) -> Incident:
        """A person says more about it.

        Raises: NotFound `incident_not_found`; Conflict `incident_closed`; what `Notices.publish` raises.
        """

        def updated(tx: Tx, incident: Incident, now: datetime) -> Incident:
            return self._detection.tell(tx, incident, dict(texts), now=now, by=by)

        return await self._act(incident_id, EntryKind.UPDATED, updated, by=by, once=once)

    async def expect(
        self, incident_id: str, eta: datetime | None, *, by: str, once: str | None = None
    ) -> Incident:
        """Say by when everything should be normal, or that nobody can say any more; the public is told.

        Raises: InvalidInput `eta_in_the_past`, `eta_too_far`; NotFound `incident_not_found`; Conflict
        `incident_closed`, `incident_over`.
        """

        def expected(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if not incident.away:
                raise Conflict("incident_over")
            if eta is not None and eta <= now:
                raise InvalidInput("eta_in_the_past")
            if eta is not None and eta - now > _ETA_FURTHEST:
                raise InvalidInput("eta_too_far", days=_ETA_FURTHEST.days)
            revision = Eta(revision=len(incident.etas) + 1, eta=eta, said_at=now, by=by)
            store.add_eta(tx, incident_id, revision)
            after = msgspec.structs.replace(incident, etas=(*incident.etas, revision))
            return self._detection.tell(tx, after, self.phrases.automatic(after), now=now, by=by)

        return await self._act(incident_id, EntryKind.ETA, expected, by=by, once=once)

    async def mark_major(
        self, incident_id: str, *, by: str, reason: str, once: str | None = None
    ) -> Incident:
        """Classify it as major: the regulator's clocks run from now.

        Raises: NotFound `incident_not_found`; Conflict `incident_major_already`.
        """

        def marked(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if incident.major_at is not None:
                raise Conflict("incident_major_already")
            return msgspec.structs.replace(incident, major_at=now)

        return await self._act(
            incident_id, EntryKind.MAJOR, marked, by=by, once=once, words=reason, closed=True
        )

    async def set_impact(self, incident_id: str, eur: int, *, by: str, once: str | None = None) -> Incident:
        """What it cost, as a person estimates it, in whole euros.

        Raises: NotFound `incident_not_found`; InvalidInput `impact_out_of_range`.
        """

        def known(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if not 0 <= eur < 2**53:
                raise InvalidInput("impact_out_of_range")
            return msgspec.structs.replace(incident, impact_eur=eur)

        return await self._act(incident_id, EntryKind.IMPACT, known, by=by, once=once, closed=True)

    async def report_sent(
        self, incident_id: str, report: str, *, by: str, once: str | None = None
    ) -> Incident:
        """A report has gone to the regulator: its clock stops.

        Raises: NotFound `incident_not_found`; InvalidInput `report_unknown`; Conflict `incident_not_major`,
        `report_sent_already`.
        """

        def sent(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if report not in REPORTS:
                raise InvalidInput("report_unknown", known=", ".join(REPORTS))
            if incident.major_at is None:
                raise Conflict("incident_not_major")
            before = store.timeline(tx, incident_id)
            if any(one.kind is EntryKind.REPORTED and one.words == report for one in before):
                raise Conflict("report_sent_already")
            return incident

        return await self._act(
            incident_id, EntryKind.REPORTED, sent, by=by, once=once, words=report, closed=True
        )

    async def close(
        self, incident_id: str, findings: Mapping[Locale, Finding], *, by: str, once: str | None = None
    ) -> Incident:
        """Close it with its cause and measures; of one that closed by itself, add them.

        Raises: NotFound `incident_not_found`; Conflict `incident_not_over`, `incident_closed` (it has its
        report); InvalidInput `incident_finding_missing`, `incident_finding_too_long`.
        """

        def closed(tx: Tx, incident: Incident, now: datetime) -> Incident:
            if incident.away:
                raise Conflict("incident_not_over")
            if store.findings(tx, incident_id):
                raise Conflict("incident_closed")
            store.add_findings(tx, incident_id, checked_findings(findings))
            if incident.state is State.CLOSED:
                return incident
            return self._detection.close(tx, incident, now=now, by=by)

        return await self._act(incident_id, EntryKind.UPDATED, closed, by=by, once=once, closed=True)

    async def _act(
        self,
        incident_id: str,
        kind: EntryKind,
        change: Callable[[Tx, Incident, datetime], Incident],
        *,
        by: str,
        once: str | None,
        words: str = "",
        closed: bool = False,
    ) -> Incident:
        """A person's act on an incident, in one transaction with its notice and its trail; once a form."""
        now = self._world.clock.now()

        def verb(tx: Tx) -> Incident:
            incident = store.incident(tx, incident_id)
            if incident is None:
                raise NotFound("incident_not_found")
            if store.done(tx, once):
                return incident
            if incident.state is State.CLOSED and not closed:
                raise Conflict("incident_closed")
            after = change(tx, incident, now)
            store.save(tx, after)
            store.add_entry(tx, incident_id, Entry(at=now, kind=kind, words=words, by=by, once=once))
            self._note(tx, after, kind, by=by, reason=words, now=now)
            self._detection.changed.add(after.institution)
            return after

        done = await self._storage.write(verb)
        self._tell_pages()
        return done

    def note_export(self, tx: Tx, incident: Incident, *, by: str, now: datetime) -> None:
        """Somebody has taken the list of those affected."""
        if self._trail is not None:
            self._trail.note(
                tx,
                by=by,
                act="incident_affected_exported",
                institution=incident.institution,
                subject=incident.id,
                now=now,
            )

    async def export(self, incident_id: str, *, by: str) -> list[Touched]:
        """Everybody who met the outage, for compensation; that it was taken stands in the trail.

        Raises: NotFound `incident_not_found`.
        """
        incident = self.incident(incident_id)
        if incident is None:
            raise NotFound("incident_not_found")
        now = self._world.clock.now()
        await self._storage.write(lambda tx: self.note_export(tx, incident, by=by, now=now))
        found: list[Touched] = []
        while page := self.affected(incident_id, after=found[-1].account if found else ""):
            found += page
        return found

    def _note(
        self, tx: Tx, incident: Incident, kind: EntryKind, *, by: str, reason: str, now: datetime
    ) -> None:
        if self._trail is None:
            return
        self._trail.note(
            tx,
            by=by,
            act=f"incident_{kind.value}",
            institution=incident.institution,
            subject=incident.id,
            reason=reason,
            now=now,
        )

    # what goes on by itself

    async def run(self) -> None:
        """Forever: act on news, tell what had to wait, keep who is affected, close what is over."""
        while True:
            try:
                await self.work()
            except Exception as error:
                code = error.code if isinstance(error, DawamError) else type(error).__name__
                _log.error("incidents_not_kept", code=code)
                await asyncio.sleep(1.0)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def work(self) -> None:
        """One round of it."""
        while await self._reader.catch_up():
            pass
        now = self._world.clock.now()
        open_now = self.open_incidents()
        for incident in open_now:
            if self._is_time_to_look(incident, now):
                await self._look_for_affected(incident, now)
            await self._count_balances(incident, now)
        if self._detection.waits(open_now, now=now):
            await self._storage.write(lambda tx: self._detection.look(tx, now=now))
        self._tell_pages()

    def _is_time_to_look(self, incident: Incident, now: datetime) -> bool:
        end = incident.restored_at or now
        since = incident.looked_until or incident.opened_at
        if since >= end:
            return False
        return incident.restored_at is not None or now - since >= timedelta(
            seconds=self.settings.look_for_affected_every_s
        )

    async def _look_for_affected(self, incident: Incident, now: datetime) -> None:
        since, until = incident.looked_until or incident.opened_at, incident.restored_at or now
        touched = list(self._ports.affected(incident.institution, since, until))
        await self._storage.write(
            lambda tx: self._detection.keep_affected(tx, incident, touched, until=until)
        )

    async def _count_balances(self, incident: Incident, now: datetime) -> None:
        """Whole minutes of the outage, once the balances shown in them have been checked again."""
        since = incident.balances_until or _minute(incident.opened_at)
        until = _minute(now - _CHECKED_WITHIN)
        if incident.restored_at is not None:
            until = min(until, _minute(incident.restored_at) + _MINUTE)
        if since >= until:
            return
        found = self._ports.balances(incident.institution, since, until)
        if found is not None:
            await self._storage.write(
                lambda tx: self._detection.keep_balances(tx, incident, found, until=until)
            )

    def _tell_pages(self) -> None:
        changed, self._detection.changed = self._detection.changed, set()
        if self._live is not None:
            for institution in changed:
                self._live.publish(f"status:{institution}", "changed", "")


def _minute(when: datetime) -> datetime:
    """The beginning of its minute."""
    return when.replace(second=0, microsecond=0)

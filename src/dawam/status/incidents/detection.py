"""Incidents that open, merge, speak and close by themselves: verbs within the transaction of the news."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.kernel import World, id_to_text
from dawam.standin import MODE_CHANGED, BalanceChecks, Capability, Mode, ModeChange, Reason
from dawam.status.incidents import store
from dawam.status.incidents.model import (
    Condition,
    Entry,
    EntryKind,
    Incident,
    Nature,
    State,
    belongs,
    due,
    noted,
    opened,
    opens,
    picture,
    settled,
)
from dawam.status.incidents.ports import Ports, Touched
from dawam.status.incidents.settings import IncidentSettings
from dawam.status.incidents.wording import Phrases
from dawam.status.notices import Notices, NoticeText
from dawam.storage import News, Tx
from dawam.web import Locale

KIND = "incident"


class Detection:
    """Promise: every change of mode of an outage is in one incident, and the public is told within reason."""

    def __init__(
        self,
        world: World,
        settings: IncidentSettings,
        *,
        notices: Notices,
        phrases: Phrases,
        ports: Ports,
    ) -> None:
        self._world = world
        self._settings = settings
        self._notices = notices
        self._phrases = phrases
        self._ports = ports
        self.changed: set[str] = set()
        """The institutions of which open pages are to be told; emptied by whoever tells them."""

    def act(self, tx: Tx, news: News) -> None:
        """Act on news; what several changes at one time come to is told once."""
        if news.topic != MODE_CHANGED:
            return
        self.note(tx, msgspec.json.decode(news.body, type=ModeChange))
        if not store.more_waits(tx, MODE_CHANGED, news.seq):
            self.tell_due(tx, now=self._world.clock.now())

    def note(self, tx: Tx, change: ModeChange) -> Incident | None:
        """Keep a change in the incident that it belongs to, or opens; None where it is no matter for one."""
        known = store.newest(tx, change.institution)
        if known is not None and belongs(known, change, reopen_within_s=self._settings.reopen_within_s):
            incident = self._counted(noted(known, change))
        elif opens(change):
            customers = self._ports.customers(change.institution)
            known, incident = None, opened(change, id=self._new_id(), customers=customers)
        else:
            return None
        store.save(tx, incident)
        if known is None:
            store.add_entry(tx, incident.id, Entry(at=change.at, kind=EntryKind.OPENED))
        store.add_entry(tx, incident.id, _entry(change))
        self._note_turn(tx, known, incident, at=change.at)
        return incident

    def overran(
        self, tx: Tx, window_id: str, institution: str, capabilities: Sequence[str], *, now: datetime
    ) -> Incident:
        """A maintenance window goes on after its announced end: an incident, or a part of the open one."""
        known = store.newest(tx, institution)
        if known is None or known.state is State.CLOSED or not known.away:
            customers = self._ports.customers(institution)
            incident = Incident(
                id=self._new_id(),
                institution=institution,
                state=State.DETECTED,
                nature=Nature.OVERRUN,
                opened_at=now,
                customers_affected=customers,
                customers_total=customers,
            )
            store.save(tx, incident)
            store.add_entry(tx, incident.id, Entry(at=now, kind=EntryKind.OPENED))
        else:
            incident = known
        away = {one.capability: one for one in incident.conditions}
        for capability in capabilities:
            if capability not in away or away[capability].mode is Mode.NORMAL:
                away[capability] = Condition(capability, Mode.STANDING_IN, Reason.MAINTENANCE, 0, now)
                store.add_entry(tx, incident.id, _entry(_maintenance(institution, capability, now)))
        nature = min(incident.nature, Nature.OVERRUN, key=list(Nature).index)
        incident = msgspec.structs.replace(
            incident, conditions=tuple(away.values()), window_id=window_id, nature=nature
        )
        store.save(tx, incident)
        store.add_entry(tx, incident.id, Entry(at=now, kind=EntryKind.OVERRAN, words=window_id))
        self.tell_due(tx, now=now)
        return incident

    def window_finished(self, tx: Tx, window_id: str, *, now: datetime) -> None:
        """The window that had overrun is over: what only it had taken is normal again."""
        incident = store.of_window(tx, window_id)
        if incident is None:
            return
        conditions = []
        for one in incident.conditions:
            if one.reason is Reason.MAINTENANCE and one.mode is Mode.STANDING_IN:
                one = Condition(one.capability, Mode.NORMAL, Reason.HEALTHY, 100, now)
                back = _maintenance(incident.institution, one.capability, now)
                back = msgspec.structs.replace(back, mode=Mode.NORMAL, share_percent=100)
                store.add_entry(tx, incident.id, _entry(back))
            conditions.append(one)
        after = settled(msgspec.structs.replace(incident, conditions=tuple(conditions)), at=now)
        store.save(tx, after)
        self._note_turn(tx, incident, after, at=now)
        self.tell_due(tx, now=now)

    def tell_due(self, tx: Tx, *, now: datetime) -> None:
        """Tell the public what it does not know yet, of every incident for which it is time."""
        for incident in store.unclosed(tx):
            when = due(incident, notice_every_s=self._settings.notice_every_s)
            if when is not None and when <= now:
                self.tell(tx, incident, self._phrases.automatic(incident), now=now)

    def tell(
        self,
        tx: Tx,
        incident: Incident,
        texts: dict[Locale, NoticeText],
        *,
        now: datetime,
        by: str = "",
    ) -> Incident:
        """Publish a notice of an incident, and note that the public knows how it is now."""
        notice = self._notices.publish(
            tx,
            institution=incident.institution,
            kind=KIND,
            subject_id=incident.id,
            texts=texts,
            capabilities=incident.away or incident.capabilities,
            now=now,
        )
        told = msgspec.structs.replace(incident, told=picture(incident), told_at=now)
        store.save(tx, told)
        entry = Entry(at=now, kind=EntryKind.NOTICE, words=notice.id, by=by)
        store.add_entry(tx, incident.id, entry)
        self.changed.add(incident.institution)
        return told

    def look(self, tx: Tx, *, now: datetime) -> None:
        """What time brings: notices that had to wait, and incidents that have been quiet for long enough."""
        self.tell_due(tx, now=now)
        for incident in store.unclosed(tx):
            if self._is_quiet(incident, now):
                self.close(tx, incident, now=now)

    def waits(self, incidents: Iterable[Incident], *, now: datetime) -> bool:
        """Whether `look` would do anything."""
        for incident in incidents:
            when = due(incident, notice_every_s=self._settings.notice_every_s)
            if (when is not None and when <= now) or self._is_quiet(incident, now):
                return True
        return False

    def close(self, tx: Tx, incident: Incident, *, now: datetime, by: str = "") -> Incident:
        """End an incident and say so."""
        closed = msgspec.structs.replace(incident, state=State.CLOSED, closed_at=now)
        store.add_entry(tx, incident.id, Entry(at=now, kind=EntryKind.CLOSED, by=by))
        return self.tell(tx, closed, self._phrases.automatic(closed), now=now, by=by)

    def keep_affected(
        self, tx: Tx, incident: Incident, touched: Iterable[Touched], *, until: datetime
    ) -> None:
        """Keep who was affected up to a moment."""
        fresh = store.incident(tx, incident.id)
        if fresh is None or fresh.looked_until != incident.looked_until:
            return
        store.keep_affected(tx, incident.id, touched)
        store.save(tx, msgspec.structs.replace(fresh, looked_until=until))

    def keep_balances(self, tx: Tx, incident: Incident, found: BalanceChecks, *, until: datetime) -> None:
        """Keep what became of the balances shown up to a moment."""
        fresh = store.incident(tx, incident.id)
        if fresh is None or fresh.balances_until != incident.balances_until:
            return
        counted = msgspec.structs.replace(
            fresh,
            balances_checked=(fresh.balances_checked or 0) + found.checked,
            balances_wrong=(fresh.balances_wrong or 0) + found.wrong,
            balances_until=until,
        )
        store.save(tx, counted)

    def _is_quiet(self, incident: Incident, now: datetime) -> bool:
        quiet_s = self._settings.close_after_quiet_s
        if quiet_s == "never" or incident.state is not State.MONITORING or incident.restored_at is None:
            return False
        return now - incident.restored_at >= timedelta(seconds=quiet_s)

    def _counted(self, incident: Incident) -> Incident:
        total = self._ports.customers(incident.institution)
        return msgspec.structs.replace(
            incident,
            customers_total=max(total, incident.customers_total),
            customers_affected=max(total, incident.customers_affected),
        )

    def _note_turn(self, tx: Tx, before: Incident | None, after: Incident, *, at: datetime) -> None:
        self.changed.add(after.institution)
        was_over = before is not None and before.state is State.MONITORING
        if after.state is State.MONITORING and not was_over:
            store.add_entry(tx, after.id, Entry(at=at, kind=EntryKind.RESTORED))
        elif was_over and after.state is not State.MONITORING:
            store.add_entry(tx, after.id, Entry(at=at, kind=EntryKind.REOPENED))

    def _new_id(self) -> str:
        return id_to_text(self._world.ids.next())


def _entry(change: ModeChange) -> Entry:
    return Entry(
        at=change.at,
        kind=EntryKind.MODE,
        capability=change.capability.value,
        mode=change.mode.value,
        reason=change.reason.value,
        share_percent=change.share_percent,
        words=change.evidence,
    )


def _maintenance(institution: str, capability: str, now: datetime) -> ModeChange:
    return ModeChange(
        institution=institution,
        capability=Capability(capability),
        mode=Mode.STANDING_IN,
        reason=Reason.MAINTENANCE,
        share_percent=0,
        at=now,
        evidence="the window overran",
    )

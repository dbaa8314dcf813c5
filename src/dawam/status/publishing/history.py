"""The last ninety days of an institution: past days as they were counted, the present one counted anew.

A day is counted once, after its end, from the changes, the announced work and the watching of then; so ninety
days need none of the old changes, and no later act rewrites the past.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from dawam.kernel import World
from dawam.standin import BalanceChecks, Capability
from dawam.status.publishing import store
from dawam.status.publishing.ports import Sources
from dawam.status.publishing.uptime import Day, Record, Stretch, Work, day_bounds, days_between, tally
from dawam.status.windows import MaintenanceWindow
from dawam.storage import Storage, Tx
from dawam.web.pages import PageSettings

DAYS = 90
_SETTLES = timedelta(minutes=2)
"""So long after its end a day is counted: by then all that was measured in it is written down."""


class History:
    """What was answered by whom, day by day."""

    def __init__(self, storage: Storage, world: World, sources: Sources, settings: PageSettings) -> None:
        self._storage = storage
        self._world = world
        self._sources = sources
        self.zone = settings.zone
        self.watching_since: datetime | None = None

    async def watch(self) -> None:
        """Somebody watches every institution now; the first call begins."""
        now = self._world.clock.now()
        since = self.watching_since = self.watching_since or now
        institutions = tuple(self._sources.desks)

        def verb(tx: Tx) -> None:
            for name in institutions:
                store.watch(tx, name, since, now)

        await self._storage.write(verb)

    async def count_past_days(self) -> None:
        """Count each day that is over and not counted yet."""
        today = (self._world.clock.now() - _SETTLES).astimezone(self.zone).date()
        for institution in self._sources.desks:
            first = self._first_uncounted(institution, today)
            if first is not None and first < today:
                await self._count_until(institution, first, today)

    async def _count_until(self, institution: str, first: date, today: date) -> None:
        """Count the days before today and keep them; what they were counted from may go then."""
        counted = self._count(institution, first, today - timedelta(days=1))
        rows = [(capability, day) for capability, days in counted.items() for day in days]
        checks = self._balances(institution, counted)
        begins = day_bounds(today, self.zone)[0]

        def verb(tx: Tx) -> None:
            store.keep_days(tx, institution, rows)
            store.keep_balances(tx, institution, checks)
            if self._sources.counted is not None:
                self._sources.counted(tx, institution, begins)

        await self._storage.write(verb)

    def days(self, institution: str) -> dict[Capability, list[Day]]:
        """The last ninety days of each capability, today last."""
        today = self._world.clock.now().astimezone(self.zone).date()
        first = today - timedelta(days=DAYS - 1)
        kept = self._storage.read(lambda rows: store.days(rows, institution, first))
        uncounted = self._first_uncounted(institution, today)
        fresh = self._count(institution, uncounted, today) if uncounted is not None else {}
        return {
            capability: [
                {**kept.get(capability, {}), **{one.day: one for one in fresh.get(capability, ())}}.get(
                    day, Day(day=day)
                )
                for day in days_between(first, today)
            ]
            for capability in Capability
        }

    def balances(self, institution: str) -> dict[date, BalanceChecks]:
        """What became of the balances shown on each of these days; a missing day was not measured."""
        today = self._world.clock.now().astimezone(self.zone).date()
        first = today - timedelta(days=DAYS - 1)
        kept = self._storage.read(lambda rows: store.balances(rows, institution, first))
        uncounted = self._first_uncounted(institution, today)
        if uncounted is None:
            return kept
        return {**self._balances(institution, self._count(institution, uncounted, today)), **kept}

    def first_watched(self, institution: str) -> datetime | None:
        """Since when somebody watches."""
        return self._storage.read(lambda rows: store.first_watched(rows, institution)) or self.watching_since

    def _first_uncounted(self, institution: str, today: date) -> date | None:
        """The first day to count anew: after the last counted one, else the first that was watched."""
        counted = self._storage.read(lambda rows: store.last_counted(rows, institution))
        if counted is not None:
            return max(counted + timedelta(days=1), today - timedelta(days=DAYS - 1))
        began = self.first_watched(institution)
        if began is None:
            return None
        return max(began.astimezone(self.zone).date(), today - timedelta(days=DAYS - 1))

    def _count(self, institution: str, first: date, last: date) -> dict[Capability, list[Day]]:
        now = self._world.clock.now()
        start, end = day_bounds(first, self.zone)[0], min(now, day_bounds(last, self.zone)[1])
        records = self._records(institution, start, end)
        measured = self._sources.unanswered is not None
        found: dict[Capability, list[Day]] = {}
        for capability, record in records.items():
            found[capability] = [
                Day(day=day, tally=tally(record, begins, min(ends, now)), gaps_measured=measured)
                for day in days_between(first, last)
                for begins, ends in [day_bounds(day, self.zone)]
            ]
        return found

    def _balances(
        self, institution: str, counted: Mapping[Capability, Sequence[Day]]
    ) -> dict[date, BalanceChecks]:
        """Of the days on which somebody watched."""
        checks = self._sources.balances
        if checks is None:
            return {}
        watched = [one.day for one in counted[Capability.BALANCE] if one.tally.watched_ms]
        return {day: checks(institution, *day_bounds(day, self.zone)) for day in watched}

    def _records(self, institution: str, start: datetime, end: datetime) -> dict[Capability, Record]:
        changes = self._storage.read(lambda rows: store.changes(rows, institution, start))
        watched = self._storage.read(lambda rows: store.watched(rows, institution, start))
        if self.watching_since is not None:
            watched = [*watched, Stretch(self.watching_since, self._world.clock.now())]
        windows = self._windows(institution, start, end)
        gaps = self._sources.unanswered
        unanswered: Mapping[Capability, Sequence[Stretch]] = gaps(institution, start, end) if gaps else {}
        return {
            capability: Record(
                changes=changes[capability],
                watched=watched,
                work=[
                    work
                    for window in windows
                    if capability in window.capabilities and (work := self._work(window, capability))
                ],
                unanswered=unanswered.get(capability, ()),
            )
            for capability in Capability
        }

    def _windows(self, institution: str, start: datetime, end: datetime) -> list[MaintenanceWindow]:
        """Work of that time; also what began before and has run over its end since."""
        book = self._sources.windows
        running = [one for one in book.upcoming(institution) if one.running]
        found = {one.id: one for one in [*book.between(institution, start, end), *running]}
        return list(found.values())

    def _work(self, window: MaintenanceWindow, capability: Capability) -> Work | None:
        if window.started_at is None:
            return None
        until = window.finished_at or self._world.clock.now()
        if until <= window.started_at:
            return None
        return Work(
            done=Stretch(window.started_at, until),
            planned_end=window.planned_ends_at,
            goes_on=capability in window.goes_on,
        )

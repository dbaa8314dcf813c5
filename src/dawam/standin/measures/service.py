"""Counts answers where they leave the desk, checks shown balances again, and writes both down."""

import asyncio
from contextlib import AbstractContextManager
from datetime import datetime
from math import ceil

import msgspec
import structlog

from dawam.kernel import EPOCH, Clock, DawamError, IntegrityBroken, Unavailable, from_ns, to_ns
from dawam.standin.measures import store
from dawam.standin.measures.model import (
    MINUTE,
    BalanceChecks,
    is_answered,
    is_right,
    minute_of,
    unanswered_times,
)
from dawam.standin.measures.sample import Sample
from dawam.standin.messages import Capability, Receipt, Shown, StatementPage, Withheld
from dawam.standin.surroundings import Surroundings

_ROUND_S = 10.0
_FAILURES = (Unavailable, IntegrityBroken)
_log = structlog.get_logger("dawam.standin")


class _Count(msgspec.Struct, gc=False):
    """A capability's minute in this life. `written`: the disk holds it as it stands."""

    minute: int
    capability: Capability
    answered: int = 0
    unanswered: int = 0
    checked: int = 0
    wrong: int = 0
    written: bool = False


class _Counter:
    """Counts one capability's questions; around a call that fails, it counts one left without an answer."""

    def __init__(self, capability: Capability, clock: Clock, counts: list[_Count]) -> None:
        self._capability = capability
        self._clock = clock
        self._counts = counts
        self._count = _Count(0, capability, written=True)
        self._ends = EPOCH

    def answered(self) -> _Count:
        """A question was answered; its minute."""
        count = self._now()
        count.answered += 1
        count.written = False
        return count

    def left(self) -> None:
        """A question was left without an answer."""
        count = self._now()
        count.unanswered += 1
        count.written = False

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, _FAILURES):
            self.left()

    def _now(self) -> _Count:
        now = self._clock.now()
        if now >= self._ends:
            minute = minute_of(to_ns(now))
            self._ends = from_ns(minute) + MINUTE
            self._count = _Count(minute, self._capability)
            self._counts.append(self._count)
        return self._count


class Measures:
    """One institution's. Counts live in memory for a round of ten seconds, then on disk."""

    def __init__(self, around: Surroundings) -> None:
        self._institution = around.institution
        self._clock = around.world.clock
        self._chance = around.world.entropy
        self._storage = around.storage
        self._mirror = around.mirror
        self._size = ceil(around.settings.balance_checks_per_s * _ROUND_S)
        self._life = to_ns(self._clock.now())
        self._counts: list[_Count] = []
        self._counters = {one: _Counter(one, self._clock, self._counts) for one in Capability}
        self._balances = self._counters[Capability.BALANCE]
        self._given: Sample[tuple[_Count, Shown]] = Sample(self._size, self._chance)
        self.checked = 0
        self.wrong = 0

    # told by the desk

    def asked(self, capability: Capability) -> AbstractContextManager[None]:
        """Around the call that answers a question: when it fails, the question is left without an answer."""
        return self._counters[capability]

    def balance(self, answer: Shown | Withheld) -> None:
        """A balance was shown, and may be checked again; or it was withheld."""
        if isinstance(answer, Withheld):
            self._balances.left()
        else:
            self._given.offer((self._balances.answered(), answer))

    def payment(self, capability: Capability, receipt: Receipt) -> None:
        """A new payment was decided, or is pending."""
        counter = self._counters[capability]
        if is_answered(receipt):
            counter.answered()
        else:
            counter.left()

    def statement(self, page: StatementPage | None, *, mirrored: bool) -> None:
        """A statement was shown, or is not there; `mirrored` says whether any could be."""
        counter = self._counters[Capability.STATEMENT]
        if page is not None:
            counter.answered()
        elif not mirrored:
            counter.left()

    # work

    async def run(self) -> None:
        """Forever, a round every ten seconds: check what was shown in the round before, and write down."""
        while True:
            try:
                await self._round()
            except Exception as error:
                code = error.code if isinstance(error, DawamError) else type(error).__name__
                _log.error("balances_not_checked", institution=self._institution, code=code)
                await asyncio.sleep(_ROUND_S)

    async def flush(self) -> None:
        """Write down what is not yet on disk; what fails is kept for the next time."""
        counts = [count for count in self._counts if not count.written]
        if not counts:
            return
        rows = [self._row(count) for count in counts]
        for count in counts:
            count.written = True
        kept = False
        try:
            await self._storage.write(lambda tx: store.write(tx, rows))
            kept = True
        except DawamError as error:
            _log.error("measures_not_recorded", institution=self._institution, code=error.code)
        finally:
            if not kept:
                for count in counts:
                    count.written = False

    # what is known

    def unanswered(self, start: datetime, end: datetime) -> dict[Capability, list[tuple[datetime, datetime]]]:
        """The times in which nobody answered, by capability: of what is written down."""
        minutes = self._storage.read(lambda rows: store.unanswered(rows, self._institution, start, end))
        return unanswered_times(minutes)

    def balances(self, start: datetime, end: datetime) -> BalanceChecks:
        """What became of the balances shown between two moments: of what is written down."""
        return self._storage.read(lambda rows: store.balance_checks(rows, self._institution, start, end))

    # inside

    async def _round(self) -> None:
        """The checks are spread over the round, so that nobody has to wait for many of them."""
        given, self._given = self._given.kept, Sample(self._size, self._chance)
        begins = minute_of(to_ns(self._clock.now()))
        pause_s = _ROUND_S / max(len(given), 1)
        for count, shown in given:
            await asyncio.sleep(pause_s)
            self._check(count, shown)
        if not given:
            await asyncio.sleep(_ROUND_S)
        await self.flush()
        # of those before, none is counted or checked any more
        self._counts[:] = [count for count in self._counts if count.minute >= begins or not count.written]

    def _check(self, count: _Count, shown: Shown) -> None:
        held = self._mirror.past.held(shown.account, as_of=shown.as_of, seq=shown.position)
        if held is None:
            return
        right = is_right(shown, held)
        count.checked += 1
        count.wrong += not right
        count.written = False
        self.checked += 1
        self.wrong += not right
        if not right:
            _log.error(
                "wrong_balance_shown",
                institution=self._institution,
                source=shown.source.value,
                mode=shown.mode.value,
                reason=shown.reason.value,
            )

    def _row(self, count: _Count) -> tuple[str, int, str, int, int, int, int, int]:
        return (
            self._institution,
            count.minute,
            count.capability.value,
            self._life,
            count.answered,
            count.unanswered,
            count.checked,
            count.wrong,
        )

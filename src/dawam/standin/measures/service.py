"""Counts answers where they leave the desk, checks shown balances again, and writes both down."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from math import ceil

import msgspec
import structlog

from dawam.kernel import EPOCH, DawamError, IntegrityBroken, Unavailable, from_ns, to_ns
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

Key = tuple[int, Capability]


class _Count(msgspec.Struct, gc=False):
    """One capability's minute in this life, as it is counted."""

    answered: int = 0
    unanswered: int = 0
    checked: int = 0
    wrong: int = 0


class _Given(msgspec.Struct, frozen=True):
    """A balance that was shown, and in which minute."""

    key: Key
    shown: Shown


class _Asked:
    """A question under way: when the call fails, it is left without an answer."""

    def __init__(self, left: Callable[[], None]) -> None:
        self._left = left

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, _FAILURES):
            self._left()


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
        self._minute = 0
        self._minute_ends = EPOCH
        self._counts: dict[Key, _Count] = {}
        self._unwritten: set[Key] = set()
        self._given: Sample[_Given] = Sample(self._size, self._chance)
        self._asked = {capability: _Asked(partial(self._left, capability)) for capability in Capability}
        self.checked = 0
        self.wrong = 0

    # told by the desk

    def asked(self, capability: Capability) -> AbstractContextManager[None]:
        """Around the call that answers a question."""
        return self._asked[capability]

    def balance(self, answer: Shown | Withheld) -> None:
        """A balance was shown, and may be checked again; or it was withheld."""
        if isinstance(answer, Withheld):
            self._left(Capability.BALANCE)
            return
        self._given.offer(_Given(self._answered(Capability.BALANCE), answer))

    def payment(self, capability: Capability, receipt: Receipt) -> None:
        """A new payment was decided, or is pending."""
        if is_answered(receipt):
            self._answered(capability)
        else:
            self._left(capability)

    def statement(self, page: StatementPage | None, *, mirrored: bool) -> None:
        """A statement was shown, or is not there; `mirrored` says whether any could be."""
        if page is not None:
            self._answered(Capability.STATEMENT)
        elif not mirrored:
            self._left(Capability.STATEMENT)

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
        keys, self._unwritten = self._unwritten, set()
        rows = [
            (self._institution, minute, capability.value, self._life, *msgspec.structs.astuple(count))
            for minute, capability in sorted(keys)
            for count in [self._counts[minute, capability]]
        ]
        if not rows:
            return
        written = False
        try:
            await self._storage.write(lambda tx: store.write(tx, rows))
            written = True
        except DawamError as error:
            _log.error("measures_not_recorded", institution=self._institution, code=error.code)
        finally:
            if not written:
                self._unwritten |= keys

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
        for one in given:
            await asyncio.sleep(pause_s)
            self._check(one)
        if not given:
            await asyncio.sleep(_ROUND_S)
        await self.flush()
        for key in [key for key in self._counts if key[0] < begins and key not in self._unwritten]:
            del self._counts[key]

    def _check(self, given: _Given) -> None:
        shown = given.shown
        held = self._mirror.past.held(shown.account, as_of=shown.as_of, seq=shown.position)
        if held is None:
            return
        count = self._counts[given.key]
        count.checked += 1
        self.checked += 1
        self._unwritten.add(given.key)
        if is_right(shown, held):
            return
        count.wrong += 1
        self.wrong += 1
        _log.error(
            "wrong_balance_shown",
            institution=self._institution,
            source=shown.source.value,
            mode=shown.mode.value,
            reason=shown.reason.value,
        )

    def _answered(self, capability: Capability) -> Key:
        key = self._key(capability)
        self._counts[key].answered += 1
        return key

    def _left(self, capability: Capability) -> None:
        self._counts[self._key(capability)].unanswered += 1

    def _key(self, capability: Capability) -> Key:
        """The capability's count in the present minute, which is to be written."""
        now = self._clock.now()
        if now >= self._minute_ends:
            self._minute = minute_of(to_ns(now))
            self._minute_ends = from_ns(self._minute) + MINUTE
        key = (self._minute, capability)
        if key not in self._unwritten:
            self._unwritten.add(key)
            self._counts.setdefault(key, _Count())
        return key

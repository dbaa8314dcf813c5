"""What the detectors have seen of a primary: counts and moments, never an account or an amount."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from dawam.guard import Judgement, Pattern, StormEvidence
from dawam.kernel import Clock
from dawam.primary import Fault
from dawam.standin.messages import Capability
from dawam.standin.modes.model import Signals
from dawam.standin.settings import DetectionSettings, Window


class Watch:
    """The guard's observer and the payments' witness; asks for a new decision at every bad sign."""

    def __init__(self, clock: Clock, settings: DetectionSettings, windows: tuple[Window, ...]) -> None:
        self._clock = clock
        self._settings = settings
        self._configured = windows
        self._announced: tuple[Window, ...] = ()
        self._slow: deque[bool] = deque(maxlen=settings.slow_calls)
        self._reads_failed = 0
        self._writes_failed = 0
        self._last_read_outage: datetime | None = None
        self._last_write_outage: datetime | None = None
        self._last_slow: datetime | None = None
        self._last_contradiction: datetime | None = None
        self._shadow_proofs = 0
        self._storm = False
        self._storm_evidence: StormEvidence | None = None
        self._fault: Fault | None = None
        self.pattern: Pattern | None = None
        self.last_proof_of_life: datetime | None = None
        self.operator: frozenset[Capability] = frozenset()
        self._order: str | None = None
        self.on_bad_sign: list[Callable[[], None]] = []
        self.alarm = asyncio.Event()

    def answered(self, latency_s: float) -> None:
        """A read was answered, whatever it said."""
        self._reads_failed = 0
        self.last_proof_of_life = self._clock.now()
        late = latency_s > self._settings.slow_after_s
        self._slow.append(late)
        if late:
            if self._is_slow():
                self._last_slow = self._clock.now()
            self._bad()

    def failed(self, fault: Fault) -> None:
        """A read brought no usable answer."""
        self._reads_failed += 1
        if self._reads_failed >= self._settings.failures_to_trip:
            self._last_read_outage = self._clock.now()
        self._fault = fault
        self._bad()

    def write_answered(self) -> None:
        """A payment or an advice was answered."""
        self._writes_failed = 0
        self.last_proof_of_life = self._clock.now()

    def write_failed(self, fault: Fault) -> None:
        """A payment or an advice brought no usable answer."""
        self._writes_failed += 1
        if self._writes_failed >= self._settings.failures_to_trip:
            self._last_write_outage = self._clock.now()
        self._fault = fault
        self._bad()

    def proved(self) -> None:
        """A balance of the primary was proved."""
        self._shadow_proofs += 1

    def contradicted(self, judgement: Judgement) -> None:
        """A balance of the primary was contradicted."""
        self._shadow_proofs = 0
        self._last_contradiction = self._clock.now()
        self._bad()

    def storm(self, pattern: Pattern, evidence: StormEvidence) -> None:
        """Contradictions have become too many to be chance."""
        self._storm = True
        self.pattern = pattern
        self._storm_evidence = evidence
        self._bad()

    def calm(self) -> None:
        """The storm has been acted on; from here it is held by what shadow reads show."""
        self._storm = False

    def signals(self, feed_age_s: float, suspects: int) -> Signals:
        """Everything the rules need, as of now."""
        now = self._clock.now()
        return Signals(
            read_failures=self._reads_failed,
            write_failures=self._writes_failed,
            last_read_outage_at=self._last_read_outage,
            last_write_outage_at=self._last_write_outage,
            slow=self._is_slow(),
            last_slow_at=self._last_slow,
            storm=self._storm,
            last_contradiction_at=self._last_contradiction,
            shadow_proofs=self._shadow_proofs,
            suspects=suspects,
            feed_age_s=feed_age_s,
            maintenance=frozenset(
                capability for window in self._open(now) for capability in window.capabilities
            ),
            operator=self.operator,
        )

    def order(self, capabilities: frozenset[Capability], *, by: str, reason: str) -> None:
        """An operator's order: which capabilities stand in, whatever the detectors say."""
        self.operator = capabilities
        self._order = f"{by}: {reason[:200]}"

    def schedule(self, windows: Sequence[Window]) -> None:
        """The announced windows from now on, beside those of the settings."""
        self._announced = tuple(windows)

    def maintained_until(self, capability: Capability) -> datetime | None:
        """When the work that takes a capability now is to end; None without any."""
        ends = [one.ends_at for one in self._open(self._clock.now()) if capability in one.capabilities]
        return max(ends, default=None)

    def answers_well(self) -> bool:
        """Whether the last probe was answered, and the last answers were not late."""
        return self.last_proof_of_life is not None and not self._reads_failed and not self._is_slow()

    def suspicious(self) -> bool:
        """Whether something went wrong lately enough to look closely."""
        return bool(self._reads_failed or self._writes_failed or self._storm)

    def forget_failures(self) -> None:
        """The primary has been well long enough: failures of the past count no more."""
        self._writes_failed = 0
        self._slow.clear()
        self.pattern = None

    def evidence(self, feed_age_s: float) -> str:
        """The counts behind a decision, in words for the record."""
        parts = [f"read_failures={self._reads_failed}", f"write_failures={self._writes_failed}"]
        if self._fault is not None and (self._reads_failed or self._writes_failed):
            parts.append(f"fault={self._fault.value}")
        if self.pattern is not None and self._last_contradiction is not None:
            parts.append(f"pattern={self.pattern.value}")
        if (storm := self._storm_evidence) is not None:
            parts.append(f"contradicted_accounts={storm.accounts} in_answers={storm.answers}")
        if self._order is not None:
            parts.append(f"order=({self._order})")
        parts.append(f"slow={sum(self._slow)}/{len(self._slow)}")
        parts.append(f"feed_age_s={feed_age_s:.1f}")
        return " ".join(parts)

    def _open(self, now: datetime) -> list[Window]:
        """The windows in which work is under way."""
        return [one for one in (*self._configured, *self._announced) if one.starts_at <= now < one.ends_at]

    def _is_slow(self) -> bool:
        looked_at = len(self._slow)
        full = looked_at == self._settings.slow_calls
        return full and sum(self._slow) >= self._settings.slow_share * looked_at

    def _bad(self) -> None:
        self.alarm.set()
        for told in self.on_bad_sign:
            told()

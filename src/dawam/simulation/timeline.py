"""What a run looked like, sampled at equal steps: the source of the report's charts."""

import asyncio
from datetime import datetime

import msgspec

from dawam.simulation.answers import AnswerBook
from dawam.simulation.stage import Stage
from dawam.standin import Mode


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One step: answers since the step before, the rest as of `at`."""

    at: datetime
    mode: str
    share_percent: int
    from_primary: int
    from_stand_in: int
    withheld: int
    wrong: int
    age_s: float
    exposure_minor: int
    advices_waiting: int


_WORST = {Mode.STANDING_IN: 2, Mode.RECOVERING: 1, Mode.NORMAL: 0}


class Timeline:
    """Samples of one run."""

    def __init__(self, stage: Stage, answers: AnswerBook) -> None:
        self._stage = stage
        self._answers = answers
        self._before = (0, 0, 0, 0)
        self.samples: list[Sample] = []

    async def run(self, every_s: float) -> None:
        """Forever: one sample a step."""
        while True:
            await asyncio.sleep(every_s)
            self.sample()

    def sample(self) -> None:
        """One sample now."""
        now = self._stage.world.clock.now()
        desk = self._stage.desk
        book = self._answers
        totals = (
            book.by_source.get("primary", 0),
            book.by_source.get("stand-in", 0),
            book.withheld,
            book.wrong,
        )
        primary, stand_in, withheld, wrong = (
            total - before for total, before in zip(totals, self._before, strict=True)
        )
        self._before = totals
        mode, share_percent, age_s, exposure_minor, waiting = "gone", 0, 0.0, 0, 0
        if desk is not None:
            state = max(desk.capabilities(), key=lambda each: _WORST[each.mode])
            mode, share_percent = state.mode.value, state.share_percent
            booked_at = desk.mirror.position().last_booked_at
            age_s = (now - booked_at).total_seconds() if booked_at else 0.0
            exposure_minor = desk.exposure_minor()
            waiting = desk.advices.outstanding.waiting
        self.samples.append(
            Sample(
                at=now,
                mode=mode,
                share_percent=share_percent,
                from_primary=primary,
                from_stand_in=stand_in,
                withheld=withheld,
                wrong=wrong,
                age_s=age_s,
                exposure_minor=exposure_minor,
                advices_waiting=waiting,
            )
        )

"""What a real run looked like, sampled at equal steps: the source of the report's charts."""

import asyncio

from dawam.kernel import Clock
from dawam.simulation.answers import AnswerBook
from dawam.simulation.oracle import Oracle
from dawam.simulation.real.watch import Watch
from dawam.simulation.timeline import Sample


class RealTimeline:
    """Samples of one run; answers are judged on the way."""

    def __init__(self, watch: Watch, answers: AnswerBook, oracle: Oracle, clock: Clock) -> None:
        self._watch = watch
        self._answers = answers
        self._oracle = oracle
        self._clock = clock
        self._before = (0, 0, 0, 0)
        self.samples: list[Sample] = []

    async def run(self, every_s: float) -> None:
        """Forever: one sample a step."""
        while True:
            await asyncio.sleep(every_s)
            self.sample()

    def sample(self) -> None:
        """One sample now."""
        book, watch, now = self._answers, self._watch, self._clock.now()
        if self._oracle.heard_at is not None:
            book.judge(until=self._oracle.heard_at)
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
        state, books = watch.worst, watch.books
        booked_at = books.last_booked_at if books else None
        self.samples.append(
            Sample(
                at=now,
                mode="gone" if watch.gone or state is None else state.mode.value,
                share_percent=state.share_percent if state else 0,
                from_primary=primary,
                from_stand_in=stand_in,
                withheld=withheld,
                wrong=wrong,
                age_s=max(0.0, (now - booked_at).total_seconds()) if booked_at else 0.0,
                exposure_minor=books.exposure_minor if books else 0,
                advices_waiting=books.waiting if books else 0,
            )
        )

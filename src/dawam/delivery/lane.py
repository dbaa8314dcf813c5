"""One way's work: claim what is due, send at its pace, mark what became of it; one transaction a turn.

Promises: a message is marked as being sent, durably, before it is sent; so its tries are counted even if the
process dies of it. What was claimed and not marked is sent again, under the same id.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from dawam.delivery import store
from dawam.delivery.model import (
    Away,
    Ended,
    Later,
    Outcome,
    Outgoing,
    State,
    Waits,
    Way,
    backoff_s,
    follows,
)
from dawam.delivery.pace import Pace
from dawam.delivery.senders import Sender
from dawam.delivery.settings import PaceSettings
from dawam.kernel import DawamError, World, to_ns
from dawam.storage import Storage, Tx

_GRACE_S = 2.0
_GATHER_S = 0.01
_log = structlog.get_logger("dawam.delivery")

Told = Callable[[Tx, list[tuple[str, State, str]]], None]


class Lane:
    """The queue of one way."""

    def __init__(
        self,
        way: Way,
        sender: Sender,
        settings: PaceSettings,
        *,
        storage: Storage,
        world: World,
        look_every_s: float,
        told: Told,
    ) -> None:
        self._way = way
        self._sender = sender
        self._settings = settings
        self._storage = storage
        self._world = world
        self._look_every_s = look_every_s
        self._told = told
        self._pace = Pace(settings, world)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._finished: list[tuple[Outgoing, Outcome]] = []
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._news = asyncio.Event()
        self._in_doubt = True  # an earlier life may have left messages under way

    async def run(self) -> None:
        """Forever; when cancelled, what has been sent is marked before it ends."""
        await self._sender.open()
        try:
            while True:
                try:
                    await self.turn()
                except Exception as error:
                    code = error.code if isinstance(error, DawamError) else type(error).__name__
                    _log.error("delivery_turn_failed", way=self._way.value, code=code)
                    self._in_doubt = True
                    await asyncio.sleep(1.0)
                await self._rest()
        finally:
            await self._stop()

    async def turn(self) -> int:
        """Mark what is finished and take what is due; how many messages that were."""
        now = self._world.clock.now()
        if self._in_doubt:
            await self._storage.write(self._recover)
            self._in_doubt = False
        room = self._pace.room(2 * self._settings.concurrency, len(self._under_way))
        at = to_ns(now)
        due = room > 0 and self._storage.read(lambda rows: store.any_due(rows, self._way, at))
        if not due and not self._finished:
            return 0
        finished, self._finished = self._finished, []
        decided = [(message, self._decide(message, outcome, now)) for message, outcome in finished]

        def verb(tx: Tx) -> list[Outgoing]:
            self._mark(tx, decided, at)
            return store.claim(tx, self._way, room, now=at) if due else []

        try:
            claimed = await self._storage.write(verb)
        except BaseException:
            self._finished = finished + self._finished
            raise
        for message, _ in finished:
            self._under_way.pop(message.key, None)
        self._pace.spend(len(claimed))
        for message in claimed:
            self._under_way[message.key] = asyncio.create_task(self._deliver(message))
        return len(finished) + len(claimed)

    def _decide(self, message: Outgoing, outcome: Outcome, now: datetime) -> Waits | Ended:
        wait_s = backoff_s(
            message.tries,
            chance=self._world.entropy.random(),
            first_s=self._settings.first_retry_s,
            longest_s=self._settings.longest_retry_s,
        )
        return follows(
            outcome,
            message.tries,
            now=now,
            wait_s=wait_s,
            tries_max=self._settings.tries,
            expires_at=message.expires_at,
        )

    def _mark(self, tx: Tx, decided: list[tuple[Outgoing, Waits | Ended]], at: int) -> None:
        ended: list[tuple[str, State, str]] = []
        waits: list[tuple[str, int, int, str]] = []
        for message, then in decided:
            if isinstance(then, Ended):
                ended.append((message.key, then.state, then.code))
            else:
                waits.append((message.key, to_ns(then.until), then.tries, then.code))
        self._told(tx, ended)
        store.end(tx, ended, now=at)
        store.give_back(tx, waits)

    def _recover(self, tx: Tx) -> None:
        """Nobody sends these: they wait again, or have been tried often enough."""
        at = to_ns(self._world.clock.now())
        orphans = [each for each in store.orphans(tx, self._way) if each[0] not in self._under_way]
        most = self._settings.tries
        spent = [(key, State.FAILED, "interrupted") for key, tries in orphans if tries >= most]
        self._told(tx, spent)
        store.end(tx, spent, now=at)
        store.give_back(tx, [(key, at, tries, "interrupted") for key, tries in orphans if tries < most])

    async def _deliver(self, message: Outgoing) -> None:
        async with self._slots:
            try:
                outcome = Away("way_paused") if self._pace.paused else await self._sender.send(message)
            except Exception as error:  # a bug of a way out must not lose the message
                _log.error("way_out_failed", way=self._way.value, error=type(error).__name__)
                outcome = Later("way_out_failed")
        self._note(outcome)
        self._finished.append((message, outcome))
        self._news.set()

    def _note(self, outcome: Outcome) -> None:
        if isinstance(outcome, Away):
            if self._pace.went_away():
                _log.warning("way_away", way=self._way.value, code=outcome.code)
        elif self._pace.came_back():
            _log.info("way_back", way=self._way.value)

    async def _rest(self) -> None:
        """Until something is finished, and a little longer, so that one transaction marks many."""
        self._news.clear()
        if not self._finished:
            try:
                async with asyncio.timeout(self._look_every_s):
                    await self._news.wait()
            except TimeoutError:
                return
        if 2 * len(self._finished) < len(self._under_way):
            await asyncio.sleep(_GATHER_S)

    async def _stop(self) -> None:
        tasks = list(self._under_way.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_GRACE_S)
            for task in late:
                task.cancel()
        at = self._world.clock.now()
        decided = [(message, self._decide(message, outcome, at)) for message, outcome in self._finished]
        self._finished = []
        try:
            if decided:
                await self._storage.write(lambda tx: self._mark(tx, decided, to_ns(at)))
        except DawamError as error:  # the next life sends these again, under the same ids
            _log.error("delivery_marks_lost", way=self._way.value, code=error.code)
        finally:
            await self._sender.close()

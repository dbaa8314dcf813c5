"""Codes are hashed slowly, and a node goes on answering meanwhile."""

import asyncio
import random
import re
import threading

from dawam.people import Argon2, ThreadedArgon2


class Watched(ThreadedArgon2):
    """Remembers which threads it works in, and how many at once."""

    def __init__(self):
        super().__init__()
        self.threads = set()
        self.busy = 0
        self.most = 0
        self.lock = threading.Lock()

    def _verified(self, hashed, secret):
        with self.lock:
            self.threads.add(threading.current_thread())
            self.busy += 1
            self.most = max(self.most, self.busy)
        try:
            return super()._verified(hashed, secret)
        finally:
            with self.lock:
                self.busy -= 1


def test_threads_hash_what_the_loop_would_have_hashed():
    async def both():
        here, aside = Argon2(), ThreadedArgon2()
        made = [await one.of("123456", random.Random(1)) for one in (here, aside)]
        assert made[0] == made[1]
        assert await here.fits(made[1], "123456")
        assert await aside.fits(made[0], "123456")
        assert not await aside.fits(made[0], "123457")

    asyncio.run(both())


def test_the_loop_turns_while_codes_are_tried_two_at_a_time():
    watched = Watched()

    async def work():
        turns = 0
        trying = asyncio.gather(*(watched.fits(watched.nobodys, "123456") for _ in range(6)))
        while not trying.done():
            turns += 1
            await asyncio.sleep(0)
        assert await trying == [False] * 6
        return turns

    assert asyncio.run(work()) > 6
    assert threading.main_thread() not in watched.threads
    assert watched.most <= 2


def test_nobodys_hash_costs_what_anybodys_does():
    hashing = Argon2()
    anybodys = asyncio.run(hashing.of("123456", random.Random(1)))
    cost = re.compile(r"^\$argon2id\$v=19\$m=19456,t=2,p=1\$")
    assert cost.match(anybodys)
    assert cost.match(hashing.nobodys)

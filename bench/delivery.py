"""A queue of messages drained to a local sink by one process, against bare calls of the same sink.

The sink is a process of its own on loopback. `line` gets one line a message, on one connection; `webhook`
gets signed HTTP posts. Three figures:

fan_out   messages queued a second by a resumable fan-out, each page one durable transaction with its place,
          while nothing is sent; a fan-out rests twice as long as each page takes, so that it holds the writer
          a third of the time
drain     messages sent and marked a second: claimed durably before, marked durably after
together  both at once, as it happens: from the first page to the last mark
bare      the sink called as many times with the same concurrency, and nothing kept

Run: `python bench/delivery.py [--messages 100000] [--sink line|webhook] [--part apart|together]
[--engine sqlite|postgresql] [--json]`. On SQLite each part has a new file in a temporary folder, with
`synchronous=FULL`; on PostgreSQL a new database of a server of its own, which waits for its disk.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from aiohttp import web
from ledger_parts.server import Server

from dawam.app import system_world
from dawam.delivery import (
    TABLES,
    Delivery,
    DeliverySecrets,
    DeliverySettings,
    Later,
    Message,
    Outcome,
    Outgoing,
    PaceSettings,
    Page,
    Sender,
    Sent,
    SmsSettings,
    State,
    Way,
    WebhookSettings,
    senders_of,
)
from dawam.storage import Storage, Tx, outbox

CONCURRENCY = {"line": 512, "webhook": 64}
WAYS = {"line": Way.SMS, "webhook": Way.WEBHOOK}


class Counting:
    """A sender that counts what was taken, so that the queue need not be asked."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.taken = 0

    async def open(self) -> None:
        await self.sender.open()

    async def send(self, message: Outgoing) -> Outcome:
        outcome = await self.sender.send(message)
        self.taken += isinstance(outcome, Sent)
        return outcome

    async def close(self) -> None:
        await self.sender.close()


class LineSender:
    """Writes ids as lines and takes the answers in their order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waiting: deque[asyncio.Future[bytes]] = deque()
        self.writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        if self.writer is None:
            reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.task = asyncio.create_task(self.read(reader))

    async def read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self.waiting.popleft().set_result(line)

    async def send(self, message: Outgoing) -> Outcome:
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        if self.writer is not None:
            self.writer.write(message.id.encode() + b"\n")
        return Sent() if await future == b"ok\n" else Later("sink_refused")

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.task.cancel()


class Numbers:
    """Numbered recipients who all get the same text with a link of their own."""

    def __init__(self, way: Way, to: str) -> None:
        self.way = way
        self.to = to

    def page(self, tx: Tx, subject: str, place: str, limit: int, now: datetime) -> Page:
        count, first = int(subject), int(place or 0)
        last = min(first + limit, count)
        return Page(
            tuple(self.message(number) for number in range(first, last)), None if last == count else str(last)
        )

    def message(self, number: int) -> Message:
        return Message(
            key=f"01JNOTICE00000000000000000:{number:026}",
            way=self.way,
            to=self.to.format(number),
            locale="ar",
            subject="صيانة مجدولة",
            body='{"type": "notice.published", "data": {"code": "ABC-123"}}',
            link=f"https://status.example.com/ar/subscriptions/stop/{number:026}",
            owner=f"{number:026}",
            about="01JSUBJECT0000000000000000",
        )


async def serve_lines() -> int:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while block := await reader.read(1 << 16):
            writer.write(b"ok\n" * block.count(b"\n"))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


async def serve_http() -> int:
    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=204)

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


async def be_sink(kind: str) -> None:
    port = await (serve_lines() if kind == "line" else serve_http())
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Bench:
    """One queue, one sink."""

    def __init__(self, kind: str, url: str, port: int, count: int) -> None:
        self.way, self.count = WAYS[kind], count
        self.concurrency = CONCURRENCY[kind]
        self.world = system_world()
        self.clock = self.world.clock.monotonic
        pace = PaceSettings(concurrency=self.concurrency)
        self.settings = DeliverySettings(
            sms=SmsSettings(host="x", system_id="x", password_env="X", source="x", pace=pace),
            webhook=WebhookSettings(secret_env="X", allowed_networks=("127.0.0.0/8",), pace=pace),
        )
        self.port = port
        to = "+2010{:09}" if kind == "line" else f"http://127.0.0.1:{port}/{{}}"
        self.numbers = Numbers(self.way, to)
        self.storage = Storage.open(url, tables=[*TABLES, *outbox.TABLES])

    def sender(self) -> Sender:
        if self.way is Way.SMS:
            return LineSender(self.port)
        secrets = DeliverySecrets(webhook_secret="secret")
        only = DeliverySettings(webhook=self.settings.webhook)
        return senders_of(only, secrets, self.world)[Way.WEBHOOK]

    def delivery(self) -> Delivery:
        self.counting = Counting(self.sender())
        found = Delivery(self.storage, self.world, self.settings, senders={self.way: self.counting})
        found.fan_outs.sources["numbers"] = self.numbers
        return found

    async def start(self, delivery: Delivery, name: str) -> None:
        await self.storage.write(
            lambda tx: delivery.fan_outs.start(tx, name, source="numbers", subject=str(self.count))
        )

    async def timed(self, work: Callable[[], Awaitable[None]]) -> float:
        began = self.clock()
        await work()
        return self.count / (self.clock() - began)

    async def bare(self) -> None:
        sender = self.sender()
        await sender.open()
        numbers = iter(range(self.count))

        async def caller() -> None:
            for number in numbers:
                message = self.numbers.message(number)
                outcome = await sender.send(
                    Outgoing(
                        key=message.key,
                        way=message.way,
                        to=message.to,
                        locale=message.locale,
                        subject=message.subject,
                        body=message.body,
                        html="",
                        link=message.link,
                        urgent=False,
                        about="",
                        tries=1,
                        expires_at=None,
                    )
                )
                if not isinstance(outcome, Sent):
                    raise RuntimeError(f"the sink took it not: {outcome}")

        await asyncio.gather(*(caller() for _ in range(self.concurrency)))
        await sender.close()

    async def fan_out(self, delivery: Delivery) -> None:
        await self.start(delivery, "a")
        while await delivery.fan_outs.turn():
            pass

    async def drained(self, delivery: Delivery) -> None:
        task = asyncio.create_task(delivery.run())
        while not self.is_drained(delivery):
            if task.done():
                await task
            await asyncio.sleep(0.25)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def is_drained(self, delivery: Delivery) -> bool:
        if self.counting.taken < self.count:
            return False
        return delivery.counts()[self.way].get(State.SENT, 0) == self.count

    async def together(self, delivery: Delivery) -> None:
        await self.start(delivery, "b")
        await self.drained(delivery)


async def measure(arguments: argparse.Namespace, new_url: Callable[[], str]) -> dict[str, float]:
    sink = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "--be-sink", "--sink", arguments.sink),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        port = int(await sink.stdout.readline())  # type: ignore[union-attr]
        found: dict[str, float] = {}
        for part in arguments.part or ("apart", "together"):
            bench = Bench(arguments.sink, new_url(), port, arguments.messages)
            delivery = bench.delivery()
            if part == "apart":
                found["bare_per_s"] = await bench.timed(bench.bare)
                found["fan_out_per_s"] = await bench.timed(lambda: bench.fan_out(delivery))  # noqa: B023
                found["drain_per_s"] = await bench.timed(lambda: bench.drained(delivery))  # noqa: B023
            else:
                found["together_per_s"] = await bench.timed(lambda: bench.together(delivery))  # noqa: B023
            bench.storage.close()
        if "bare_per_s" in found:
            found["drain_to_bare"] = found["drain_per_s"] / found["bare_per_s"]
        return found
    finally:
        if sink.stdin is not None:
            sink.stdin.close()
        await sink.wait()


@contextmanager
def new_databases(engine: str) -> Iterator[Callable[[], str]]:
    """What makes the URL of a new database."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            numbers = itertools.count()
            yield lambda: f"sqlite:///{folder}/{next(numbers)}.db"
        return
    server = Server()
    if server.missing:
        raise SystemExit(server.missing)
    try:
        yield server.url
    finally:
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--sink", choices=sorted(WAYS), default="line")
    parser.add_argument("--part", action="append", choices=("apart", "together"), help="only this")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--be-sink", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if arguments.be_sink:
        asyncio.run(be_sink(arguments.sink))
        return
    with new_databases(arguments.engine) as new_url:
        found = asyncio.run(measure(arguments, new_url))
    if arguments.json:
        print(json.dumps({"messages": arguments.messages, "sink": arguments.sink, **found}))
        return
    for name, value in found.items():
        print(f"{name:16} {value:12,.2f}" if name.endswith("bare") else f"{name:16} {value:12,.0f}")


if __name__ == "__main__":
    main()

"""A message centre: SMPP 3.4 with bind_transceiver, submit_sm, deliver_sm, enquire_link and unbind."""

import asyncio
from dataclasses import dataclass, field
from struct import pack, unpack

BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x09, 0x04, 0x05, 0x06, 0x15
RESPONSE = 0x80000000
THROTTLED, WRONG_NUMBER, BIND_FAILED = 0x58, 0x0B, 0x0D


@dataclass
class Submitted:
    source: str
    source_kind: int
    to: str
    to_kind: int
    esm_class: int
    coding: int
    receipt: int
    octets: bytes
    options: dict = field(default_factory=dict)

    @property
    def header(self):
        return self.octets[: self.octets[0] + 1] if self.esm_class & 0x40 else b""

    @property
    def text(self):
        body = self.octets[len(self.header) :]
        return body.decode("utf-16-be") if self.coding == 8 else body.decode("ascii")


class Centre:
    """Takes everything, or answers with the statuses that it is given, in order."""

    def __init__(self, password="secret"):
        self.password = password
        self.got: list[Submitted] = []
        self.statuses: list[int] = []
        self.acknowledged: list[int] = []
        self.silent = False
        self.binds = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._seq = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        self.cut()

    def cut(self):
        """The line breaks."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def deliver(self, number, text, *, esm_class=0, header=b""):
        """Somebody writes to us."""
        body = header + text.encode("utf-16-be")
        pdu = b"\0" + pack("!BB", 1, 1) + number.encode() + b"\0" + pack("!BB", 3, 1) + b"1234\0"
        pdu += pack("!BBB", esm_class, 0, 0) + b"\0\0" + pack("!BBBBB", 0, 0, 8, 0, len(body)) + body
        self._seq += 1
        writer = self._writers[-1]
        writer.write(pack("!IIII", 16 + len(pdu), DELIVER, 0, self._seq) + pdu)
        await writer.drain()

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        try:
            while True:
                length, command, _status, seq = unpack("!IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                self._take(writer, command, seq, body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _take(self, writer, command, seq, body):
        if command == BIND:
            self.binds += 1
            password = body.split(b"\0")[1].decode()
            status = 0 if password == self.password else BIND_FAILED
            self._answer(writer, command, status, seq, b"centre\0")
        elif command == SUBMIT:
            self.got.append(parsed(body))
            if not self.silent:
                status = self.statuses.pop(0) if self.statuses else 0
                self._answer(writer, command, status, seq, b"" if status else b"id-%d\0" % len(self.got))
        elif command in (ENQUIRE, UNBIND):
            self._answer(writer, command, 0, seq, b"")
        elif command == DELIVER | RESPONSE:
            self.acknowledged.append(seq)

    def _answer(self, writer, command, status, seq, body):
        writer.write(pack("!IIII", 16 + len(body), command | RESPONSE, status, seq) + body)


def parsed(body):
    place = 0

    def text():
        nonlocal place
        end = body.index(b"\0", place)
        found, place = body[place:end].decode(), end + 1
        return found

    def number():
        nonlocal place
        place += 1
        return body[place - 1]

    text()
    source_kind, _ = number(), number()
    source = text()
    to_kind, _ = number(), number()
    to = text()
    esm_class = number()
    number(), number()
    text(), text()
    receipt, _ = number(), number()
    coding, _, length = number(), number(), number()
    octets = body[place : place + length]
    place += length
    options = {}
    while place < len(body):
        tag, size = unpack("!HH", body[place : place + 4])
        options[tag] = body[place + 4 : place + 4 + size]
        place += 4 + size
    return Submitted(source, source_kind, to, to_kind, esm_class, coding, receipt, octets, options)

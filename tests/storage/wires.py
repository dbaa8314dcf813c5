"""A wire to a PostgreSQL server that can be cut at a chosen word: a COMMIT, `spared` of which pass before."""

import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Thread

COMMIT = b"COMMIT\0"
_OLD = b"server_version\x0014"


class Wire:
    """Stands between a client and the server's socket. `url` is the way through it."""

    def __init__(self, url, *, oldest=False):
        server = url.split("host=")[1]
        self._folder = tempfile.TemporaryDirectory(prefix="dawam-wire-")
        self._server = str(Path(server) / ".s.PGSQL.5432")
        self._oldest = oldest
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(Path(self._folder.name) / ".s.PGSQL.5432"))
        self._listener.listen()
        self._open = []
        self.cut_before = self.cut_after = self.refusing = False
        self.spared = 0
        self.url = url.replace(server, self._folder.name)
        Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Cut every connection at once."""
        for end in self._open:
            end.close_both()
        self._open.clear()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._folder.cleanup()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._open.append(_Pair(self, client, server, oldest=self._oldest))


class _Pair:
    def __init__(self, wire, client, server, *, oldest):
        self._wire, self._client, self._server, self._oldest = wire, client, server, oldest
        self._committing = False
        Thread(target=self._outward, daemon=True).start()
        Thread(target=self._homeward, daemon=True).start()

    def close_both(self):
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _outward(self):
        while (data := self._received(self._client)) is not None:
            commits = COMMIT in data
            if commits and self._wire.spared:
                self._wire.spared -= 1
                commits = False
            if commits and self._wire.cut_before:
                self._wire.cut_before = False
                break
            self._committing = commits and self._wire.cut_after
            with suppress(OSError):  # the other thread has closed both
                self._server.sendall(data)
        self.close_both()

    def _homeward(self):
        while (data := self._received(self._server)) is not None:
            if self._committing:  # the server has said that it committed; nobody hears it
                self._wire.cut_after = False
                break
            if self._oldest:
                at = data.find(_OLD[:-2])
                data = data if at < 0 else data[:at] + _OLD + data[at + len(_OLD) :]
            with suppress(OSError):
                self._client.sendall(data)
        self.close_both()

    def _received(self, end):
        try:
            return end.recv(65536) or None
        except OSError:
            return None

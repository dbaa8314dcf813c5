"""Reading a snapshot file: newline-delimited JSON, plain or gzip, complete only with its end line.

Refused, each with the number of its line: a line that is not a snapshot line, a line after the end. A file
without the end line, or a gzip file that was cut, is truncated. Source: contracts, section 1, `/v1/snapshot`.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import msgspec

from dawam.kernel import InvalidInput
from dawam.primary import SnapshotEnd, SnapshotLine

_GZIP = b"\x1f\x8b"
_LINE_MAX = 65_536

_line = msgspec.json.Decoder(SnapshotLine)
_end = msgspec.json.Decoder(SnapshotEnd)


class Snapshot:
    """A complete snapshot in a file: its end line, and its lines as often as wanted."""

    def __init__(self, file: Path, end: SnapshotEnd) -> None:
        self._file = file
        self.end = end

    def __iter__(self) -> Iterator[SnapshotLine]:
        for message in _messages(self._file):
            if isinstance(message, SnapshotLine):
                yield message


def read_snapshot(file: Path) -> Snapshot:
    """Check a file from the first line to the end line; the lines are not kept in memory.

    Raises: InvalidInput `snapshot_unreadable`, `snapshot_line_malformed`, `snapshot_truncated`.
    """
    end: SnapshotEnd | None = None
    for message in _messages(file):
        if isinstance(message, SnapshotEnd):
            end = message
    if end is None:
        raise InvalidInput("snapshot_truncated", file=str(file))
    return Snapshot(file, end)


def _messages(file: Path) -> Iterator[SnapshotLine | SnapshotEnd]:
    ended = False
    try:
        with _opened(file) as stream:
            number = 0
            while raw := stream.readline(_LINE_MAX):
                number += 1
                if not raw.strip():
                    continue
                message = None if ended else _message(raw)
                if message is None:
                    raise InvalidInput(
                        "snapshot_truncated" if _cut(raw) and not ended else "snapshot_line_malformed",
                        file=str(file),
                        line=number,
                    )
                ended = isinstance(message, SnapshotEnd)
                yield message
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise InvalidInput("snapshot_truncated", file=str(file)) from None
        reason = os.strerror(error.errno or 0)
        raise InvalidInput("snapshot_unreadable", file=str(file), reason=reason) from None
    except (EOFError, zlib.error):
        raise InvalidInput("snapshot_truncated", file=str(file)) from None


def _opened(file: Path) -> IO[bytes]:
    with open(file, "rb") as stream:
        compressed = stream.read(2) == _GZIP
    return cast("IO[bytes]", gzip.open(file, "rb")) if compressed else open(file, "rb")


def _cut(raw: bytes) -> bool:
    """Whether the file ended within this line."""
    return not raw.endswith(b"\n") and len(raw) < _LINE_MAX


def _message(raw: bytes) -> SnapshotLine | SnapshotEnd | None:
    """The line as a message; None when it is none."""
    try:
        return _line.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        end = _end.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return end if end.end else None

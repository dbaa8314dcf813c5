"""A snapshot over HTTP is complete, or it is refused."""

import pytest

from dawam.primary import Fault, SnapshotEnd, SnapshotLine

from .wire import CALLS, asked, failed

LINE = b'{"account":"A","currency":"EGP","balance_minor":5,"last_seq":1}\n'
END = b'{"end":true,"accounts":2,"last_seq":9}\n'


def test_a_snapshot_is_its_lines_and_its_end() -> None:
    lines, _ = asked(LINE + LINE + END, CALLS["snapshot"])
    assert [type(line) for line in lines] == [SnapshotLine, SnapshotLine, SnapshotEnd]
    assert lines[2].last_seq == 9
    assert len(asked(LINE + LINE + END[:-1], CALLS["snapshot"])[0]) == 3


@pytest.mark.parametrize(
    "body",
    [
        LINE + LINE,
        LINE + END,
        LINE + LINE + END + LINE,
        LINE + LINE + END + END,
        LINE + LINE + LINE + END,
        LINE + b"\n" + LINE + END,
        LINE + LINE[:-9] + END,
        LINE + LINE + END.replace(b"true", b"false"),
        b" " * 100_000,
    ],
)
def test_an_incomplete_or_overlong_snapshot_is_refused(body: bytes) -> None:
    assert failed(CALLS["snapshot"], lambda wire: wire.says(body))[0].fault is Fault.MALFORMED


def test_a_snapshot_of_any_size_is_streamed() -> None:
    count = 20_000
    end = b'{"end":true,"accounts":%d,"last_seq":9}' % count
    lines, _ = asked(LINE * count + end, CALLS["snapshot"])
    assert len(lines) == count + 1

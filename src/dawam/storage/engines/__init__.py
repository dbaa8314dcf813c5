"""The engines that Dawam writes on, chosen by the database's URL."""

from dawam.kernel import InvalidInput
from dawam.storage.engines.postgresql import PREFIX as POSTGRESQL_PREFIX
from dawam.storage.engines.postgresql import PostgresqlEngine
from dawam.storage.engines.protocol import Engine, Failure, Mark, Session, Value
from dawam.storage.engines.sqlite import IN_MEMORY, SqliteEngine
from dawam.storage.engines.sqlite import PREFIX as SQLITE_PREFIX

__all__ = ["Engine", "Failure", "Mark", "Session", "Value", "engine_of"]

_KNOWN = "sqlite://, sqlite:///FILE, postgresql://USER@HOST/DATABASE"


def engine_of(url: str) -> Engine:
    """The engine that a URL names; nothing is opened yet.

    Raises: InvalidInput `database_url_unknown`.
    """
    if url == IN_MEMORY or (url.startswith(SQLITE_PREFIX) and url != SQLITE_PREFIX):
        return SqliteEngine(url)
    if url.startswith(POSTGRESQL_PREFIX):
        engine = PostgresqlEngine.of(url)
        if engine is not None:
            return engine
    raise InvalidInput("database_url_unknown", url=_without_secrets(url), known=_KNOWN)


def _without_secrets(url: str) -> str:
    """What may be shown of a URL: neither user and password nor parameters."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    return (scheme + separator + rest.rsplit("@", 1)[-1].split("?", 1)[0])[:80]

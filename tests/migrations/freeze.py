"""The frozen DDL of the newest revision: what makes the tables that the version before has not.

Run as a program it writes them beside the revision, once its tables have changed, until it is released:

    python tests/migrations/freeze.py
"""

import re
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from sqlalchemy import Table, create_mock_engine, inspect

from dawam.migrations import TABLES, migrate
from dawam.storage import SCHEMA_VERSION, looking, metadata

PLACE = Path(sys.modules["dawam.migrations"].__file__ or "").parent / f"version_{SCHEMA_VERSION}"
ENGINES = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}
_HEAD = (
    f"-- Tables of version {SCHEMA_VERSION} that version {SCHEMA_VERSION - 1} has not, as {{engine}} takes "
    "them. Statements end at a line `--;`.\n\n"
)


def frozen(engine: str) -> str:
    """The code's tables as a file of statements, triggers and indexes too."""
    said: list[str] = []
    dialect = create_mock_engine(
        ENGINES[engine], lambda sql, *_, **__: said.append(str(sql.compile(dialect=dialect.dialect)).strip())
    )
    metadata.create_all(dialect, tables=new_tables(), checkfirst=False)
    statements = [re.sub(r"[ \t]+\n", "\n", one.replace("\t", "    ")) for one in said]
    return _HEAD.format(engine=engine) + "\n--;\n".join(_ordered(statements)) + "\n"


def _ordered(statements: list[str]) -> list[str]:
    """A table's indexes come in no order; here by name, so that the file is the same each time."""
    groups = groupby(statements, lambda one: one.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX")))
    return [one for indexes, group in groups for one in (sorted(group) if indexes else group)]


def new_tables() -> list[Table]:
    """The code's tables that the version before the newest has not."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "before.db"
        file.touch()
        migrate(f"sqlite:///{file}", to=SCHEMA_VERSION - 1, backup=False)
        with looking(f"sqlite:///{file}") as rows:
            before = set(inspect(rows.connection).get_table_names())
    return [table for table in TABLES if table.name not in before]


if __name__ == "__main__":
    for name in ENGINES:
        PLACE.joinpath(f"{name}.sql").write_text(frozen(name), encoding="utf-8")

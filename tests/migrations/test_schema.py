"""A database that was migrated and one that was made new are the same, on both engines."""

from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, inspect

from dawam.migrations import TABLES, check, migrate
from dawam.storage import SCHEMA_VERSION, Rows, Storage, looking, metadata

from .conftest import Place
from .freeze import ENGINES, PLACE, frozen

VERSIONS = list(range(1, SCHEMA_VERSION + 1))


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "dawam:migrations")
    return ScriptDirectory.from_config(config)


def emptied(url: str) -> str:
    """An empty database, where a file stands for one too."""
    if url.startswith("sqlite:///"):
        open(url.removeprefix("sqlite:///"), "wb").close()
    return url


def shape(url: str) -> dict[str, Any]:
    """Everything that reflection tells of a database."""
    with looking(url) as rows:
        inspector = inspect(rows.connection)
        return {name: table_shape(inspector, name) for name in sorted(inspector.get_table_names())}


def table_shape(inspector: Inspector, name: str) -> dict[str, Any]:
    return {
        "columns": [{**column, "type": repr(column["type"])} for column in inspector.get_columns(name)],
        "key": inspector.get_pk_constraint(name),
        "references": by_name(inspector.get_foreign_keys(name)),
        "unique": by_name(inspector.get_unique_constraints(name)),
        "checks": by_name(inspector.get_check_constraints(name)),
        "indexes": by_name(inspector.get_indexes(name)),
    }


def by_name(found: list[Any]) -> list[str]:
    return sorted(said(one) for one in found)


def said(value: Any) -> str:
    """A text of any value, clauses of SQL too."""
    if isinstance(value, dict):
        return str({key: said(of) for key, of in sorted(value.items())})
    return str(value)


def test_every_revision_follows_the_one_before_and_none_is_missing() -> None:
    found = list(reversed(list(scripts().walk_revisions())))
    assert [int(script.revision) for script in found] == VERSIONS
    assert [script.down_revision for script in found[1:]] == [script.revision for script in found[:-1]]


def test_every_revision_says_why() -> None:
    assert [script.revision for script in scripts().walk_revisions() if "Why:" not in script.longdoc] == []


def test_all_of_our_tables_are_migrated() -> None:
    known = {table.name for table in TABLES} | {"schema", "writer_lease"}
    assert set(metadata.tables) <= known


def test_an_empty_database_migrated_is_the_same_as_a_new_one(place: Place) -> None:
    migrated, new = emptied(place("migrated")), place("new")
    migrate(migrated)
    Storage.open(new, tables=TABLES, inline=True).close()
    Storage.open(migrated, tables=TABLES, inline=True).close()
    assert shape(migrated) == shape(new)


def test_the_tables_of_a_migrated_database_are_those_of_the_code(place: Place) -> None:
    url = emptied(place("migrated"))
    migrate(url)
    report = check(url)
    assert report.differences == []
    assert report.ok


@pytest.mark.parametrize("engine", ENGINES)
def test_the_newest_revision_makes_what_the_code_has(engine: str) -> None:
    """Until it is released, `freeze.py` writes it anew."""
    assert PLACE.joinpath(f"{engine}.sql").read_text(encoding="utf-8") == frozen(engine)


def triggers(url: str) -> list[Any]:
    """The triggers, which reflection does not tell of, as the engine keeps them."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    postgresql = (
        "SELECT tgname, pg_get_triggerdef(t.oid), prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
        "WHERE NOT tgisinternal ORDER BY tgname"
    )
    with looking(url) as rows:
        found = rows.connection.exec_driver_sql(sqlite if url.startswith("sqlite") else postgresql)
        return [tuple(row) for row in found]


def test_a_migrated_database_refuses_what_a_new_one_refuses(place: Place) -> None:
    migrated, new = emptied(place("migrated")), place("new")
    migrate(migrated)
    Storage.open(new, tables=TABLES, inline=True).close()
    assert triggers(migrated) == triggers(new)
    assert triggers(new)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_revision_leads_from_the_one_before(place: Place, version: int) -> None:
    url = emptied(place("stepwise"))
    migrate(url, to=version - 1)
    done = migrate(url, to=version)
    assert (done.before, done.after) == (version - 1, version)
    with looking(url) as rows:
        assert stamped(rows) == ("dawam", version)


def stamped(rows: Rows) -> tuple[Any, ...]:
    return tuple(rows.execute(metadata.tables["schema"].select()).one())


def test_the_version_stands_in_one_place_only(place: Place) -> None:
    url = emptied(place("migrated"))
    migrate(url)
    assert "alembic_version" not in shape(url)
    assert migrate(url).before == SCHEMA_VERSION


def test_a_difference_is_named(place: Place) -> None:
    url = place("differing")
    storage = Storage.open(url, tables=TABLES, inline=True)
    storage.write_now(lambda tx: tx.connection.exec_driver_sql("DROP INDEX advices_waiting") and None)
    storage.write_now(
        lambda tx: tx.connection.exec_driver_sql("ALTER TABLE advices ADD COLUMN extra INTEGER") and None
    )
    storage.close()
    report = check(url)
    assert not report.ok
    assert sorted(report.differences) == ["add_index advices_waiting", "remove_column advices.extra"]


def test_slices_that_are_not_there_are_not_missed(place: Place) -> None:
    url = place("ledger_only")
    from dawam import ledger

    Storage.open(url, tables=ledger.TABLES, inline=True).close()
    report = check(url, audit=True)
    assert report.slices == ["ledger"]
    assert report.ok
    assert report.audit is not None


def test_half_a_slice_is_missed(place: Place) -> None:
    from dawam import wallet

    url = place("half")
    Storage.open(url, tables=wallet.TABLES[:2], inline=True).close()
    assert check(url).differences != []

"""The tables of people are as the code has them, and can be copied from one engine to another."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select

from dawam.people import TABLES
from dawam.storage import Storage, metadata

from .test_trail import written
from .world import MONA, Town

NAMES = {table.name for table in TABLES}


def test_the_tables_are_as_the_code_has_them(town):
    def differences(rows):
        options = {"include_object": lambda thing, name, kind, *_: kind != "table" or name in NAMES}
        return compare_metadata(MigrationContext.configure(rows.connection, opts=options), metadata)

    assert town.storage.read(differences) == []


@pytest.mark.parametrize("directly", [True, False])
def test_a_copy_has_the_same_trail_which_cannot_be_changed_either(town, tmp_path, postgresql_url, directly):
    town.add(MONA)
    written(town, 3)
    target = postgresql_url if directly else f"sqlite:///{tmp_path / 'copy.db'}"
    if target == postgresql_url and "sqlite" not in town.storage.read(lambda r: r.connection.dialect.name):
        target = f"sqlite:///{tmp_path / 'copy.db'}"
    rows = {
        table: town.storage.read(
            lambda rows, table=table: [
                tuple(row) for row in rows.execute(select(*table.columns).order_by(*table.primary_key))
            ]
        )
        for table in TABLES
    }
    copy = Storage.open(target, tables=TABLES, inline=True)

    def take(tx):
        for table in TABLES:
            if rows[table]:
                tx.many(insert(table), rows[table])

    copy.write_now(take)
    copy.close()
    other = Town(target)
    assert other.people.trail.check() == town.people.trail.check()
    assert other.people.customers.customer(MONA.id) == MONA
    with pytest.raises(Exception, match="append-only"):
        other.storage.write_now(lambda tx: tx.execute(TABLES[-1].delete()))
    other.close()

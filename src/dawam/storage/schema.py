"""Which layout of tables a database has: made when it is new, refused when it is another's or newer."""

from collections.abc import Sequence

from sqlalchemy import Table, insert, inspect, select

from dawam.kernel import Conflict, InvalidInput
from dawam.storage.engines import Session
from dawam.storage.tables import COPY_NAME, SCHEMA_VERSION, schema, writer_lease


def ensure_schema(
    session: Session, tables: Sequence[Table], where: str, name: str, *, read_only: bool
) -> None:
    """Make the tables of a new database; let one pass that has them.

    Raises: InvalidInput `database_newer`, `database_older`, `database_foreign`; Conflict
    `database_copy_unfinished`, `database_not_empty`.
    """
    connection = session.connection
    present = set(inspect(connection).get_table_names())
    if schema.name not in present:
        if present or read_only:
            raise InvalidInput("database_foreign", file=where)
        session.begin(None)
        once = dict.fromkeys((schema, writer_lease, *tables))  # slices may share a table, such as the outbox
        schema.metadata.create_all(connection, tables=list(once))
        connection.execute(insert(schema).values(name=name, version=SCHEMA_VERSION))
        session.commit()
        return
    versions = connection.execute(select(schema.c.name, schema.c.version)).all()
    if len(versions) != 1:
        raise InvalidInput("database_foreign", file=where)
    called, found = versions[0]
    _check_name(called, name, where)
    if found != SCHEMA_VERSION:
        code = "database_newer" if found > SCHEMA_VERSION else "database_older"
        raise InvalidInput(code, file=where, found=found, supported=SCHEMA_VERSION)
    if any(table.name not in present for table in tables):
        raise InvalidInput("database_foreign", file=where)
    if writer_lease.name not in present and not read_only:
        # databases of the first release have none; whoever writes makes it
        writer_lease.create(connection)


def _check_name(found: str, wanted: str, where: str) -> None:
    """The target of a copy that is not finished serves nothing else, and nothing else is a target."""
    if found == wanted:
        return
    if found == COPY_NAME:
        raise Conflict("database_copy_unfinished", file=where)
    raise Conflict("database_not_empty", file=where)

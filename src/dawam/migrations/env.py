"""What Alembic runs: the revisions, on the connection and in the transaction that `service` gives it."""

from alembic import context

from dawam.migrations import tables  # with it Alembic finds the version in the row of `schema`

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    version_table=tables.VERSION_TABLE,
)
context.run_migrations()

"""Rooms for what people see: people, messages, notices, incidents, windows, orders; and the outbox.

Why: pages, notices and messages keep their own facts beside the books, and slices tell each other news in the
transaction of the fact. Nothing that version 2 holds is changed.
"""

from alembic import op

from dawam.migrations.version_3 import statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the new tables."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)

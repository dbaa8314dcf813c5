"""The tables of the first release.

Why: a database that is made by migrating and one that the first release made are the same.
"""

from alembic import op

from dawam.migrations.version_1 import tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every slice's tables in an empty database."""
    tables.metadata.create_all(op.get_bind(), checkfirst=False)

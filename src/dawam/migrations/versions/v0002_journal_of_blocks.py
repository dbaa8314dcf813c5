"""The ledger as one journal of blocks with indexes that follow; the writer's lease; wide numbers.

Why: a commit then writes blocks of records and one checkpoint instead of a row a transfer and its indexes,
and every record can be proved (RFC 9162) to whoever has a signed checkpoint. The lease fences a second node.
The wallet's events are counted beyond 2^31, which is as far as PostgreSQL's INTEGER goes.
"""

from alembic import op

from dawam.migrations.version_2 import convert

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Convert every record, its old seal checked."""
    given = op.get_context().config.attributes  # type: ignore[union-attr]
    convert(given["rows"], given["on_progress"])

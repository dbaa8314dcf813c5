"""The trees of balances at hand: what is kept of them, so that a proof is made by reading some twenty rows.

A row of `trees` is written last: without one, what stands under its size in the others is not finished.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Table

from dawam.storage import metadata


def _key(name: str) -> "Column[int]":
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


trees = Table(
    "ledger_trees",
    metadata,
    _key("size"),  # of the journal when the balances stood so
    _key("ledger"),
    Column("accounts", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),  # what its salts are made of: docs/proofs.md
    CheckConstraint("accounts > 0", name="ledger_trees_accounts"),
)

nodes = Table(
    "ledger_tree_nodes",
    metadata,
    _key("size"),
    _key("ledger"),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("nodes", LargeBinary, nullable=False),
)

leaves = Table(
    "ledger_tree_leaves",
    metadata,
    _key("size"),
    _key("ledger"),
    _key("number"),  # of the block's first account
    Column("block", Integer, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
)

TABLES: list[Table] = [trees, nodes, leaves]

"""All SQL of the trees of balances."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select

from dawam.ledger import records
from dawam.ledger.proofs.tables import leaves, nodes, trees
from dawam.ledger.store import first_of
from dawam.ledger.tables import checkpoints, journal
from dawam.storage import Rows, Tx

NODES_PER_PART = 256
DROPPED_AT_ONCE = 1000
_BLOCKS = 2048
_NODE_BYTES = 64


class Tree(NamedTuple):
    """A tree that is at hand."""

    size: int
    ledger: int
    accounts: int
    key: bytes


class LeafRow(NamedTuple):
    """A block of leaves: of which tree, its first account's number, its place, the leaves."""

    size: int
    ledger: int
    number: int
    block: int
    leaves: bytes


_of_size: Any = bindparam("size")
_of_ledger: Any = bindparam("ledger")
_insert_tree = insert(trees)
_insert_nodes = insert(nodes)
_insert_leaves = insert(leaves)
_sizes = select(trees.c.size).distinct().order_by(trees.c.size.desc())
_newest = select(func.max(trees.c.size))
_tree = select(trees.c.size, trees.c.ledger, trees.c.accounts, trees.c.key).where(
    trees.c.size == _of_size, trees.c.ledger == _of_ledger
)
_part = select(nodes.c.nodes).where(
    nodes.c.size == _of_size, nodes.c.ledger == _of_ledger, nodes.c.part == bindparam("part")
)
_block = first_of(
    select(leaves.c.size, leaves.c.ledger, leaves.c.number, leaves.c.block, leaves.c.leaves)
    .where(leaves.c.size == _of_size, leaves.c.ledger == _of_ledger, leaves.c.number <= bindparam("number"))
    .order_by(leaves.c.number.desc())
)
_next_size_of_leaves = select(func.min(leaves.c.size)).where(leaves.c.size > bindparam("above"))
_next_size_of_nodes = select(func.min(nodes.c.size)).where(nodes.c.size > bindparam("above"))
_some_leaves = first_of(
    select(leaves.c.size, leaves.c.ledger, leaves.c.number)
    .where(leaves.c.size == _of_size)
    .order_by(leaves.c.ledger, leaves.c.number),
    DROPPED_AT_ONCE,
)
_delete_trees = delete(trees).where(trees.c.size == _of_size)
_delete_nodes = delete(nodes).where(nodes.c.size == _of_size)
_delete_leaves = delete(leaves).where(
    leaves.c.size == bindparam("of_size"),
    leaves.c.ledger == bindparam("of_ledger"),
    leaves.c.number == bindparam("of_number"),
)
_last_signed = first_of(
    select(checkpoints.c.size, checkpoints.c.root, checkpoints.c.note)
    .where(checkpoints.c.note.is_not(None))
    .order_by(checkpoints.c.size.desc())
)
_account_blocks = first_of(
    select(journal.c.seq, journal.c.records)
    .where(journal.c.kind == bindparam("kind"), journal.c.seq > bindparam("above"))
    .where(journal.c.seq <= bindparam("last"))
    .order_by(journal.c.seq),
    _BLOCKS,
)


def add_leaves(tx: Tx, rows: Sequence[LeafRow]) -> None:
    """Insert blocks of leaves."""
    tx.many(_insert_leaves, rows)


def add_nodes(tx: Tx, size: int, ledger: int, kept: bytes) -> None:
    """Insert all nodes of a tree."""
    step = NODES_PER_PART * _NODE_BYTES
    tx.many(
        _insert_nodes, [(size, ledger, at // step, kept[at : at + step]) for at in range(0, len(kept), step)]
    )


def add_trees(tx: Tx, found: Iterable[Tree]) -> None:
    """Say that trees are finished."""
    tx.many(_insert_tree, list(found))


def newest(rows: Rows) -> int | None:
    """The largest size of which the trees are at hand."""
    ((size,),) = rows.fetch(_newest)
    return None if size is None else int(size)


def tree(rows: Rows, size: int, ledger: int) -> Tree | None:
    """The tree of a ledger at a size."""
    found = rows.fetch(_tree, (size, ledger))
    return Tree(*found[0]) if found else None


def node(rows: Rows, of: Tree, number: int) -> bytes:
    """The nth kept node of a tree: its hash and its sums; nothing, where it is missing."""
    part, place = divmod(number, NODES_PER_PART)
    found = rows.fetch(_part, (of.size, of.ledger, part))
    return found[0][0][place * _NODE_BYTES : (place + 1) * _NODE_BYTES] if found else b""


def block_of(rows: Rows, of: Tree, number: int) -> LeafRow | None:
    """The block in which an account would stand."""
    found = rows.fetch(_block, (of.size, of.ledger, number))
    return LeafRow(*found[0]) if found else None


def sizes(rows: Rows) -> list[int]:
    """Every size of which the trees are at hand, the newest first."""
    return [row[0] for row in rows.fetch(_sizes)]


def begun_sizes(rows: Rows) -> set[int]:
    """Every size of which anything stands there, finished or not."""
    found = set(sizes(rows))
    for query in (_next_size_of_leaves, _next_size_of_nodes):
        above = -1
        while (size := rows.fetch(query, (above,))[0][0]) is not None:
            found.add(size)
            above = size
    return found


def drop_some(tx: Tx, size: int) -> bool:
    """Delete a part of what stands under a size; False when that was the last of it."""
    rows = tx.fetch(_some_leaves, (size,))
    if rows:
        tx.many(_delete_trees, [(size,)])
        tx.many(_delete_leaves, rows)
        return True
    tx.many(_delete_trees, [(size,)])
    tx.many(_delete_nodes, [(size,)])
    return False


def last_signed(rows: Rows) -> tuple[int, bytes, str] | None:
    """Size, root and text of the last checkpoint that is signed."""
    found = rows.fetch(_last_signed)
    return (found[0][0], found[0][1], found[0][2]) if found else None


def account_records(rows: Rows, last: int) -> Iterator[bytes]:
    """The records of all accounts up to a position, in order, some ten thousand at a time."""
    above = 0
    while page := rows.fetch(_account_blocks, (records.ACCOUNT, above, last)):
        yield b"".join([stored for _, stored in page])
        above = page[-1][0]

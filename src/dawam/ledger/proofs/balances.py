"""The tree of balances: what the institution owes to whom, summed up to one root for each currency.

A leaf is an account; each node commits to two sums over its accounts: `owed`, of the balances above zero,
and `owing`, of those below zero, as positive numbers. So no debt can be hidden behind somebody's overdraft.

    leaf = SHA-256(0x00 || salt 16 || account id 16 || owed 16 || owing 16)
    node = SHA-256(0x01 || left hash 32 || left owed 16 || left owing 16 || the same three of the right)

Why both children's sums stand in a node's hash, and not their total alone: in the plain sum tree of Maxwell
and Todd a node is SHA-256(left hash || right hash || left sum + right sum), so whoever builds it may tell the
customers on the left one split of the total and those on the right another, and prove to each of them a
root that owes less than all of them together. Source: Hu, Zhang, Guo, ePrint 2018/1139.

The shape is that of RFC 9162 over leaf numbers from 0. A proof shows other accounts' sums, never whose: the
salt keeps anybody from trying out account ids and balances against a hash. Page: docs/proofs.md.
"""

import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import iter_unpack
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dawam.kernel import IntegrityBroken, invariant

SALT_SIZE = 16
BLOCK = 256
"""So many leaves are worked out again for a proof; of the tree, only what is above them is kept."""

_ID_SIZE = _SUM_SIZE = 16
_HASH_SIZE = 32
_PART_SIZE = _HASH_SIZE + 2 * _SUM_SIZE
_BLOCK_LEVEL = 8
_STRETCH = 16_384
_LEAF = b"\x00"
_NODE = b"\x01"

Bytes = NDArray[np.uint8]
Level = TypeVar("Level")
Leaves = tuple[bytes, NDArray[np.int64]]
"""Neighbouring accounts: their ids, 16 bytes each, one after the other; and their balances."""


@dataclass(frozen=True)
class Part:
    """A leaf or node: its hash and the two sums under it."""

    hash: bytes
    owed: int
    owing: int

    @property
    def record(self) -> bytes:
        """What the node above hashes of it: 64 bytes."""
        return self.hash + self.owed.to_bytes(_SUM_SIZE, "big") + self.owing.to_bytes(_SUM_SIZE, "big")


@dataclass(frozen=True)
class BalancesRoot:
    """What a checkpoint says of the balances of one currency."""

    ledger: int
    count: int
    hash: bytes
    owed: int
    owing: int


@dataclass(frozen=True)
class BalanceProof:
    """That an account with this balance is part of a tree of balances: see `verify_balance`.

    `size` is the number of journal records after which the balances stood so; `path` the siblings, lowest
    first.
    """

    ledger: int
    size: int
    account_id: int
    balance: int
    salt: bytes
    index: int
    count: int
    path: tuple[Part, ...]


def verify_balance(proof: BalanceProof, root: BalancesRoot) -> bool:
    """Whether the proof leads to this root: to its hash, and to its sums."""
    found = _leaf(proof.account_id, proof.balance, proof.salt)
    if (proof.ledger, proof.count) != (root.ledger, root.count) or found is None:
        return False
    if len(proof.path) != path_length(proof.index, proof.count):
        return False
    index, count, siblings = proof.index, proof.count, iter(proof.path)
    while count > 1 and found is not None:
        if index ^ 1 < count:
            sibling = next(siblings)
            found = _above(sibling, found) if index & 1 else _above(found, sibling)
        index, count = index >> 1, (count + 1) >> 1
    return found == Part(root.hash, root.owed, root.owing)


def path_length(index: int, count: int) -> int:
    """How many siblings stand on the way from a leaf to the root."""
    length = 0
    while count > 1:
        length += index ^ 1 < count
        index, count = index >> 1, (count + 1) >> 1
    return length


class BalancesTree:
    """The balances of one currency as they stood after `size` records of the journal.

    Keeps 64 bytes for each block of 256 accounts, and as much again for what is above: `nodes`, level by
    level from the blocks up to the root. They may as well be a mapped file: a proof reads some thousand bytes
    of them. `leaves(first, count)` gives the accounts of a block again, as they stood then.
    """

    def __init__(
        self,
        nodes: bytes | memoryview,
        *,
        ledger: int,
        size: int,
        count: int,
        salt_key: bytes,
        leaves: Callable[[int, int], Leaves],
    ) -> None:
        self.ledger, self.size, self.count = ledger, size, count
        self._key = tree_key(salt_key, ledger=ledger, size=size)
        self._leaves = leaves
        self._parts = np.frombuffer(nodes, np.uint8).reshape(-1, _PART_SIZE)
        kept = sum(width for _, width in kept_levels(count))
        invariant(count > 0 and kept == len(self._parts), "every node above the blocks is there")

    @classmethod
    def build(
        cls,
        batches: Iterable[Leaves],
        *,
        ledger: int,
        size: int,
        salt_key: bytes,
        leaves: Callable[[int, int], Leaves],
    ) -> "BalancesTree":
        """The tree over all accounts of a ledger, given in their order, in batches of any length.

        Raises: IntegrityBroken `balances_unequal`.
        """
        builder = TreeBuilder(tree_key(salt_key, ledger=ledger, size=size), ledger=ledger)
        for ids, balances in _stretches(batches):
            builder.add(ids, balances)
        nodes, root = builder.finish()
        return cls(nodes, ledger=ledger, size=size, count=root.count, salt_key=salt_key, leaves=leaves)

    @property
    def nodes(self) -> bytes:
        """What the tree keeps: give it again, and the tree is at hand at once."""
        return self._parts.tobytes()

    @property
    def root(self) -> BalancesRoot:
        """What the checkpoint says."""
        top = _part(self._node(len(self._parts) - 1))
        return BalancesRoot(self.ledger, self.count, top.hash, top.owed, top.owing)

    def prove(self, index: int) -> BalanceProof:
        """The proof of the account at a place in the ledger's order, from 0.

        Raises: IntegrityBroken `balances_differ`, where the accounts are not those that the tree is over.
        """
        invariant(0 <= index < self.count, "the account stands in the tree")
        first = index - index % BLOCK
        return prove_leaf(
            index,
            self._leaves(first, min(BLOCK, self.count - first)),
            root=self.root,
            size=self.size,
            key=self._key,
            node=self._node,
        )

    def _node(self, number: int) -> bytes:
        return bytes(self._parts[number])


class TreeBuilder:
    """A tree of balances that grows: give it the accounts of a ledger in their order, block by block."""

    def __init__(self, key: bytes, *, ledger: int) -> None:
        self._key = key
        self._ledger = ledger
        self._blocks = bytearray()
        self._is_whole = True
        self.count = 0

    def add(self, ids: bytes, balances: NDArray[np.int64]) -> None:
        """Whole blocks of 256 accounts; the last ones may be fewer."""
        invariant(self._is_whole, "only the last block may be shorter")
        self._is_whole = len(balances) % BLOCK == 0
        self.count += len(balances)
        self._blocks += _levels(_leaf_parts(self._key, ids, balances), _BLOCK_LEVEL)[-1].tobytes()

    def finish(self) -> tuple[bytes, BalancesRoot]:
        """All nodes that are kept, level by level from the blocks up to the root; and the root.

        Raises: IntegrityBroken `balances_unequal`, where the accounts owe another sum than they are owed:
        in double entry they never do.
        """
        levels = _levels(np.frombuffer(bytes(self._blocks), np.uint8).reshape(-1, _PART_SIZE))
        top = _part(levels[-1][0].tobytes())
        if top.owed != top.owing:
            raise IntegrityBroken("balances_unequal", ledger=self._ledger)
        nodes = b"".join(level.tobytes() for level in levels)
        return nodes, BalancesRoot(self._ledger, self.count, top.hash, top.owed, top.owing)


def prove_leaf(
    index: int, block: Leaves, *, root: BalancesRoot, size: int, key: bytes, node: Callable[[int], bytes]
) -> BalanceProof:
    """The proof of the account at a place in its ledger's order, given its block and the tree's nodes.

    `node(n)` gives the nth of the kept nodes; some ten of them are asked for. `key` is the tree's.
    Raises: IntegrityBroken `balances_differ`, where block, nodes and root are not of one tree.
    """
    ids, balances = block
    place, number = index % BLOCK, index // BLOCK
    below = _levels(_leaf_parts(key, ids, balances), _BLOCK_LEVEL)
    siblings = [
        level[sibling].tobytes() for level, sibling in _beside(below[:-1], place) if sibling < len(level)
    ]
    siblings += [
        node(first + sibling)
        for (first, width), sibling in _beside(kept_levels(root.count), number)
        if sibling < width
    ]
    account = ids[place * _ID_SIZE : (place + 1) * _ID_SIZE]
    proof = BalanceProof(
        ledger=root.ledger,
        size=size,
        account_id=int.from_bytes(account, "big"),
        balance=int(balances[place]),
        salt=_salt(key, account),
        index=index,
        count=root.count,
        path=tuple(map(_part, siblings)),
    )
    if not verify_balance(proof, root):
        raise IntegrityBroken("balances_differ", ledger=root.ledger, first=index - place)
    return proof


def kept_levels(count: int) -> list[tuple[int, int]]:
    """Of each level that is kept of a tree over so many accounts: its first node's number, and its width."""
    levels = [(0, -(-count // BLOCK))]
    while levels[-1][1] > 1:
        first, width = levels[-1]
        levels.append((first + width, (width + 1) // 2))
    return levels


def tree_key(salt_key: bytes, *, ledger: int, size: int) -> bytes:
    """What the salts of one tree are made of, so that no two trees share a salt."""
    tree = b"dawam-balances" + ledger.to_bytes(4, "big") + size.to_bytes(8, "big")
    return hmac.digest(salt_key, tree, "sha256")


def _leaf(account_id: int, balance: int, salt: bytes) -> Part | None:
    """A leaf; None of what no leaf can hold."""
    owed, owing = max(balance, 0), max(-balance, 0)
    if len(salt) != SALT_SIZE or account_id >> 128 or (owed | owing) >> 128:
        return None
    sums = owed.to_bytes(_SUM_SIZE, "big") + owing.to_bytes(_SUM_SIZE, "big")
    return Part(sha256(_LEAF + salt + account_id.to_bytes(_ID_SIZE, "big") + sums).digest(), owed, owing)


def _above(left: Part, right: Part) -> Part | None:
    """The node over two; None where a sum does not fit into its 16 bytes."""
    owed, owing = left.owed + right.owed, left.owing + right.owing
    if (owed | owing) >> 128:
        return None
    return Part(sha256(_NODE + left.record + right.record).digest(), owed, owing)


def _salt(tree_key: bytes, account: bytes) -> bytes:
    """An account's salt. Of inputs of one length SHA-256 with a key before them is as good as an HMAC."""
    return sha256(tree_key + account).digest()[:SALT_SIZE]


def _stretches(batches: Iterable[Leaves]) -> Iterable[Leaves]:
    """The same accounts in stretches of whole blocks; the last one as it comes."""
    ids, waiting, held = bytearray(), list[NDArray[np.int64]](), 0
    for batch_ids, batch in batches:
        invariant(len(batch_ids) == _ID_SIZE * len(batch), "there is a balance for each id")
        ids += batch_ids
        waiting.append(batch)
        held += len(batch)
        if held >= _STRETCH:
            balances, whole = np.concatenate(waiting), held - held % BLOCK
            yield bytes(ids[: whole * _ID_SIZE]), balances[:whole]
            ids, waiting, held = ids[whole * _ID_SIZE :], [balances[whole:]], held - whole
    if held:
        yield bytes(ids), np.concatenate(waiting)


def _leaf_parts(tree_key: bytes, ids: bytes, balances: NDArray[np.int64]) -> Bytes:
    """Leaves as they stand below a node: a row of 64 bytes each."""
    count = len(balances)
    salts = b"".join([_salt(tree_key, account) for (account,) in iter_unpack(f"{_ID_SIZE}s", ids)])
    sums = np.zeros((count, 4), ">u8")
    sums[:, 1] = np.where(balances > 0, balances, 0)
    sums[:, 3] = np.where(balances < 0, -balances, 0)
    rows = np.zeros((count, 1 + SALT_SIZE + _ID_SIZE + 2 * _SUM_SIZE), np.uint8)
    rows[:, 1:17] = np.frombuffer(salts, np.uint8).reshape(-1, SALT_SIZE)
    rows[:, 17:33] = np.frombuffer(ids, np.uint8).reshape(-1, _ID_SIZE)
    rows[:, 33:] = sums.view(np.uint8)
    return _hashed(rows, sums)


def _parents(parts: Bytes) -> Bytes:
    """The level above; the last of an odd number stands in it as it is."""
    if len(parts) == 1:
        return parts
    pairs = len(parts) // 2
    rows = np.empty((pairs, 1 + 2 * _PART_SIZE), np.uint8)
    rows[:, 0] = _NODE[0]
    rows[:, 1:] = parts[: 2 * pairs].reshape(pairs, -1)
    children = parts[: 2 * pairs, _HASH_SIZE:].copy().view(">u8").astype(np.uint64).reshape(pairs, 2, 2, 2)
    low = children[:, 0, :, 1] + children[:, 1, :, 1]
    carried = (low < children[:, 0, :, 1]).astype(np.uint64)
    sums = np.empty((pairs, 2, 2), ">u8")
    sums[:, :, 0] = children[:, 0, :, 0] + children[:, 1, :, 0] + carried
    sums[:, :, 1] = low
    return np.concatenate((_hashed(rows, sums.reshape(pairs, 4)), parts[2 * pairs :]))


def _hashed(rows: Bytes, sums: NDArray[np.uint64]) -> Bytes:
    """The parts whose hashes are over these rows."""
    count, width = rows.shape
    hashes = b"".join([sha256(row).digest() for (row,) in iter_unpack(f"{width}s", rows.tobytes())])
    parts = np.empty((count, _PART_SIZE), np.uint8)
    parts[:, :_HASH_SIZE] = np.frombuffer(hashes, np.uint8).reshape(-1, _HASH_SIZE)
    parts[:, _HASH_SIZE:] = sums.view(np.uint8)
    return parts


def _levels(parts: Bytes, height: int | None = None) -> list[Bytes]:
    """These parts and what is above them: so many levels, or up to the root."""
    levels = [parts]
    while len(levels[-1]) > 1 if height is None else len(levels) <= height:
        levels.append(_parents(levels[-1]))
    return levels


def _beside(levels: Sequence[Level], index: int) -> Iterable[tuple[Level, int]]:
    """Each level on the way up, and where the sibling stands in it, if there is one."""
    for level in levels:
        yield level, index ^ 1
        index >>= 1


def _part(record: bytes) -> Part:
    owed, owing = record[_HASH_SIZE : _HASH_SIZE + _SUM_SIZE], record[_HASH_SIZE + _SUM_SIZE :]
    return Part(record[:_HASH_SIZE], int.from_bytes(owed, "big"), int.from_bytes(owing, "big"))

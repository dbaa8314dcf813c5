"""The Merkle tree of RFC 9162, section 2.1, with SHA-256: hashes, proofs, and a tree that grows.

Makers of proofs are given hashes by the program, and fail an invariant on what cannot be. Verifiers are
given whatever somebody sent: bytes in, bool out; anything malformed is False, never an exception.

A tree of n leaves is covered by complete subtrees, one for each bit of n that is set. `Node(level, number)`
names the complete subtree over the leaves from number * 2^level up to (number + 1) * 2^level.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import repeat
from typing import NamedTuple

from dawam.kernel.errors import invariant

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
SIZE_MAX = 2**64 - 1
BAND = 8
"""Subtrees of each 8th level are worth keeping: with them, a proof reads at most 256 nodes a band."""

_LEAF = b"\x00"
_NODE = b"\x01"
_LEVELS = 64
_join = b"".join


class Node(NamedTuple):
    """The place of a complete subtree: over leaves number * 2^level … (number + 1) * 2^level - 1."""

    level: int
    number: int


class Subtree(NamedTuple):
    """A complete subtree: its place and its root."""

    level: int
    number: int
    hash: bytes


def leaf_hash(record: bytes) -> bytes:
    """The hash of a leaf that holds the record."""
    return sha256(_LEAF + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its children's hashes."""
    return sha256(_NODE + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree with these leaves; `EMPTY_ROOT` of none."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way from the leaf at `index` (from 0) up to the root, lowest first."""
    _check_leaf(index, len(leaf_hashes))
    return [root(leaf_hashes[first:end]) for first, end in _inclusion_ranges(index, len(leaf_hashes))]


def consistency_proof(leaf_hashes: Sequence[bytes], size1: int, size2: int | None = None) -> list[bytes]:
    """What shows that the tree of the first `size2` leaves (or all) begins with that of `size1`."""
    size = len(leaf_hashes) if size2 is None else size2
    _check_sizes(size1, size, len(leaf_hashes))
    return [root(leaf_hashes[first:end]) for first, end in _consistency_ranges(size1, size)]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that this leaf stands at `index` in the tree of this size and root.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not (_is_size(index) and _is_size(size) and index < size):
        return False
    if not (_is_proof(proof) and _is_hash(leaf_hash) and _is_hash(root)):
        return False
    place, last, found = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of size2 and root2 begins with the tree of size1 and root1.

    Of an empty tree nothing can be shown: False, unless both are empty.
    Source: RFC 9162, section 2.1.4.2.
    """
    if not (_is_size(size1) and _is_size(size2) and size1 <= size2):
        return False
    if not (_is_proof(proof) and _is_hash(root1) and _is_hash(root2)):
        return False
    if size1 == size2:
        return not proof and root1 == root2 and (size1 > 0 or root1 == EMPTY_ROOT)
    if size1 == 0 or not proof:
        return False
    return _grown(size1, size2, proof if size1 & (size1 - 1) else [root1, *proof]) == (root1, root2)


def _grown(size1: int, size2: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a path leads to; None where it has another length than it must."""
    place, last = size1 - 1, size2 - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def inclusion_path(index: int, size: int) -> list[tuple[Node, ...]]:
    """Which subtrees make an inclusion proof: a tuple for each hash of it, to be put together by `fold`."""
    _check_leaf(index, size)
    return [_cover(first, end) for first, end in _inclusion_ranges(index, size)]


def consistency_path(size1: int, size2: int) -> list[tuple[Node, ...]]:
    """Which subtrees make a consistency proof: a tuple for each hash of it, to be put together by `fold`."""
    _check_sizes(size1, size2, SIZE_MAX)
    return [_cover(first, end) for first, end in _consistency_ranges(size1, size2)]


def fold(hashes: Sequence[bytes]) -> bytes:
    """One root over neighbouring complete subtrees, larger ones first, as they cover a tree from the left."""
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


class Frontier:
    """What must be kept of a tree so that it can grow: the roots of the complete subtrees that cover it.

    At most 64 hashes, whatever its size. Whoever may have to go back takes a `copy` before.
    """

    __slots__ = ("_size", "_spine")

    def __init__(self) -> None:
        self._size = 0
        self._spine = [b""] * _LEVELS

    @classmethod
    def of(cls, size: int, node: Callable[[int, int], bytes]) -> "Frontier":
        """The frontier of a tree of this size, given the roots of complete subtrees by (level, number)."""
        frontier = cls()
        frontier._size = size
        for place in _cover(0, size):
            frontier._spine[place.level] = node(*place)
        return frontier

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def copy(self) -> "Frontier":
        """Another one with the same leaves, which grows by itself."""
        twin = Frontier()
        twin._size = self._size
        twin._spine = self._spine.copy()
        return twin

    def append(self, leaf: bytes) -> list[Subtree]:
        """Add one leaf hash. The subtrees of levels 8, 16, 24, … that it completes, lowest first."""
        completed = []
        found, number, level = leaf, self._size, 0
        while number & 1:
            found = sha256(_NODE + self._spine[level] + found).digest()
            number, level = number >> 1, level + 1
            if not level % BAND:
                completed.append(Subtree(level, number, found))
        self._spine[level] = found
        self._size += 1
        return completed

    def extend(self, leaves: Sequence[bytes]) -> list[Subtree]:
        """Add many leaf hashes. The subtrees of levels 8, 16, 24, … that they complete, lowest first."""
        completed: list[Subtree] = []
        nodes, first, level = leaves, self._size, 0
        self._size += len(leaves)
        while nodes:
            if first & 1:
                nodes, first = [self._spine[level], *nodes], first - 1
            if len(nodes) & 1:
                self._spine[level] = nodes[-1]
            nodes, first, level = _parents(nodes), first >> 1, level + 1
            if not level % BAND:
                completed += [Subtree(level, first + place, found) for place, found in enumerate(nodes)]
        return completed

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self._size:
            return EMPTY_ROOT
        return fold([self._spine[place.level] for place in _cover(0, self._size)])


class Tree:
    """Proofs of a tree of which only the roots of subtrees of levels 8, 16, 24, … are kept.

    `fetch(level, first, count)` gives the roots of `count` complete subtrees of a level that is a multiple of
    8, from `first` on; of level 0 these are leaf hashes. At most 256 are asked at once, never one that is not
    complete, and none twice: make a Tree for a few proofs, then let go of it.
    """

    def __init__(self, size: int, fetch: Callable[[int, int, int], Sequence[bytes]]) -> None:
        self.size = size
        self._fetch = fetch
        self._blocks: dict[Node, list[Sequence[bytes]]] = {}

    def node(self, level: int, number: int) -> bytes:
        """The root of a complete subtree."""
        invariant(0 <= number < self.size >> level, "the subtree is complete")
        depth = level % BAND
        block = number >> (BAND - depth)
        return self._block(level - depth, block)[depth][number - (block << (BAND - depth))]

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree, or of its first `size` leaves."""
        return self.frontier(size).root()

    def frontier(self, size: int | None = None) -> Frontier:
        """The frontier of the tree, or of its first `size` leaves."""
        leaves = self.size if size is None else size
        _check_sizes(leaves, self.size, self.size)
        return Frontier.of(leaves, self.node)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof of a leaf in the tree, or in that of its first `size` leaves."""
        leaves = self.size if size is None else size
        _check_sizes(leaves, self.size, self.size)
        return [self._folded(places) for places in inclusion_path(index, leaves)]

    def consistency_proof(self, size1: int, size2: int | None = None) -> list[bytes]:
        """The proof that the tree, or that of its first `size2` leaves, begins with that of `size1`."""
        leaves = self.size if size2 is None else size2
        _check_sizes(leaves, self.size, self.size)
        return [self._folded(places) for places in consistency_path(size1, leaves)]

    def _folded(self, places: Sequence[Node]) -> bytes:
        return fold([self.node(*place) for place in places])

    def _block(self, level: int, block: int) -> list[Sequence[bytes]]:
        """Up to 256 neighbours of a kept level, and the seven levels above them."""
        place = Node(level, block)
        if place not in self._blocks:
            first = block << BAND
            count = min(1 << BAND, (self.size >> level) - first)
            levels = [self._fetch(level, first, count)]
            invariant(len(levels[0]) == count, "the source gives every node that it was asked for")
            while len(levels) < BAND:
                levels.append(_parents(levels[-1]))
            self._blocks[place] = levels
        return self._blocks[place]


def _parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The level above; the last of an odd number has no parent yet."""
    each = iter(nodes)
    return [made.digest() for made in map(sha256, map(_join, zip(repeat(_NODE), each, each, strict=False)))]


def _inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaves under each hash of an inclusion proof, from first up to, not with, end; lowest first."""
    ranges, first, end = [], 0, size
    while end - first > 1:
        middle = first + _half(end - first)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1]


def _consistency_ranges(size1: int, size2: int) -> list[tuple[int, int]]:
    """The leaves under each hash of a consistency proof, from first up to, not with, end; lowest first."""
    ranges, first, end = [], 0, size2
    if size1 == 0:
        return []
    while size1 != end:
        middle = first + _half(end - first)
        if size1 <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1] if first == 0 else [(first, end), *ranges[::-1]]


def _half(size: int) -> int:
    """The largest power of two below a size of at least 2: how many leaves go left."""
    return 1 << ((size - 1).bit_length() - 1)


def _cover(first: int, end: int) -> tuple[Node, ...]:
    """The complete subtrees, larger ones first, that make up the leaves from first up to end."""
    places, size = [], end - first
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            places.append(Node(level, first >> level))
            first += 1 << level
    return tuple(places)


def _check_leaf(index: int, size: int) -> None:
    invariant(0 <= index < size, "the leaf stands in the tree")


def _check_sizes(size1: int, size2: int, size: int) -> None:
    invariant(0 <= size1 <= size2 <= size, "a tree grows, up to its size")


def _is_size(size: object) -> bool:
    return type(size) is int and 0 <= size <= SIZE_MAX


def _is_hash(found: object) -> bool:
    return type(found) is bytes and len(found) == HASH_SIZE


def _is_proof(proof: object) -> bool:
    return isinstance(proof, list | tuple) and len(proof) <= _LEVELS + 1 and all(map(_is_hash, proof))

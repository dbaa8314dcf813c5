"""The tree of RFC 9162: published vectors, and a recursion that is the definition itself."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import Bug, merkle

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "merkle"

# The leaves and hashes that Certificate Transparency's reference code has had since RFC 6962.
RECORDS = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
RECORDS.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
LEAVES = [merkle.leaf_hash(record) for record in RECORDS]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def mth(leaves):
    """RFC 9162, section 2.1.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha256().digest()
    if n == 1:
        return leaves[0]
    k = max(2**i for i in range(64) if 2**i < n)
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """RFC 9162, section 2.1.3.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = max(2**i for i in range(64) if 2**i < n)
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, whole):
    """RFC 9162, section 2.1.4.1."""
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = max(2**i for i in range(64) if 2**i < n)
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def numbered(count):
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


MANY = numbered(70_000)


def kept(leaves):
    """A source that knows leaf hashes and the subtrees reported while the tree grew."""
    frontier = merkle.Frontier()
    nodes = {(each.level, each.number): each.hash for each in frontier.extend(leaves)}

    def fetch(level, first, count):
        assert 0 < count <= 256
        if level == 0:
            return leaves[first : first + count]
        return [nodes[level, number] for number in range(first, first + count)]

    return merkle.Tree(len(leaves), fetch)


def vectors(name):
    file = VECTORS / f"{name}.json"
    if not file.exists():
        return []
    return [pytest.param(case, id=title) for title, case in json.loads(file.read_text()).items()]


def test_known_roots():
    assert {size: merkle.root(LEAVES[:size]).hex() for size in ROOTS} == ROOTS


def test_known_proofs():
    first = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
    second = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
    third = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
    assert [each.hex() for each in merkle.inclusion_proof(LEAVES, 0)] == [first, second, third]
    assert [each.hex() for each in merkle.consistency_proof(LEAVES, 1)] == [first, second, third]


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside this checkout")
def test_the_vectors_are_there():
    assert len(vectors("inclusion")) > 30
    assert len(vectors("consistency")) > 30


@pytest.mark.parametrize("case", vectors("inclusion"))
def test_published_inclusion(case):
    proof = [b64decode(each) for each in case["proof"] or []]
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    found = merkle.verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)
    assert found is not case["wantErr"]


@pytest.mark.parametrize("case", vectors("consistency"))
def test_published_consistency(case):
    proof = [b64decode(each) for each in case["proof"] or []]
    root1, root2 = b64decode(case["root1"]), b64decode(case["root2"])
    found = merkle.verify_consistency(case["size1"], case["size2"], root1, root2, proof)
    assert found is not case["wantErr"]


@given(st.integers(0, 300), st.data())
def test_proofs_are_those_of_the_definition(size, data):
    leaves = MANY[:size]
    assert merkle.root(leaves) == mth(leaves)
    if size:
        index, size1 = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        assert merkle.inclusion_proof(leaves, index) == path(index, leaves)
        assert merkle.consistency_proof(leaves, size1) == subproof(size1, leaves, True)


@given(st.integers(1, 300), st.data())
def test_proofs_verify_and_no_other_does(size, data):
    leaves = MANY[:size]
    index, size1 = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root(leaves)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    growth, old = merkle.consistency_proof(leaves, size1), merkle.root(leaves[:size1])
    assert merkle.verify_consistency(size1, size, old, root, growth)
    other = data.draw(st.integers(0, size + 5))
    if other != index:
        assert not merkle.verify_inclusion(leaves[index], other, size, proof, root)
    if other != size1:
        assert not merkle.verify_consistency(other, size, old, root, growth)
    for spoilt in spoilings(proof, data):
        assert not merkle.verify_inclusion(leaves[index], index, size, spoilt, root)
    for spoilt in spoilings(growth, data):
        assert not merkle.verify_consistency(size1, size, old, root, spoilt)


def spoilings(proof, data):
    """The proof with a hash more, a hash less, a byte less, a bit flipped."""
    yield [*proof, bytes(32)]
    yield [bytes(32), *proof]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
        yield [*proof[:at], flipped, *proof[at + 1 :]]
        yield [*proof[:at], proof[at][:-1], *proof[at + 1 :]]
        yield proof[:-1]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**64 - 1, 2**64, -1, 10**400]),
    st.floats(),
    st.text(),
    st.binary(),
    st.binary(min_size=32, max_size=32),
)
ANY_PROOF = st.one_of(ANYTHING, st.lists(ANYTHING, max_size=4), st.tuples(ANYTHING), st.sets(ANYTHING))


@given(ANYTHING, ANYTHING, ANYTHING, ANY_PROOF, ANYTHING)
def test_nothing_that_is_sent_raises(first, second, third, proof, fourth):
    merkle.verify_consistency(first, second, third, fourth, proof)
    assert merkle.verify_inclusion(first, second, third, proof, fourth) is False


def test_a_size_beyond_64_bits_and_a_proof_without_end_are_refused_at_once():
    root = merkle.root(LEAVES)
    assert not merkle.verify_inclusion(LEAVES[0], 0, 2**64, [], root)
    assert not merkle.verify_inclusion(LEAVES[0], 0, 2**64 - 1, [bytes(32)] * 1_000_000, root)
    assert not merkle.verify_inclusion(LEAVES[0], True, 8, merkle.inclusion_proof(LEAVES, 1), root)


def test_of_an_empty_tree_nothing_is_shown_but_that_it_is_empty():
    assert merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    assert not merkle.verify_consistency(0, 0, bytes(32), bytes(32), [])
    assert not merkle.verify_consistency(0, 1, merkle.EMPTY_ROOT, LEAVES[0], [])


@given(st.lists(st.integers(0, 700), max_size=8), st.booleans())
def test_a_frontier_grows_the_same_by_one_and_by_many(steps, one_by_one):
    frontier, reported, size = merkle.Frontier(), [], 0
    for step in steps:
        leaves = MANY[size : size + step]
        before = frontier.copy()
        if one_by_one:
            reported += [done for leaf in leaves for done in frontier.append(leaf)]
        else:
            reported += frontier.extend(leaves)
        assert (before.size, before.root()) == (size, merkle.root(MANY[:size]))
        size += step
        assert (frontier.size, frontier.root()) == (size, merkle.root(MANY[:size]))
    assert reported == [
        (8, number, merkle.root(MANY[number * 256 : number * 256 + 256])) for number in range(size // 256)
    ]


def test_a_frontier_reports_every_eighth_level():
    frontier = merkle.Frontier()
    reported = frontier.extend(MANY)
    assert len(reported) == 70_000 // 256 + 1
    assert reported[-1] == (16, 0, merkle.root(MANY[:65_536]))
    by_one = merkle.Frontier()
    by_one.extend(MANY[:65_535])
    assert [(done.level, done.number) for done in by_one.append(MANY[65_535])] == [(8, 255), (16, 0)]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 65_536, 65_793, 70_000])
def test_kept_subtrees_are_enough_for_every_proof(size):
    tree = kept(MANY[:size])
    assert tree.root() == merkle.root(MANY[:size])
    assert tree.frontier().root() == tree.root()
    for index in {0, 1, size // 3, size - 1} & set(range(size)):
        proof = tree.inclusion_proof(index)
        assert merkle.verify_inclusion(MANY[index], index, size, proof, tree.root())
    for size1 in {1, size // 2, size - 1, size} - {0}:
        assert tree.root(size1) == merkle.root(MANY[:size1])
        proof = tree.consistency_proof(size1)
        assert merkle.verify_consistency(size1, size, tree.root(size1), tree.root(), proof)


@given(st.integers(1, 3000), st.data())
def test_kept_subtrees_give_the_proofs_of_all_leaves(size, data):
    tree = kept(MANY[:size])
    old = data.draw(st.integers(1, size))
    index, size1 = data.draw(st.integers(0, old - 1)), data.draw(st.integers(0, old))
    assert tree.inclusion_proof(index, old) == merkle.inclusion_proof(MANY[:old], index)
    assert tree.consistency_proof(size1, old) == merkle.consistency_proof(MANY, size1, old)


def test_a_grown_tree_goes_on_from_kept_subtrees():
    frontier = kept(MANY[:66_000]).frontier()
    frontier.extend(MANY[66_000:])
    assert frontier.root() == merkle.root(MANY)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(Bug):
        merkle.inclusion_path(index, size)
    with pytest.raises(Bug):
        merkle.inclusion_proof(MANY[:size], index)


def test_no_proof_is_made_of_growth_backwards():
    with pytest.raises(Bug):
        merkle.consistency_path(3, 2)
    with pytest.raises(Bug):
        kept(MANY[:5]).consistency_proof(1, 6)

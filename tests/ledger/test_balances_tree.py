"""The tree of balances: against a small tree of its own, and against those who would hide a debt."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import Bug, IntegrityBroken
from dawam.ledger.proofs import BalancesTree, verify_balance
from dawam.ledger.proofs.balances import Part

SALT_KEY = b"known to the institution alone.."


class Books:
    """Balances of numbered accounts, as a ledger would give them."""

    def __init__(self, balances):
        self.balances = np.array(balances, np.int64)
        self.ids = b"".join((7_000_000 + number).to_bytes(16, "big") for number in range(len(balances)))

    def leaves(self, first, count):
        return self.ids[16 * first : 16 * (first + count)], self.balances[first : first + count]

    def tree(self, *, batch=1000, ledger=818, size=99, salt_key=SALT_KEY):
        batches = (self.leaves(first, batch) for first in range(0, len(self.balances), batch))
        return BalancesTree.build(batches, ledger=ledger, size=size, salt_key=salt_key, leaves=self.leaves)


def square(balances):
    """The same with a first account that makes the books add up to zero."""
    return [-sum(balances), *balances]


def record(part):
    return part[0] + part[1].to_bytes(16, "big") + part[2].to_bytes(16, "big")


def plain(parts):
    """The root of (hash, owed, owing), by the definition in docs/proofs.md."""
    if len(parts) == 1:
        return parts[0]
    half = max(2**level for level in range(64) if 2**level < len(parts))
    left, right = plain(parts[:half]), plain(parts[half:])
    return sha256(b"\x01" + record(left) + record(right)).digest(), left[1] + right[1], left[2] + right[2]


def plain_leaf(proof):
    owed, owing = max(proof.balance, 0), max(-proof.balance, 0)
    sums = owed.to_bytes(16, "big") + owing.to_bytes(16, "big")
    return sha256(b"\x00" + proof.salt + proof.account_id.to_bytes(16, "big") + sums).digest(), owed, owing


MINOR = st.integers(-(2**53), 2**53)


@given(st.lists(MINOR, max_size=40), st.integers(1, 50))
def test_the_root_is_that_of_the_definition(balances, batch):
    books = Books(square(balances))
    tree = books.tree(batch=batch)
    proofs = [tree.prove(index) for index in range(tree.count)]
    assert (tree.root.hash, tree.root.owed, tree.root.owing) == plain([plain_leaf(proof) for proof in proofs])
    assert tree.root.owed == tree.root.owing == sum(max(balance, 0) for balance in books.balances.tolist())
    assert [proof.balance for proof in proofs] == books.balances.tolist()
    assert all(verify_balance(proof, tree.root) for proof in proofs)


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 511, 513, 16_384, 16_385, 20_000, 33_000])
def test_every_size_proves_its_first_its_last_and_one_between(count):
    books = Books(square([number * number % 1013 - 100 for number in range(count - 1)]))
    tree = books.tree(batch=777)
    assert (tree.root.count, tree.root.ledger) == (count, 818)
    for index in {0, count // 2, count - 1}:
        proof = tree.prove(index)
        assert proof.account_id == 7_000_000 + index
        assert verify_balance(proof, tree.root)
    assert books.tree(batch=5000).root == tree.root


def test_sums_beyond_64_bits_are_exact():
    most = 2**63 - 1
    tree = Books([most, -most] * 300).tree()
    assert tree.root.owed == tree.root.owing == 300 * most
    assert verify_balance(tree.prove(599), tree.root)


def test_the_tree_is_at_hand_again_from_its_nodes():
    books = Books(square(range(1, 3000)))
    tree = books.tree()
    assert len(tree.nodes) == 64 * (12 + 6 + 3 + 2 + 1)
    kept = {"ledger": 818, "size": 99, "count": 3000, "salt_key": SALT_KEY, "leaves": books.leaves}
    again = BalancesTree(memoryview(tree.nodes), **kept)
    assert again.root == tree.root
    assert again.prove(2999) == tree.prove(2999)
    for nodes in (tree.nodes[64:], tree.nodes + bytes(64)):
        with pytest.raises(Bug):
            BalancesTree(nodes, **kept)


def test_nothing_is_proved_with_nodes_that_were_changed():
    books = Books(square(range(1, 3000)))
    tree = books.tree()
    changed = bytearray(tree.nodes)
    changed[64 * 5 + 40] ^= 1
    kept = {"ledger": 818, "size": 99, "count": 3000, "salt_key": SALT_KEY, "leaves": books.leaves}
    with pytest.raises(IntegrityBroken):
        BalancesTree(bytes(changed), **kept).prove(256 * 4)


def test_books_that_do_not_add_up_are_not_built_upon():
    with pytest.raises(IntegrityBroken) as raised:
        Books([5, -4]).tree()
    assert (raised.value.code, raised.value.params) == ("balances_unequal", {"ledger": 818})


def test_balances_that_moved_on_are_not_proved():
    books = Books(square(range(1, 1000)))
    tree = books.tree()
    books.balances[700] += 1
    with pytest.raises(IntegrityBroken) as raised:
        tree.prove(701)
    assert (raised.value.code, raised.value.params) == ("balances_differ", {"ledger": 818, "first": 512})
    assert verify_balance(tree.prove(1), tree.root)


def test_no_proof_is_made_of_an_account_that_is_not_there():
    tree = Books([1, -1]).tree()
    for index in (-1, 2):
        with pytest.raises(Bug):
            tree.prove(index)


def test_salts_differ_by_account_ledger_size_and_institution():
    books = Books([0, 0])
    trees = [books.tree(), books.tree(ledger=840), books.tree(size=100), books.tree(salt_key=b"another")]
    salts = {tree.prove(index).salt for tree in trees for index in (0, 1)}
    assert len(salts) == 8
    assert books.tree().root == trees[0].root


BOOKS = Books(square([100, -30, 7, 0, 12, 55, -3, 1_000_000, 4, 9]))
TREE = BOOKS.tree()


@given(st.integers(0, TREE.count - 1), st.data())
def test_nothing_else_is_proved(index, data):
    proof, root = TREE.prove(index), TREE.root
    at = data.draw(st.integers(0, len(proof.path) - 1))
    sibling = proof.path[at]
    other = data.draw(st.integers(0, 2**128 - 1).filter(lambda number: number != sibling.owed))
    for changes in (
        {"balance": proof.balance + data.draw(st.integers(1, 10**12))},
        {"balance": -proof.balance or 1},
        {"account_id": proof.account_id + 1},
        {"salt": bytes(16)},
        {"salt": b""},
        {"ledger": 840},
        {"count": proof.count + 1},
        {"index": (proof.index + 1) % proof.count},
        {"path": proof.path[:-1]},
        {"path": (*proof.path, sibling)},
        {"path": (*proof.path[:at], replace(sibling, owed=other), *proof.path[at + 1 :])},
        {"path": (*proof.path[:at], replace(sibling, owing=2**128 - 1), *proof.path[at + 1 :])},
        {"path": (*proof.path[:at], replace(sibling, hash=bytes(32)), *proof.path[at + 1 :])},
        {"balance": 2**128},
        {"account_id": 2**128},
    ):
        assert not verify_balance(replace(proof, **changes), root)
    assert not verify_balance(proof, replace(root, owed=root.owed - 1))
    assert not verify_balance(proof, replace(root, owing=root.owing + 1))


def test_two_customers_cannot_be_told_two_splits_of_one_total():
    """The attack on the plain sum tree: one root, one total, and to each side a smaller other side."""
    left, right = Books([100]).tree, Books([100]).tree
    for side in (left, right):
        with pytest.raises(IntegrityBroken):
            side()
    tree = Books([100, 100, -200]).tree()
    for index in (0, 1):
        proof = tree.prove(index)
        lied = replace(proof, path=(replace(proof.path[0], owed=0), *proof.path[1:]))
        assert verify_balance(proof, tree.root)
        assert not verify_balance(lied, replace(tree.root, owed=100, owing=100))
        assert not verify_balance(lied, tree.root)


def test_a_debt_cannot_be_hidden_behind_an_overdraft():
    """Sums of what is owed and of what is owing never meet."""
    tree = Books([500, -500]).tree()
    proof = tree.prove(0)
    assert (tree.root.owed, tree.root.owing) == (500, 500)
    assert proof.path == (Part(proof.path[0].hash, 0, 500),)

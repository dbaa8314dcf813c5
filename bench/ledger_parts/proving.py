"""Proving and verifying a balance among many accounts, with the tree of its checkpoint at hand."""

import time
from random import Random
from statistics import median

from dawam.ledger.proofs import Proofs, verify
from ledger_parts.books import KEY, Books
from ledger_parts.figures import Section, percentile, told
from ledger_parts.many import Many
from ledger_parts.run import Run
from ledger_parts.transfers import account_id

_TARGET_MS, _TARGET_BYTES = 50.0, 2000.0


def embedded(run: Run) -> Section:
    """On SQLite."""
    many, chance = run.many, Random(run.sizes.seed)
    before = many.bytes_on_disk
    books = Books(many.url)
    try:
        proofs = Proofs(books.storage, KEY)
        began = time.perf_counter()
        checkpoint = proofs.checkpoint_now(lambda done, total: told(f"{done:,} of {total:,} in the tree", 10))
        tree_s = time.perf_counter() - began
        prove_again(proofs, many, chance, 1)
        found = prove_again(proofs, many, chance, run.sizes.proofs)
    finally:
        books.close()
    section = Section(f"Embedded, one balance among {many.accounts:,}")
    proving, verifying, longest = found
    both = [sum(pair) for pair in zip(proving, verifying, strict=True)]
    section.add("both_ms", "prove and verify, median", median(both), "ms", at_most=_TARGET_MS)
    section.add("both_p99_ms", "the same, 99 in 100", percentile(both, 0.99), "ms")
    section.add("prove_ms", "prove, median", median(proving), "ms")
    section.add("verify_ms", "verify, signature of the checkpoint included, median", median(verifying), "ms")
    section.add("proof_bytes", "the longest proof", longest, "bytes", at_most=_TARGET_BYTES)
    section.add("checkpoint_bytes", "the checkpoint that it needs", len(checkpoint.checkpoint), "bytes")
    section.add("tree_s", "to read all balances, build the tree and keep it", tree_s, "s")
    section.add("tree_mb", "the tree on disk", (many.bytes_on_disk - before) / 1e6, "MB")
    return section


def prove_again(
    proofs: Proofs, many: Many, chance: Random, count: int
) -> tuple[list[float], list[float], int]:
    """Milliseconds to prove, to verify with nothing else than both files and the key; the longest proof."""
    proving, verifying, longest = list[float](), list[float](), 0
    for _ in range(count):
        account = account_id(chance.randint(1, many.accounts))
        began = time.perf_counter()
        found = proofs.prove(account)
        proved = time.perf_counter()
        said = verify(found.proof, found.checkpoint, KEY.verifying.text)
        verified = time.perf_counter()
        if (said.account_id, said.balance) != (account, found.balance_minor):
            raise SystemExit(f"the proof of account {account} proves something else")
        proving.append((proved - began) * 1e3)
        verifying.append((verified - proved) * 1e3)
        longest = max(longest, len(found.proof.encode()))
    return proving, verifying, longest

"""Proofs of balances as files: text small enough for a message, to be verified by anybody, anywhere.

Whatever is given instead of a proof, a checkpoint or a key ends as an InvalidInput that says what is wrong.
A file has one spelling: a proof with any byte changed does not verify. Page: docs/proofs.md.
"""

import re
from dataclasses import dataclass

from dawam.kernel import InvalidInput
from dawam.ledger.proofs.balances import (
    SALT_SIZE,
    BalanceProof,
    BalancesRoot,
    Part,
    path_length,
    verify_balance,
)
from dawam.ledger.proofs.checkpoint import Checkpoint, open_checkpoint
from dawam.ledger.proofs.lines import Lines, whole
from dawam.ledger.proofs.notes import VerifyingKey, decode, encode

FORMAT = "dawam-balance-proof 1"
BALANCES_LINE = "dawam-balances"

_ACCOUNT = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HASH_SIZE = 32
_SUM_SIZE = 16


@dataclass(frozen=True)
class ProvedBalance:
    """What has been proved: after `size` records of the log, the account had this balance.

    And it was counted: `owed` is the sum of all balances above zero among `accounts` accounts, `owing` that
    of those below. `time_ns` is when the log says that the last of its records was written.
    """

    log: str
    size: int
    ledger: int
    account_id: int
    balance: int
    accounts: int
    owed: int
    owing: int
    time_ns: int | None


def balances_line(root: BalancesRoot) -> str:
    """The line of a checkpoint for the balances of one currency."""
    return f"{BALANCES_LINE} {root.ledger} {root.count} {encode(root.hash)} {root.owed} {root.owing}"


def balances_roots(checkpoint: Checkpoint) -> dict[int, BalancesRoot]:
    """What a checkpoint says of balances, by ledger.

    Raises: InvalidInput `checkpoint_malformed`.
    """
    roots: dict[int, BalancesRoot] = {}
    for number, line in enumerate(checkpoint.extensions, 4):
        if line.split(" ")[0] != BALANCES_LINE:
            continue
        root = _balances_root(line)
        if root is None or root.ledger in roots:
            raise InvalidInput("checkpoint_malformed", line=number)
        roots[root.ledger] = root
    return roots


def format_proof(proof: BalanceProof, *, log: str) -> str:
    """The file of a proof against a checkpoint of this log."""
    lines = [
        FORMAT,
        f"log {log}",
        f"size {proof.size}",
        f"ledger {proof.ledger}",
        f"account {proof.account_id:032x}",
        f"balance {proof.balance}",
        f"salt {encode(proof.salt)}",
        f"leaf {proof.index} {proof.count}",
        *(_part_text(part) for part in proof.path),
    ]
    return "".join(f"{line}\n" for line in lines)


def parse_proof(given: str | bytes) -> tuple[str, BalanceProof]:
    """The log's name and the proof that a file holds; whether it is right is another question.

    Raises: InvalidInput `proof_malformed`, with the line from which on it cannot be read; `proof_truncated`.
    """
    reader = Lines(given, FORMAT)
    log = reader.take("log ", lambda line: line or None)
    size = reader.take("size ", whole(64))
    ledger = reader.take("ledger ", whole(32))
    account_id = reader.take("account ", lambda line: int(line, 16) if _ACCOUNT.fullmatch(line) else None)
    balance = reader.take("balance ", _balance)
    salt = reader.take("salt ", _salt)
    index, count = reader.take("leaf ", _leaf_place)
    path = tuple(reader.take("", _part) for _ in range(path_length(index, count)))
    reader.end()
    return log, BalanceProof(ledger, size, account_id, balance, salt, index, count, path)


def verify(proof: str | bytes, checkpoint: str | bytes, key: VerifyingKey | str) -> ProvedBalance:
    """What a proof file proves, given a checkpoint and the key of its log.

    Raises: InvalidInput `verifying_key_malformed`; `checkpoint_malformed`, `checkpoint_of_another_log`,
    `checkpoint_signature_missing`, `checkpoint_signature_wrong`; `proof_malformed`, `proof_truncated`;
    `proof_of_another_log`, `proof_of_another_checkpoint`, `checkpoint_without_balances`,
    `proof_contradicts_checkpoint`. In this order.
    """
    signer = VerifyingKey.parse(key) if isinstance(key, str) else key
    signed = open_checkpoint(checkpoint, signer).checkpoint
    roots = balances_roots(signed)
    log, claim = parse_proof(proof)
    if log != signed.origin:
        raise InvalidInput("proof_of_another_log", log=log[:80], expected=signed.origin)
    if claim.size != signed.size:
        raise InvalidInput("proof_of_another_checkpoint", size=claim.size, expected=signed.size)
    root = roots.get(claim.ledger)
    if root is None:
        raise InvalidInput("checkpoint_without_balances", ledger=claim.ledger)
    if not verify_balance(claim, root):
        raise InvalidInput("proof_contradicts_checkpoint")
    return ProvedBalance(
        log=log,
        size=signed.size,
        ledger=claim.ledger,
        account_id=claim.account_id,
        balance=claim.balance,
        accounts=root.count,
        owed=root.owed,
        owing=root.owing,
        time_ns=signed.time_ns,
    )


def _balance(text: str) -> int | None:
    size = whole(127)(text.removeprefix("-"))
    if size is None or not text.startswith("-"):
        return size
    return -size or None


def _salt(text: str) -> bytes | None:
    salt = decode(text)
    return salt if salt is not None and len(salt) == SALT_SIZE else None


def _leaf_place(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition(" ")
    index, count = whole(64)(first), whole(64)(second)
    return (index, count) if index is not None and count is not None and index < count else None


def _part_text(part: Part) -> str:
    """A sibling: its hash, in how many bytes `owed` stands, `owed` and `owing`, each in as few as will do."""
    owed, owing = _short(part.owed), _short(part.owing)
    return encode(part.hash + bytes([len(owed)]) + owed + owing)


def _part(text: str) -> Part | None:
    content = decode(text)
    if content is None or len(content) <= _HASH_SIZE:
        return None
    end = _HASH_SIZE + 1 + content[_HASH_SIZE]
    owed, owing = content[_HASH_SIZE + 1 : end], content[end:]
    if end > len(content) or max(len(owed), len(owing)) > _SUM_SIZE or b"\0" in (owed[:1], owing[:1]):
        return None
    return Part(content[:_HASH_SIZE], int.from_bytes(owed, "big"), int.from_bytes(owing, "big"))


def _short(number: int) -> bytes:
    """A number in as few bytes as will do; none for 0."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _balances_root(line: str) -> BalancesRoot | None:
    words = line.split(" ")
    if len(words) != 6:
        return None
    found = decode(words[3])
    numbers = [whole(bits)(words[at]) for at, bits in ((1, 32), (2, 64), (4, 128), (5, 128))]
    ledger, count, owed, owing = (-1 if number is None else number for number in numbers)
    if found is None or len(found) != _HASH_SIZE or None in numbers or count == 0:
        return None
    return BalancesRoot(ledger, count, found, owed, owing)

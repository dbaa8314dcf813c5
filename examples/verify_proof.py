"""Verify that a balance was counted, without trusting whoever counted it: docs/proofs.md as a program.

    python verify_proof.py PROOF CHECKPOINT KEY [WITNESS_KEY ...]

PROOF and CHECKPOINT are files, keys are texts `name+id+base64`. Exit status: 0 verified, 1 not.
"""

import re
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF = re.compile(
    r"dawam-balance-proof 1\nlog ([^\n]+)\nsize (0|[1-9]\d*)\nledger (0|[1-9]\d*)\naccount ([0-9a-f]{32})\n"
    r"balance (0|-?[1-9]\d*)\nsalt (\S{24})\nleaf (0|[1-9]\d*) ([1-9]\d*)\n((?:[^\n]+\n)*)",
    re.ASCII,
)


def check(condition, why):
    if not condition:
        raise ValueError(why)


def bare(text):
    content = b64decode(text, validate=True)
    check(b64encode(content).decode() == text, "base 64 has one spelling")
    return content


def opened(text, vkey, kind):
    """The key's name and the checkpoint's lines, once a signature below them is found to be the key's."""
    name, key_id, encoded = vkey.split("+", 2)
    key = bare(encoded)
    fits = sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id
    check(len(key) == 33 and key[0] == kind and fits, "the key cannot be read")
    body, gap, below = text.rpartition("\n\n")
    check(gap and below.endswith("\n"), "the checkpoint is cut off")
    found = 0
    for line in below[:-1].split("\n"):
        dash, signer, content = line.split(" ")
        check(dash == "—", "this is no signature")
        made = bare(content)
        if (signer, made[:4].hex()) == (name, key_id):
            time = f"cosignature/v1\ntime {int.from_bytes(made[4:-64], 'big')}\n"  # a witness signs it too
            message = f"{time if kind == 4 else ''}{body}\n".encode()
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(made[12 if kind == 4 else 4 :], message)
            found += 1
    check(found, f"the checkpoint is not signed by {name}")
    return name, body.split("\n")


def packed(owed, owing):
    return owed.to_bytes(16, "big") + owing.to_bytes(16, "big")


def climbed(leaf, owed, owing, index, count, path):
    """The root's hash and sums, from a leaf and the siblings on its way up."""
    found = sha256(b"\x00" + leaf + packed(owed, owing)).digest()
    while count > 1:
        if index ^ 1 < count:
            raw = bare(path.pop(0))
            end = 33 + raw[32]
            check(len(raw) >= end and b"\0" not in (raw[33:end][:1], raw[end : end + 1]), "a sum is misspelt")
            more_owed, more_owing = int.from_bytes(raw[33:end], "big"), int.from_bytes(raw[end:], "big")
            mine, other = found + packed(owed, owing), raw[:32] + packed(more_owed, more_owing)
            found = sha256(b"\x01" + (other + mine if index & 1 else mine + other)).digest()
            owed, owing = owed + more_owed, owing + more_owing
        index, count = index // 2, (count + 1) // 2
    check(not path, "the proof has lines too many")
    return found, owed, owing


def main(proof_file, checkpoint_file, key, *witnesses):
    checkpoint = Path(checkpoint_file).read_bytes().decode()
    origin, (signed_log, signed_size, _, *lines) = opened(checkpoint, key, 1)
    for witness in witnesses:
        opened(checkpoint, witness, 4)
    proof = PROOF.fullmatch(Path(proof_file).read_bytes().decode())
    check(proof, "the proof cannot be read")
    log, size, ledger, account, balance, salt, index, count, path = proof.groups()
    check((log, size) == (signed_log, signed_size) and log == origin, "the proof is of another checkpoint")
    leaf, siblings = bare(salt) + bytes.fromhex(account), path.split("\n")[:-1]
    check(len(leaf) == 32 and int(index) < int(count), "there is no such leaf")
    sums = max(int(balance), 0), max(-int(balance), 0)
    root, owed, owing = climbed(leaf, *sums, int(index), int(count), siblings)
    wanted = f"dawam-balances {ledger} {count} {b64encode(root).decode()} {owed} {owing}"
    check(wanted in lines, "the proof does not lead to what the checkpoint says")
    print(f"verified: account {account} had {balance} in ledger {ledger} after {size} records of {log}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (ValueError, TypeError, IndexError, OSError, OverflowError, InvalidSignature) as why:
        sys.exit(f"not verified: {why or 'a signature is wrong'}")

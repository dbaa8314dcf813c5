"""Proof files: what verifies, what does not and why, here and in the verifier that knows nothing of us."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import InvalidInput, merkle
from dawam.ledger.proofs import (
    WITNESS_KEY,
    BalanceProof,
    BalancesRoot,
    BalancesTree,
    Checkpoint,
    ProvedBalance,
    ProvedRecord,
    RecordProof,
    SigningKey,
    VerifyingKey,
    balances_line,
    balances_roots,
    cosign,
    cosignatures,
    format_proof,
    format_record,
    open_checkpoint,
    parse_proof,
    read_checkpoint,
    sign_checkpoint,
    time_line,
    verify,
    verify_growth,
    verify_record,
)
from dawam.ledger.proofs.balances import Part, path_length
from dawam.ledger.proofs.notes import encode

VERIFIER = Path(__file__).parents[2] / "examples" / "verify_proof.py"
KEY = SigningKey.generate("ledger.example.org/books", b"k" * 32)
OTHER = SigningKey.generate("ledger.example.org/books", b"o" * 32)
WITNESS = SigningKey.generate("witness.example.net/w1", b"w" * 32, kind=WITNESS_KEY)
BALANCES = np.array([-1_000_250, 1_000_000, 0, -50, 300, 0, 0], np.int64)
IDS = b"".join(number.to_bytes(16, "big") for number in range(501, 508))


def leaves(first, count):
    return IDS[16 * first : 16 * (first + count)], BALANCES[first : first + count]


def tree_of(ledger):
    return BalancesTree.build([(IDS, BALANCES)], ledger=ledger, size=42, salt_key=b"secret", leaves=leaves)


TREE = tree_of(818)
EXTENSIONS = (time_line(5), balances_line(TREE.root), balances_line(tree_of(840).root))
SIGNED = sign_checkpoint(Checkpoint(KEY.name, 42, bytes(32), EXTENSIONS), KEY)
PROOF = format_proof(TREE.prove(3), log=KEY.name)


def code_of(proof, checkpoint=SIGNED.text, key=KEY.verifying):
    with pytest.raises(InvalidInput) as raised:
        verify(proof, checkpoint, key)
    return raised.value.code


def signed(**changes):
    return sign_checkpoint(replace(SIGNED.checkpoint, **changes), KEY).text


def test_a_proof_says_what_it_proves():
    assert verify(PROOF, SIGNED.text, KEY.verifying.text) == ProvedBalance(
        log="ledger.example.org/books",
        size=42,
        ledger=818,
        account_id=504,
        balance=-50,
        accounts=7,
        owed=1_000_300,
        owing=1_000_300,
        time_ns=5,
    )
    assert verify(PROOF.encode(), SIGNED.text.encode(), KEY.verifying).balance == -50


def test_a_file_holds_the_proof_and_nothing_else():
    for ledger in (818, 840):
        for index in range(7):
            proof = tree_of(ledger).prove(index)
            text = format_proof(proof, log=KEY.name)
            assert parse_proof(text) == (KEY.name, proof)
            assert verify(text, SIGNED.text, KEY.verifying).account_id == 501 + index


def test_a_checkpoint_says_the_sums_of_each_currency():
    roots = balances_roots(read_checkpoint(SIGNED.text).checkpoint)
    assert roots == {818: TREE.root, 840: tree_of(840).root}
    assert (roots[818].count, roots[818].owed, roots[818].owing) == (7, 1_000_300, 1_000_300)


CAUSES = {
    "another log": (PROOF.replace("log ledger", "log bank"), SIGNED.text, "proof_of_another_log"),
    "a later checkpoint": (PROOF, signed(size=43), "proof_of_another_checkpoint"),
    "no balances": (PROOF, signed(extensions=(EXTENSIONS[2],)), "checkpoint_without_balances"),
    "another tree": (
        PROOF,
        signed(extensions=(EXTENSIONS[2].replace(" 840 ", " 818 "),)),
        "proof_contradicts_checkpoint",
    ),
    "another sum": (
        PROOF,
        signed(extensions=(EXTENSIONS[1].replace("1000300", "1000200"),)),
        "proof_contradicts_checkpoint",
    ),
    "another balance": (
        PROOF.replace("balance -50", "balance 50"),
        SIGNED.text,
        "proof_contradicts_checkpoint",
    ),
    "another account": (PROOF.replace("1f8\n", "1f9\n"), SIGNED.text, "proof_contradicts_checkpoint"),
    "another key": (PROOF, sign_checkpoint(SIGNED.checkpoint, OTHER).text, "checkpoint_signature_missing"),
    "a changed checkpoint": (PROOF, SIGNED.text.replace(" 7 ", " 8 "), "checkpoint_signature_wrong"),
    "a proof for a checkpoint": (PROOF, PROOF, "checkpoint_malformed"),
    "a checkpoint for a proof": (SIGNED.text, SIGNED.text, "proof_malformed"),
    "nothing": ("", SIGNED.text, "proof_truncated"),
    "a picture": (b"\x89PNG\r\n\x1a\n", SIGNED.text, "proof_malformed"),
    "a file without end": ("dawam-balance-proof 1\n" * 100_000, SIGNED.text, "proof_malformed"),
}


@pytest.mark.parametrize(("proof", "checkpoint", "code"), CAUSES.values(), ids=CAUSES.keys())
def test_what_does_not_verify_says_why(proof, checkpoint, code, tmp_path):
    assert code_of(proof, checkpoint) == code
    done = judged_elsewhere(tmp_path, proof, checkpoint)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


SPOILT = [
    ("size 42", "size 042"),
    ("size 42", "size -42"),
    ("size 42", "size 4_2"),
    ("size 42", "size ٤٢"),
    ("size 42", f"size {2**64}"),
    ("ledger 818", f"ledger {2**32}"),
    ("balance -50", "balance -050"),
    ("balance -50", "balance -0"),
    ("balance -50", "balance --50"),
    ("balance -50", "balance 5e1"),
    ("balance -50", f"balance {2**127}"),
    ("000001f8", "000001F8"),
    ("000001f8", "1f8"),
    ("account ", "account  "),
    ("leaf 3 7", "leaf 7 7"),
    ("leaf 3 7", "leaf 3"),
    ("leaf 3 7", "leaf 3 3 7"),
    ("\nleaf", "\n\nleaf"),
    ("\n", "\r\n"),
    ("proof 1", "proof 2"),
]


@pytest.mark.parametrize(("old", "new"), SPOILT)
def test_a_file_has_one_spelling(old, new, tmp_path):
    assert code_of(PROOF.replace(old, new)) == "proof_malformed"
    assert judged_elsewhere(tmp_path, PROOF.replace(old, new)).returncode == 1


SIBLINGS = {
    "no base 64": "é",
    "too short": encode(b"A"),
    "no sums": encode(bytes(32)),
    "less than it says": encode(bytes(32) + b"\1"),
    "zero before owed": encode(bytes(32) + b"\2\0A"),
    "zero before owing": encode(bytes(32) + b"\0\0A"),
    "owed of 17 bytes": encode(bytes(32) + b"\x11" + b"A" * 17),
    "owing of 17 bytes": encode(bytes(32) + b"\0" + b"A" * 17),
    "not canonical": encode(bytes(32) + b"\1A").replace("Q==", "R=="),
}


@pytest.mark.parametrize("path", SIBLINGS.values(), ids=SIBLINGS.keys())
def test_a_sibling_that_cannot_be_read_is_malformed(path):
    lines = PROOF.split("\n")
    with pytest.raises(InvalidInput) as raised:
        parse_proof("\n".join([*lines[:8], path, *lines[9:]]))
    assert (raised.value.code, raised.value.params) == ("proof_malformed", {"line": 9})


@pytest.mark.parametrize(
    "line",
    [
        "dawam-balances",
        "dawam-balances 818 7",
        EXTENSIONS[1] + " 1",
        EXTENSIONS[1].replace(" 7 ", " 0 "),
        EXTENSIONS[1].replace(" 7 ", " 07 "),
        EXTENSIONS[1].replace("=", ""),
        EXTENSIONS[1].replace(" 818 ", f" {2**32} "),
        EXTENSIONS[1].replace("1000300", f"{2**128}"),
    ],
)
def test_a_line_of_balances_that_cannot_be_read_is_malformed(line):
    with pytest.raises(InvalidInput) as raised:
        balances_roots(Checkpoint(KEY.name, 42, bytes(32), ("first", line)))
    assert (raised.value.code, raised.value.params) == ("checkpoint_malformed", {"line": 5})


def test_a_checkpoint_says_one_thing_of_a_currency():
    assert code_of(PROOF, signed(extensions=(EXTENSIONS[1], EXTENSIONS[1]))) == "checkpoint_malformed"


@pytest.mark.parametrize("cut", range(len(PROOF)))
def test_a_proof_cut_off_anywhere_is_called_truncated(cut):
    assert code_of(PROOF[:cut]) == "proof_truncated"


def test_no_flipped_bit_verifies():
    proof = PROOF.encode()
    for place in range(len(proof)):
        for bit in range(8):
            flipped = proof[:place] + bytes([proof[place] ^ 1 << bit]) + proof[place + 1 :]
            assert code_of(flipped).startswith(("proof_", "checkpoint_without_balances"))


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_whatever_is_sent_ends_as_invalid_input(text):
    assert code_of(text).startswith("proof_")
    assert code_of(PROOF, text).startswith("checkpoint_")
    assert code_of(PROOF.replace("42", str(text))).startswith("proof_")
    if isinstance(text, str):
        assert code_of(PROOF, key=text) == "verifying_key_malformed"


PARTS = st.builds(
    Part, st.binary(min_size=32, max_size=32), st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1)
)


@given(st.integers(0, 2**64 - 2), st.integers(-(2**127) + 1, 2**127 - 1), st.data())
def test_any_proof_that_can_be_is_written_read_and_judged(index, balance, data):
    count = data.draw(st.integers(index + 1, 2**64 - 1))
    length = path_length(index, count)
    path = tuple(data.draw(st.lists(PARTS, min_size=length, max_size=length)))
    proof = BalanceProof(818, 42, 2**128 - 1, balance, bytes(16), index, count, path)
    text = format_proof(proof, log=KEY.name)
    assert parse_proof(text) == (KEY.name, proof)
    line = balances_line(BalancesRoot(818, count, bytes(32), 0, 0))
    assert code_of(text, signed(extensions=(line,))) == "proof_contradicts_checkpoint"


RECORDS = [bytes([number]) * 114 for number in range(21)]
LEAVES = [merkle.leaf_hash(record) for record in RECORDS]
LOG_OF_RECORDS = sign_checkpoint(Checkpoint(KEY.name, 21, merkle.root(LEAVES)), KEY).text


def record_file(index):
    path = tuple(merkle.inclusion_proof(LEAVES, index))
    return format_record(RecordProof(21, index, RECORDS[index], path), log=KEY.name)


def record_code(text, checkpoint=LOG_OF_RECORDS):
    with pytest.raises(InvalidInput) as raised:
        verify_record(text, checkpoint, KEY.verifying)
    return raised.value.code


def test_each_record_of_a_log_is_proved():
    for index, record in enumerate(RECORDS):
        proved = verify_record(record_file(index), LOG_OF_RECORDS, KEY.verifying.text)
        assert proved == ProvedRecord(KEY.name, 21, index, record, None)


def test_another_record_another_place_and_another_log_are_not_proved():
    text = record_file(5)
    assert record_code(text.replace("leaf 5", "leaf 4")) == "record_contradicts_checkpoint"
    changed = text.replace(encode(RECORDS[5]), encode(RECORDS[6]))
    assert record_code(changed) == "record_contradicts_checkpoint"
    assert record_code(text, SIGNED.text) == "proof_of_another_checkpoint"
    assert record_code(text.replace("log ledger", "log x")) == "proof_of_another_log"
    assert record_code(text.replace("leaf 5", "leaf 21")) == "proof_malformed"
    assert record_code(PROOF) == "proof_malformed"


@given(st.data())
def test_a_record_proof_with_any_character_changed_or_cut_off_does_not_verify(data):
    text = record_file(7)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("\n 0aZ+=é").filter(lambda letter: letter != text[at]))
    record_code(text[:at] + letter + text[at + 1 :])
    record_code(text[:at])


@pytest.mark.parametrize("most", [10**9, 10**12])
def test_a_proof_among_20_million_accounts_takes_less_than_two_thousand_bytes(most):
    """Of the longest path, with as much owed as owing on all of it."""
    index, count = 0, 20_400_000
    assert path_length(index, count) == 25
    path = tuple(Part(bytes(32), most << level, most << level) for level in range(25))
    proof = BalanceProof(818, 10**9, 2**128 - 1, -most, bytes(16), index, count, path)
    assert len(format_proof(proof, log="ledger.central-bank.example.org/retail")) < 2000


def test_the_page_shows_files_that_verify(tmp_path):
    page = VERIFIER.parents[1] / "docs" / "proofs.md"
    blocks = page.read_text(encoding="utf-8").split("```text\n")[1:]
    checkpoint, keys, growth, earlier, record, proof = (block.split("```")[0] for block in blocks)
    log, witness = map(VerifyingKey.parse, keys.splitlines())
    assert verify(proof, checkpoint, log).balance == 300
    assert verify_growth(growth, earlier, checkpoint, log).new_size == 9
    assert verify_record(record, checkpoint, log).record == b"\x02"
    (seen,) = cosignatures(open_checkpoint(checkpoint, log), [witness])
    assert seen.time_s == 1_700_000_075
    assert open_checkpoint(checkpoint, log).checkpoint.root == merkle.root(
        [merkle.leaf_hash(bytes([number])) for number in range(9)]
    )
    assert judged_elsewhere(tmp_path, proof, checkpoint, keys.splitlines()).returncode == 0


def judged_elsewhere(folder, proof, checkpoint=SIGNED.text, keys=(KEY.verifying.text,)):
    """What the verifier in examples/ says, run as a program of its own."""
    files = folder / "proof.txt", folder / "checkpoint.txt"
    for file, content in zip(files, (proof, checkpoint), strict=True):
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    command = [sys.executable, str(VERIFIER), *map(str, files), *keys]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_verifier_that_knows_nothing_of_us_agrees(tmp_path):
    done = judged_elsewhere(tmp_path, PROOF)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "verified: account 000000000000000000000000000001f8 had -50 in ledger 818 "
        "after 42 records of ledger.example.org/books\n"
    )


def test_the_verifier_that_knows_nothing_of_us_is_short_and_free_of_us():
    lines = VERIFIER.read_text().splitlines()
    assert len(lines) <= 100
    assert [line for line in lines if "import" in line and "dawam" in line] == []


def test_the_verifier_that_knows_nothing_of_us_asks_witnesses(tmp_path):
    keys = (KEY.verifying.text, WITNESS.verifying.text)
    witnessed = cosign(SIGNED, WITNESS, time_s=1_700_000_000)
    assert judged_elsewhere(tmp_path, PROOF, witnessed.text, keys).returncode == 0
    done = judged_elsewhere(tmp_path, PROOF, SIGNED.text, keys)
    assert (done.returncode, done.stderr.strip()) == (
        1,
        "not verified: the checkpoint is not signed by witness.example.net/w1",
    )
    other = sign_checkpoint(replace(SIGNED.checkpoint, root=b"1" * 32), KEY)
    moved = replace(other, signatures=(*other.signatures, witnessed.signatures[1]))
    assert judged_elsewhere(tmp_path, PROOF, moved.text, keys).returncode == 1


def test_the_verifier_that_knows_nothing_of_us_never_shows_a_traceback(tmp_path):
    proof = PROOF.encode()
    cases = [proof[: len(proof) * part // 6] for part in range(6)]
    cases += [proof[:place] + b"\xff" + proof[place + 1 :] for place in (0, 60, 200, len(proof) - 2)]
    for case in cases:
        done = judged_elsewhere(tmp_path, case)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("not verified: ")
        assert "Traceback" not in done.stderr
    for keys in ((), ("",), ("a+b+c",), (OTHER.verifying.text,), (WITNESS.verifying.text,)):
        done = judged_elsewhere(tmp_path, proof, keys=keys)
        assert done.returncode == 1
        assert done.stderr.startswith("not verified: ")

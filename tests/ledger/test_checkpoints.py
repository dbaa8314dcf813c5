"""Checkpoints and their keys: published examples, what is refused, and that nothing else is ever raised."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import Bug, InvalidInput, merkle
from dawam.ledger.proofs import (
    WITNESS_KEY,
    Checkpoint,
    Growth,
    SigningKey,
    VerifyingKey,
    cosign,
    cosignatures,
    format_growth,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    time_line,
    verify_growth,
)

# From the documentation of Go's golang.org/x/mod/sumdb/note.
PETER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
# From C2SP tlog-cosignature.
C2SP_EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501

KEY = SigningKey.generate("ledger.example.org/books", bytes(range(32)))
OTHER = SigningKey.generate("ledger.example.org/books", bytes(32))
WITNESS = SigningKey.generate("witness.example.net/w1", b"w" * 32, kind=WITNESS_KEY)
CHECKPOINT = Checkpoint(
    KEY.name, 7, bytes(range(32)), (time_line(1_700_000_000_000_000_000), "anything else")
)
SIGNED = sign_checkpoint(CHECKPOINT, KEY)


def code_of(call, *given, **named):
    with pytest.raises(InvalidInput) as raised:
        call(*given, **named)
    return raised.value.code


def test_a_published_key_signs_what_it_has_signed():
    key = SigningKey.parse(PETER)
    assert (key.text, key.verifying.text) == (PETER, PETER_PUBLIC)
    signature = (key.verifying.id + key.sign(PETER_TEXT.encode())).hex()
    assert signature == b64decode(PETER_SIGNED).hex()
    assert VerifyingKey.parse(PETER_PUBLIC + "\n") == key.verifying


def test_the_published_example_is_read_and_written_again():
    signed = read_checkpoint(C2SP_EXAMPLE)
    assert signed.checkpoint.origin == "example.com/behind-the-sofa"
    assert signed.checkpoint.size == 20_852_163
    assert signed.text == C2SP_EXAMPLE


def test_a_signed_checkpoint_opens_with_its_key_as_text_and_as_bytes():
    assert open_checkpoint(SIGNED.text, KEY.verifying) == SIGNED
    assert open_checkpoint(SIGNED.text.encode(), KEY.verifying).checkpoint == CHECKPOINT
    assert SIGNED.text.startswith(f"{KEY.name}\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\ndawam-time ")
    assert CHECKPOINT.time_ns == 1_700_000_000_000_000_000
    assert Checkpoint(KEY.name, 0, bytes(32)).time_ns is None


def test_a_signature_of_another_key_of_the_same_name_does_not_count():
    assert code_of(open_checkpoint, SIGNED.text, OTHER.verifying) == "checkpoint_signature_missing"


def test_a_checkpoint_of_another_log_is_named_as_such():
    other = SigningKey.generate("elsewhere.example.org", bytes(32))
    assert code_of(open_checkpoint, SIGNED.text, other.verifying) == "checkpoint_of_another_log"


def test_a_changed_checkpoint_has_a_wrong_signature():
    for old, new in (
        ("\n7\n", "\n8\n"),
        ("AAEC", "AAED"),
        ("anything", "nothing"),
        ("dawam-time 17", "dawam-time 18"),
    ):
        changed = SIGNED.text.replace(old, new)
        assert code_of(open_checkpoint, changed, KEY.verifying) == "checkpoint_signature_wrong"


def test_a_log_does_not_sign_in_the_name_of_another():
    with pytest.raises(Bug):
        sign_checkpoint(Checkpoint("elsewhere.example.org", 7, bytes(32)), KEY)
    with pytest.raises(Bug):
        sign_checkpoint(Checkpoint(KEY.name, 7, bytes(32), ("two\nlines",)), KEY)


def test_signatures_of_unknown_keys_are_kept_and_ignored():
    text = SIGNED.text + "— somebody.example AAAAAAA=\n" + "— " + KEY.name + " AAAAAAA=\n"
    signed = open_checkpoint(text, KEY.verifying)
    assert len(signed.signatures) == 3
    assert signed.text == text
    assert cosignatures(signed, [WITNESS.verifying]) == ()


def test_witnesses_sign_below_and_say_when():
    signed = cosign(SIGNED, WITNESS, time_s=1_679_315_147)
    again = open_checkpoint(signed.text, KEY.verifying)
    (found,) = cosignatures(again, [OTHER.verifying, WITNESS.verifying])
    assert (found.name, found.time_s) == ("witness.example.net/w1", 1_679_315_147)
    message = b"cosignature/v1\ntime 1679315147\n" + CHECKPOINT.body.encode()
    assert again.signatures[1].content == (1_679_315_147).to_bytes(8, "big") + WITNESS.sign(message)


def test_a_witness_that_did_not_sign_this_is_found_out():
    signed = cosign(SIGNED, WITNESS, time_s=5)
    grown = Checkpoint(KEY.name, 8, bytes(32))
    moved = sign_checkpoint(grown, KEY).text + signed.signatures[1].line + "\n"
    assert code_of(cosignatures, read_checkpoint(moved), [WITNESS.verifying]) == "checkpoint_signature_wrong"
    short = SIGNED.text + f"— {WITNESS.name} " + b64encode(WITNESS.verifying.id + b"x").decode()
    assert (
        code_of(cosignatures, read_checkpoint(short + "\n"), [WITNESS.verifying])
        == "checkpoint_signature_wrong"
    )


def test_a_witness_key_opens_no_checkpoint_and_a_log_key_witnesses_none():
    text = SIGNED.text.replace(KEY.name, WITNESS.name)
    assert code_of(open_checkpoint, text, WITNESS.verifying) == "verifying_key_malformed"
    with pytest.raises(Bug):
        cosign(SIGNED, KEY, time_s=5)
    assert code_of(cosignatures, SIGNED, [KEY.verifying]) == "checkpoint_signature_wrong"


HEAD = "log.example\n1\n" + "A" * 43 + "=\n"
BELOW = "\n— log.example AAAAAAA=\n"
MALFORMED = {
    "nothing": ("", 1),
    "no signature": (HEAD, 4),
    "no signature after the gap": (HEAD + "\n", 5),
    "no end of line": (HEAD + BELOW[:-1], 5),
    "no name": ("\n1\n" + "A" * 43 + "=\n" + BELOW, 1),
    "two lines": ("log.example\n1\n" + BELOW, 3),
    "zero before the size": (HEAD.replace("\n1\n", "\n01\n") + BELOW, 2),
    "negative size": (HEAD.replace("\n1\n", "\n-1\n") + BELOW, 2),
    "Arabic digits": (HEAD.replace("\n1\n", "\n١\n") + BELOW, 2),
    "size of 65 bits": (HEAD.replace("\n1\n", f"\n{2**64}\n") + BELOW, 2),
    "root too short": (HEAD.replace("AAAA", "", 1) + BELOW, 3),
    "root not canonical": (HEAD.replace("A=", "B=") + BELOW, 3),
    "empty line within": (HEAD + "\nmore\n" + BELOW, 4),
    "time that is none": (HEAD + "dawam-time now\n" + BELOW, 4),
    "carriage returns": ((HEAD + BELOW).replace("\n", "\r\n"), 1),
    "a tab": (HEAD + "a\tb\n" + BELOW, 4),
    "hyphen for a dash": (HEAD + BELOW.replace("—", "-"), 5),
    "key name with a plus": (HEAD + BELOW.replace("log.", "log+"), 5),
    "signature without content": (HEAD + "\n— log.example AAAAAA==\n", 5),
    "signature not canonical": (HEAD + "\n— log.example AAAAAAB=\n", 5),
    "too many signatures": (HEAD + "\n" + BELOW[1:] * 101, 106),
    "not UTF-8": (b"\xff" + HEAD.encode() + BELOW.encode(), 1),
    "half a character": ("\ud800" + HEAD + BELOW, 1),
    "far too long": (HEAD + "x" * 2_000_000 + "\n" + BELOW, 1),
}


@pytest.mark.parametrize(("text", "line"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_checkpoint_is_refused_with_its_line(text, line):
    with pytest.raises(InvalidInput) as raised:
        read_checkpoint(text)
    assert (raised.value.code, raised.value.params) == ("checkpoint_malformed", {"line": line})


def test_what_the_malformed_ones_were_made_of_is_well_formed():
    assert read_checkpoint(HEAD + BELOW).checkpoint.size == 1
    assert len(read_checkpoint(HEAD + "\n" + BELOW[1:] * 100).signatures) == 100


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200), st.text("\n— A=1", max_size=60)))
def test_nothing_that_is_sent_raises_anything_else(text):
    assert code_of(open_checkpoint, text, KEY.verifying).startswith("checkpoint_")


@pytest.mark.parametrize("cut", range(len(SIGNED.text.encode())))
def test_no_truncated_checkpoint_opens(cut):
    assert code_of(open_checkpoint, SIGNED.text.encode()[:cut], KEY.verifying) == "checkpoint_malformed"


@given(st.integers(0, len(SIGNED.text.encode()) - 1), st.integers(0, 7))
def test_no_checkpoint_with_a_flipped_bit_opens(place, bit):
    flipped = bytearray(SIGNED.text.encode())
    flipped[place] ^= 1 << bit
    assert code_of(open_checkpoint, bytes(flipped), KEY.verifying).startswith("checkpoint_")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PETER,
        PETER_PUBLIC.replace("c74f20a3", "c74f20a4"),
        PETER_PUBLIC.replace("c74f20a3", "C74F20A3"),
        PETER_PUBLIC.replace("PeterNeumann", "Peter Neumann"),
        PETER_PUBLIC.replace("PeterNeumann", "Peter"),
        PETER_PUBLIC.replace("+ARpc", "+BRpc"),
        PETER_PUBLIC[:-4],
        PETER_PUBLIC + "AAAA",
        PETER_PUBLIC.replace("+ARpc", "+Axpc"),
        "\ud800+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_key_that_cannot_be_read_is_refused(text):
    assert code_of(VerifyingKey.parse, text) == "verifying_key_malformed"
    assert (
        code_of(SigningKey.parse, "PRIVATE+KEY+" + text.removeprefix("PRIVATE+KEY+")[1:])
        == "signing_key_malformed"
    )


def test_a_public_key_is_no_secret_one():
    assert code_of(SigningKey.parse, PETER_PUBLIC) == "signing_key_malformed"
    assert code_of(SigningKey.parse, PETER.replace("AYEK", "AYEL")) == "signing_key_malformed"


@given(st.text())
def test_no_text_makes_a_key_raise_anything_else(text):
    assert code_of(VerifyingKey.parse, text) == "verifying_key_malformed"
    assert code_of(SigningKey.parse, f"PRIVATE+KEY+{text}") == "signing_key_malformed"


@given(st.binary(min_size=32, max_size=32))
def test_whatever_stands_for_a_public_key_verifies_nothing_of_ours(public):
    key = VerifyingKey(KEY.name, public)
    assert VerifyingKey.parse(key.text) == key
    assert code_of(open_checkpoint, SIGNED.text, key) == "checkpoint_signature_missing"
    assert not key.verifies(b"text", b"\1" * 64)
    assert not key.verifies(b"text", b"short")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n", "\ud800", "nul\0"])
def test_a_log_has_a_name_that_can_be_written(name):
    assert code_of(SigningKey.generate, name, bytes(32)) == "log_name_malformed"


def test_a_key_is_made_of_32_bytes_and_never_shown():
    assert code_of(SigningKey.generate, "log.example", bytes(31)) == "signing_key_malformed"
    assert KEY.text not in repr(KEY)
    assert SigningKey.parse(KEY.text).verifying == KEY.verifying
    assert SigningKey.parse(WITNESS.text).verifying == WITNESS.verifying


LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(9)]


def checkpoint_of(size, leaves=LEAVES, key=KEY):
    return sign_checkpoint(Checkpoint(key.name, size, merkle.root(leaves[:size])), key).text


def growth_of(old, new, leaves=LEAVES):
    return format_growth(Growth(KEY.name, old, new), merkle.consistency_proof(leaves, old, new))


@given(st.integers(1, 9), st.data())
def test_growth_is_proved_between_any_two_checkpoints(new, data):
    old = data.draw(st.integers(1, new))
    found = verify_growth(growth_of(old, new), checkpoint_of(old), checkpoint_of(new), KEY.verifying.text)
    assert found == Growth(KEY.name, old, new)


def test_growth_that_rewrites_is_not_proved():
    other = [merkle.leaf_hash(b"rewritten"), *LEAVES[1:]]
    new = checkpoint_of(8, other)
    for proof in (growth_of(6, 8, other), growth_of(6, 8)):
        assert (
            code_of(verify_growth, proof, checkpoint_of(6), new, KEY.verifying)
            == "growth_contradicts_checkpoints"
        )


def test_a_proof_of_other_growth_is_named_as_such():
    old, new = checkpoint_of(6), checkpoint_of(8)
    for proof in (growth_of(5, 8), growth_of(6, 7)):
        assert code_of(verify_growth, proof, old, new, KEY.verifying) == "proof_of_another_checkpoint"
    elsewhere = growth_of(6, 8).replace(KEY.name, "elsewhere.example.org")
    assert code_of(verify_growth, elsewhere, old, new, KEY.verifying) == "proof_of_another_log"
    assert code_of(verify_growth, growth_of(6, 8), old, checkpoint_of(8, key=OTHER), KEY.verifying) == (
        "checkpoint_signature_missing"
    )


def test_no_truncated_or_changed_growth_verifies():
    proof, old, new = growth_of(6, 8), checkpoint_of(6), checkpoint_of(8)
    for cut in range(len(proof)):
        assert code_of(verify_growth, proof[:cut], old, new, KEY.verifying) == "proof_truncated"
    for place in range(len(proof)):
        changed = proof.encode()[:place] + bytes([proof.encode()[place] ^ 1]) + proof.encode()[place + 1 :]
        assert code_of(verify_growth, changed, old, new, KEY.verifying)
    for wrong in (
        proof + "\n",
        proof.replace("from 6", "from 9"),
        proof.replace("=", "", 1),
        "",
        "dawam",
        "hello\n",
    ):
        assert code_of(verify_growth, wrong, old, new, KEY.verifying) in (
            "proof_malformed",
            "proof_truncated",
        )

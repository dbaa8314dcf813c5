"""`dawam ledger key, checkpoint, prove, verify, growth, audit --since, export`, as a person types them."""

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import pytest

from dawam.cli import run
from dawam.ledger import TABLES, Account, Ledger, SigningKey, Transfer, sealing
from dawam.ledger.chart import Chart, account_id_of
from dawam.storage import SCHEMA_VERSION, Storage

CASH, WALLET, OTHER = account_id_of("assets:cash:egp"), account_id_of("liabilities:wallets:amal"), 77
MOMENT = 1_700_000_000_000_000_000
KEY = SigningKey.generate("ledger.example.org/books", b"k" * 32)
PUBLIC = KEY.verifying.text


class Said(NamedTuple):
    """What a line of words came to."""

    status: int
    out: str
    err: str

    @property
    def code(self):
        """The code of a refusal: said in three lines, without a traceback, and nothing on stdout."""
        lines = self.err.strip().splitlines()
        assert (len(lines), self.out) == (3, ""), self
        return self.status, lines[0].rpartition("(")[2].rstrip(")")


@pytest.fixture
def typed(capsys):
    def type_words(*words):
        status = run(["ledger", *map(str, words)])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return type_words


class Place(NamedTuple):
    """A database with four records and metadata, its URL, a folder, its log's key file."""

    url: str
    folder: object
    key: object

    def post(self, *transfers, key=KEY):
        with closing(Storage.open(self.url, tables=TABLES)) as storage:
            ledger = Ledger(storage, seal=sealing(storage, key) if key else None)
            storage.write_now(lambda tx: ledger.post_transfers(tx, transfers, now_ns=MOMENT))


def made(url, folder):
    with closing(Storage.open(url, tables=TABLES)) as storage:
        ledger = Ledger(storage, seal=sealing(storage, KEY))
        chart = Chart(storage, ledger)

        def fill(tx):
            accounts = [Account(CASH, 818, 1), Account(WALLET, 818, 2), Account(OTHER, 818, 2)]
            ledger.create_accounts(tx, accounts, now_ns=MOMENT)
            chart.name_account(tx, "assets:cash:egp", CASH)
            chart.name_account(tx, "liabilities:wallets:amal", WALLET)
            ledger.post_transfers(tx, [Transfer(9, CASH, WALLET, 12345, ledger=818, code=1)], now_ns=MOMENT)
            ledger.annotate_transfer(tx, 9, {"memo": "salary"}, now_ns=MOMENT)

        storage.write_now(fill)
    key = folder / "log.key"
    key.write_text(KEY.text)
    return Place(url, folder, key)


@pytest.fixture
def place(tmp_path):
    return made(f"sqlite:///{tmp_path / 'books.db'}", tmp_path)


@pytest.fixture
def proved(place, typed):
    """Files of a proof and its checkpoint."""
    assert typed("checkpoint", "--database", place.url, "--key", place.key).status == 0
    proof, checkpoint = place.folder / "amal.proof", place.folder / "checkpoint"
    said = typed(
        *("prove", "liabilities:wallets:amal", "--database", place.url),
        *("--out", proof, "--checkpoint-out", checkpoint),
    )
    assert said == (0, "", "")
    return proof, checkpoint


Type = Callable[..., Said]


def test_a_key_is_made_once_for_its_owner_alone(tmp_path, typed: Type):
    file = tmp_path / "log.key"
    said = typed("key", "--name", "a.example/log", "--out", file)
    assert said.out.startswith("a.example/log+")
    assert SigningKey.parse(file.read_text()).verifying.text == said.out.strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert typed("key", "--name", "a.example/log", "--out", file).code == (2, "file_exists")
    other = typed("key", "--name", "a.example/log", "--out", tmp_path / "other.key")
    assert other.out != said.out
    assert typed("key", "--name", "a log", "--out", tmp_path / "x").code == (2, "log_name_malformed")
    assert typed("key", "--name", "log", "--out", tmp_path / "no" / "x").code == (2, "file_unwritable")


def test_a_balance_is_proved_on_each_engine(database_url, tmp_path, typed: Type):
    place = made(database_url, tmp_path)
    said = typed("checkpoint", "--database", place.url, "--key", place.key, "--json")
    report = json.loads(said.out)
    assert (report["size"], report["ledgers"][0]["owed_minor"]) == (5, 12345)
    proof, checkpoint = tmp_path / "p", tmp_path / "c"
    for account in ("liabilities:wallets:amal", str(WALLET), "1XXTBAHNWTJ4RYHA2G0VGY0M7G"):
        proof.unlink(missing_ok=True)
        checkpoint.unlink(missing_ok=True)
        said = typed(
            *("prove", account, "--database", place.url, "--out", proof),
            *("--checkpoint-out", checkpoint),
        )
        assert said == (0, "", "")
        said = typed("verify", proof, checkpoint, "--key", PUBLIC)
        assert said.status == 0
        assert "account 1XXTBAHNWTJ4RYHA2G0VGY0M7G had 123.45 EGP after 5 records" in said.out
        assert "among 3 accounts" in said.out
    assert checkpoint.read_text() == report["checkpoint"]


def test_a_proof_is_printed_where_no_file_is_named(place, proved, typed: Type):
    said = typed("prove", OTHER, "--database", place.url)
    assert said.out.startswith("dawam-balance-proof 1\n")
    assert "\nbalance 0\n" in said.out


def test_any_record_is_proved_and_told_in_words(place, proved, typed: Type):
    _, checkpoint = proved
    for words, expected in [
        (
            ["--transfer", "9"],
            "is the transfer 00000000000000000000000009 of 123.45 EGP, from the account of",
        ),
        (["--record", "2"], "record 2 of the 5 of ledger.example.org/books is the account 1XXTBAHNWTJ4RY"),
        (["--record", "5"], "is metadata, of 43 bytes"),
    ]:
        proof = place.folder / "record.proof"
        assert typed("prove", *words, "--database", place.url, "--out", proof).status == 0
        assert expected in typed("verify", proof, checkpoint, "--key", PUBLIC).out
        proof.unlink()


def test_growth_is_proved_from_an_earlier_checkpoint(place, proved, typed: Type):
    _, old = proved
    place.post(Transfer(10, CASH, WALLET, 1, ledger=818, code=1))
    proof, new = place.folder / "growth", place.folder / "new"
    said = typed("growth", old, "--database", place.url, "--out", proof, "--checkpoint-out", new)
    assert said == (0, "", "")
    assert "the 6 records of" in typed("verify", proof, new, "--key", PUBLIC, "--since", old).out
    assert typed("verify", proof, old, "--key", PUBLIC, "--since", old).code == (
        1,
        "proof_of_another_checkpoint",
    )
    said = typed("verify", proof, new, "--key", PUBLIC)
    assert (said.status, "--since" in said.err) == (2, True)


def test_books_that_begin_as_they_did_pass_and_a_cut_off_tail_is_named(place, proved, typed: Type):
    _, old = proved
    assert typed("audit", "--database", place.url, "--since", old, "--key", PUBLIC).status == 0
    earlier = place.folder / "books.db"
    kept = place.folder / "earlier.db"
    shutil.copy(earlier, kept)
    place.post(Transfer(10, CASH, WALLET, 1, ledger=818, code=1))
    new = place.folder / "new"
    typed("prove", "--record", "6", "--database", place.url, "--checkpoint-out", new)
    shutil.move(kept, earlier)
    assert typed("audit", "--database", place.url).status == 0
    said = typed("audit", "--database", place.url, "--since", new, "--key", PUBLIC)
    assert (said.status, "at record 6: record_missing" in said.out) == (1, True)
    place.post(Transfer(11, CASH, WALLET, 2, ledger=818, code=1))
    said = typed("audit", "--database", place.url, "--since", new, "--key", PUBLIC, "--json")
    report = json.loads(said.out)
    assert (said.status, report["ok"], report["bad_seq"], report["finding"]) == (1, False, 6, "seal_differs")
    assert typed("audit", "--database", place.url, "--since", new).status == 2


def damaged(proof, checkpoint):
    """Each way to spoil the files, and the word for it."""
    text, signed = proof.read_text(), checkpoint.read_text()
    other = SigningKey.generate(KEY.name, b"o" * 32)
    another_log = SigningKey.generate("another.example/log", b"k" * 32)
    yield text[:-30], signed, PUBLIC, "proof_truncated"
    yield text[: text.index("leaf")], signed, PUBLIC, "proof_truncated"
    yield "", signed, PUBLIC, "proof_truncated"
    yield "garbage\n", signed, PUBLIC, "proof_malformed"
    yield "\udcff", signed, PUBLIC, "proof_malformed"
    yield text.replace("balance 12345", "balance 12346"), signed, PUBLIC, "proof_contradicts_checkpoint"
    yield text.replace("size 5", "size 4"), signed, PUBLIC, "proof_of_another_checkpoint"
    yield text.replace("log ledger", "log another"), signed, PUBLIC, "proof_of_another_log"
    yield text, signed[:-40], PUBLIC, "checkpoint_malformed"
    yield text, "", PUBLIC, "checkpoint_malformed"
    yield text, "garbage", PUBLIC, "checkpoint_malformed"
    yield text, signed.replace("\n5\n", "\n6\n"), PUBLIC, "checkpoint_signature_wrong"
    yield text, signed, other.verifying.text, "checkpoint_signature_missing"
    yield text, signed, another_log.verifying.text, "checkpoint_of_another_log"


def test_what_is_not_verified_says_why_and_exits_with_1(proved, typed: Type):
    proof, checkpoint = proved
    for text, signed, key, code in list(damaged(proof, checkpoint)):
        proof.write_bytes(text.encode("utf-8", "surrogateescape"))
        checkpoint.write_text(signed)
        assert typed("verify", proof, checkpoint, "--key", key).code == (1, code)


def test_files_and_keys_that_cannot_be_read_exit_with_2(place, proved, typed: Type):
    proof, checkpoint = proved
    none, database = place.folder / "none", ("--database", place.url)
    verified = ("verify", proof, checkpoint, "--key")
    for words, code in [
        ([*verified, "rubbish"], "verifying_key_malformed"),
        (["verify", none, checkpoint, "--key", PUBLIC], "file_missing"),
        (["verify", proof, place.folder, "--key", PUBLIC], "file_unreadable"),
        (["checkpoint", *database, "--key", none], "file_missing"),
        (["checkpoint", *database, "--key", proof], "signing_key_malformed"),
        (["growth", none, *database], "file_missing"),
        (["growth", proof, *database], "checkpoint_malformed"),
        (["audit", *database, "--since", none, "--key", PUBLIC], "file_missing"),
        (["audit", *database, "--since", proof, "--key", PUBLIC], "checkpoint_malformed"),
        (["prove", OTHER, *database, "--out", proof], "file_exists"),
        (["prove", OTHER, *database, "--checkpoint-out", checkpoint], "file_exists"),
        (["prove", OTHER, *database, "--out", none / "x"], "file_unwritable"),
    ]:
        assert typed(*words).code == (2, code)


def test_what_is_not_in_the_books_is_said_so(place, proved, typed: Type):
    place.post(Transfer(10, CASH, WALLET, 1, ledger=818, code=1), key=None)
    for words, code in [
        (["78"], "ledger_account_unknown"),
        (["assets:cash:usd"], "ledger_account_unknown"),
        (["assets:Cash"], "chart_path_malformed"),
        (["amal"], "id_malformed"),
        ([""], "id_malformed"),
        (["٣"], "id_malformed"),
        (["9" * 39], "ledger_account_unknown"),
        (["0"], "ledger_account_unknown"),
        (["--transfer", "11"], "transfer_unknown"),
        (["--transfer", "10"], "newer_than_checkpoint"),
        (["--record", "0"], "record_unknown"),
        (["--record", "99999999999999999999999"], "record_unknown"),
    ]:
        assert typed("prove", *words, "--database", place.url).code == (2, code)
    assert typed("prove", "--database", place.url).status == 2
    assert typed("prove", "77", "--record", "1", "--database", place.url).status == 2


def test_a_key_of_another_log_signs_nothing(place, typed: Type):
    place.key.write_text(SigningKey.generate("another.example/log", b"k" * 32).text)
    said = typed("checkpoint", "--database", place.url, "--key", place.key)
    assert said.code == (2, "signing_key_of_another_log")


def test_without_a_checkpoint_of_balances_none_is_proved(place, typed: Type):
    assert typed("prove", "77", "--database", place.url).code == (2, "proof_not_available")
    assert typed("prove", "--record", "1", "--database", place.url).status == 0


@pytest.mark.parametrize(
    "words",
    [
        ["checkpoint", "--key", "KEY"],
        ["prove", "77"],
        ["prove", "--record", "1"],
        ["growth", "CHECKPOINT"],
        ["audit"],
        ["export", "--format", "hledger", "--out", "OUT"],
    ],
    ids=" ".join,
)
def test_a_database_that_cannot_be_used_is_said_so(place, proved, typed: Type, words):
    named = {"KEY": place.key, "CHECKPOINT": proved[1], "OUT": place.folder / "out"}
    words = [named.get(word, word) for word in words]
    missing = place.folder / "none.db"
    assert typed(*words, "--database", "mysql://x/y").code == (2, "database_url_unknown")
    assert typed(*words, "--database", f"sqlite:///{missing}").code == (2, "database_missing")
    assert not missing.exists()
    with closing(Storage.open(place.url, tables=TABLES)) as storage:
        newer = f"UPDATE schema SET version = {SCHEMA_VERSION + 1}"
        storage.write_now(lambda tx: tx.connection.exec_driver_sql(newer) and None)
    assert typed(*words, "--database", place.url).code == (2, "database_newer")
    assert not (place.folder / "out").exists()


def test_a_checkpoint_needs_the_database_for_itself(place, typed: Type):
    with closing(Storage.open(place.url, tables=TABLES)):
        said = typed("checkpoint", "--database", place.url, "--key", place.key)
    assert said.code == (2, "database_in_use")


def test_an_export_has_the_charts_names_and_the_metadata(place, typed: Type):
    place.post(*[Transfer(100 + n, WALLET, OTHER, n + 1, ledger=818, code=1) for n in range(50)])
    out = place.folder / "books.journal"
    said = typed("export", "--database", place.url, "--format", "hledger", "--out", out)
    assert said.out == f"{out}: 3 accounts, 51 transfers.\n"
    text = out.read_text()
    assert 'metadata:{"memo":"salary"}' in text
    if shutil.which("hledger"):
        found = subprocess.run(
            ["hledger", "-f", str(out), "bal", "--flat", "-N"], capture_output=True, text=True, check=True
        )
        assert [line.split() for line in found.stdout.splitlines()] == [
            ["123.45", "EGP", "assets:cash:egp"],
            ["-12.75", "EGP", "equity:unmapped:0000000000000000000000002d"],
            ["-110.70", "EGP", "liabilities:wallets:amal"],
        ]
    again = typed("export", "--database", place.url, "--format", "hledger", "--out", out)
    assert again.code == (2, "export_exists")
    assert out.read_text() == text


def test_an_export_to_nowhere_or_to_an_unknown_format_leaves_nothing(place, typed: Type):
    words = ("export", "--database", place.url, "--format")
    assert typed(*words, "excel", "--out", place.folder / "x").code == (2, "export_format_unknown")
    gone = place.folder / "no" / "x"
    for form in ("hledger", "beancount", "parquet"):
        assert typed(*words, form, "--out", gone).code == (2, "export_unwritable")
    assert not gone.parent.exists()


def test_every_format_is_exported_on_each_engine(database_url, tmp_path, typed: Type):
    place = made(database_url, tmp_path)
    for form in ("hledger", "beancount", "parquet"):
        out = tmp_path / form
        said = typed("export", "--database", place.url, "--format", form, "--out", out)
        assert said.out == f"{out}: 3 accounts, 1 transfers.\n"
    assert sorted(file.name for file in (tmp_path / "parquet").iterdir()) == [
        "accounts-00001.parquet",
        "transfers-00001.parquet",
    ]

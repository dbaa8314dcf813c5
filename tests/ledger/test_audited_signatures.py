"""With the log's public keys, the audit verifies who signed each checkpoint, and names the first bad one."""

import json
from contextlib import closing

import pytest
from sqlalchemy import update

from dawam.cli import run
from dawam.kernel import InvalidInput
from dawam.ledger import TABLES, Account, Ledger, SigningKey, Transfer, audited, sealing, tables
from dawam.ledger.audit import verify
from dawam.ledger.proofs import open_checkpoint
from dawam.storage import Storage

from .damage import Undo

NOW = 1_700_000_000_000_000_000
OLD = SigningKey.generate("ledger.example.org/books", b"o" * 32)
NEW = SigningKey.generate("ledger.example.org/books", b"n" * 32)
OTHER = SigningKey.generate("another.example/books", b"x" * 32)
KEYS = (OLD.verifying, NEW.verifying)


def fill(storage, *keys):
    """Two accounts, then a transfer a commit: each commit signed by the next of the keys, None by nobody."""
    for number, key in enumerate(keys, 1):
        ledger = Ledger(storage, seal=sealing(storage, key) if key else None)

        def verb(tx, ledger=ledger, number=number):
            if number == 1:
                ledger.create_accounts(tx, [Account(1, 818, 1), Account(2, 818, 1)], now_ns=NOW)
            else:
                ledger.post_transfers(tx, [Transfer(number, 1, 2, 5, ledger=818, code=1)], now_ns=NOW)

        storage.write_now(verb)


def after(storage, keys, size, change):
    """The report once a checkpoint's text was changed; nothing of it stays."""
    reports = []

    def verb(tx):
        (note,) = [note for at, note in tx.fetch(_notes()) if at == size]
        rows = tables.checkpoints
        tx.execute(update(rows).where(rows.c.size == size).values(note=change(note)))
        reports.append((verify(tx), verify(tx, keys=keys)))
        raise Undo

    with pytest.raises(Undo):
        storage.write_now(verb)
    return reports[0]


def _notes():
    rows = tables.checkpoints
    return rows.select().with_only_columns(rows.c.size, rows.c.note)


def flipped(note):
    """One byte of the signature, other than the key's id, is another."""
    at = len(note) - 30
    return note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]


def test_every_signature_is_verified_of_each_key_that_has_signed(storage):
    fill(storage, OLD, OLD, NEW, NEW)
    report = audited(storage, keys=KEYS)
    assert (report.ok, report.checkpoints, report.signed, report.signed_seq) == (True, 4, 4, 5)
    report = audited(storage)
    assert (report.ok, report.checkpoints, report.signed, report.signed_seq) == (True, 4, None, None)


@pytest.mark.parametrize(
    ("keys", "seq", "finding"),
    [
        ([NEW], 2, "checkpoint_signature_missing"),
        ([OLD], 4, "checkpoint_signature_missing"),
        ([OTHER], 2, "checkpoint_of_another_log"),
    ],
)
def test_a_key_that_did_not_sign_is_told_from_the_first_checkpoint_on(storage, keys, seq, finding):
    fill(storage, OLD, OLD, NEW, NEW)
    report = audited(storage, keys=[key.verifying for key in keys])
    assert (report.ok, report.bad_seq, report.finding) == (False, seq, finding)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (flipped, "checkpoint_signature_wrong"),
        (lambda note: note.replace("\n\n", "\ndawam-time 5\n\n"), "checkpoint_signature_wrong"),
        (lambda note: note[:-2], "checkpoint_malformed"),
        (lambda note: note.partition("\n\n")[0] + "\n\n", "checkpoint_malformed"),
        (lambda note: note.replace("example.org", "example.com"), "checkpoint_of_another_log"),
    ],
)
def test_a_changed_checkpoint_is_named_by_its_size(storage, change, finding):
    fill(storage, OLD, OLD, OLD, OLD)
    unaware, aware = after(storage, KEYS, 4, change)
    assert unaware.ok
    assert (aware.ok, aware.bad_seq, aware.finding) == (False, 4, finding)
    assert (aware.checkpoints, aware.signed, aware.signed_seq) == (2, 2, 3)


def test_checkpoints_of_a_time_without_a_key_are_counted_and_covered_by_the_next(storage):
    fill(storage, None, OLD, None, OLD, None)
    report = audited(storage, keys=KEYS)
    assert (report.ok, report.records, report.checkpoints) == (True, 6, 5)
    assert (report.signed, report.signed_seq) == (2, 5)


def test_books_that_nobody_signed_do_not_pass_with_a_key(storage):
    assert audited(storage, keys=KEYS).ok
    fill(storage, None, None)
    report = audited(storage, keys=KEYS)
    assert (report.ok, report.bad_seq, report.finding) == (False, 3, "checkpoint_signature_missing")


def test_a_key_of_a_witness_is_no_key_of_the_log(tmp_path, capsys):
    witness = SigningKey.generate("w", b"w" * 32, kind=4)
    url = f"sqlite:///{tmp_path / 'books.db'}"
    assert run(["ledger", "audit", "--database", url, "--key", witness.verifying.text]) == 2
    assert "(verifying_key_malformed)" in capsys.readouterr().err
    for keys in ([], [witness.verifying], [OLD.verifying, witness.verifying]):
        with pytest.raises(InvalidInput, match="verifying_key_malformed"):
            open_checkpoint("", *keys)


def test_the_command_says_who_signed_or_that_nobody_was_asked(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "sqlite:///books.db"
    with closing(Storage.open(url, tables=TABLES, inline=True)) as storage:
        fill(storage, OLD, OLD, NEW, None)
    audit = ["ledger", "audit", "--database", url]
    both = ["--key", OLD.verifying.text, "--key", NEW.verifying.text]
    assert run(audit) == 0
    assert "Signatures were not checked" in capsys.readouterr().out
    assert run([*audit, *both]) == 0
    said = capsys.readouterr().out
    assert f"3 of 4 checkpoints are signed, by {OLD.verifying.short} or {NEW.verifying.short}." in said
    assert "No signature covers what comes after record 4." in said
    assert run([*audit, *both, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["checkpoints"], report["signed"], report["signed_seq"]) == (4, 3, 4)
    assert run([*audit, "--key", OTHER.verifying.text]) == 1
    assert "at record 2: checkpoint_of_another_log" in capsys.readouterr().out


def test_the_nodes_own_key_is_found_in_its_configuration(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "sqlite:///books.db"
    with closing(Storage.open(url, tables=TABLES, inline=True)) as storage:
        fill(storage, OLD)
    (tmp_path / "log.key").write_text(NEW.text)
    settings = tmp_path / "dawam.toml"
    settings.write_text(f'[storage]\nurl = "{url}"\n[ledger]\nsigning_key_file = "log.key"\n')
    audit = ["ledger", "audit", "--database", url]
    assert run(audit) == 1
    assert "at record 2: checkpoint_signature_missing" in capsys.readouterr().out
    assert run([*audit, "--key", OLD.verifying.text]) == 0
    (tmp_path / "log.key").write_text(OLD.text)
    assert run(audit) == 0
    assert f"1 of 1 checkpoints are signed, by {OLD.verifying.short}." in capsys.readouterr().out
    for other in ('[storage]\nurl = "sqlite:///other.db"\n[ledger]\nsigning_key_file = "log.key"\n', "[["):
        settings.write_text(other)
        assert run(audit) == 0
        assert "Signatures were not checked" in capsys.readouterr().out

"""`dawam ledger audit`: what it prints, and its exit status."""

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from dawam.kernel import InvalidInput
from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.ledger.commands import app
from dawam.storage import Storage


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "books.db"
    with closing(Storage.open(f"sqlite:///{path}", tables=TABLES)) as storage:
        ledger = Ledger(storage)
        accounts = [Account(1, 818, 1), Account(2, 818, 1)]
        storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=1))
        storage.write_now(
            lambda tx: ledger.post_transfers(tx, [Transfer(9, 1, 2, 5, ledger=818, code=1)], now_ns=1)
        )
    return path


class NoConfiguration:
    def signing_key_file(self, database):
        return None


def run(*arguments):
    return CliRunner().invoke(app, ["audit", "--database", *arguments], obj=NoConfiguration())


def test_intact_books_exit_with_0_and_say_so(file):
    result = run(f"sqlite:///{file}")
    assert result.exit_code == 0
    assert "3 records" in result.stdout


def test_json_is_one_object(file):
    result = run(f"sqlite:///{file}", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["ok"], report["records"], report["accounts"]) == (True, 3, 2)


def test_broken_books_exit_with_1_and_name_the_record(file):
    with closing(sqlite3.connect(file)) as connection:
        ((kept,),) = connection.execute("SELECT records FROM ledger_journal WHERE kind = 2")
        changed = kept[:33] + bytes([6 ^ kept[33]]) + kept[34:]  # a byte of the credited account's position
        connection.execute("UPDATE ledger_journal SET records = ? WHERE kind = 2", (changed,))
        connection.commit()
    result = run(f"sqlite:///{file}")
    assert result.exit_code == 1
    assert "record 3: account_unknown" in result.stdout


def test_a_database_that_is_not_there_is_bad_input(tmp_path):
    result = run(f"sqlite:///{tmp_path / 'none.db'}")
    assert isinstance(result.exception, InvalidInput)
    assert result.exception.code == "database_missing"

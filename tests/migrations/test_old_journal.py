"""The journal of the first release is read whole, in order, verified; a broken one is refused by name."""

import sqlite3
from pathlib import Path

import pytest

from dawam.kernel import IntegrityBroken
from dawam.migrations.version_1 import Account, Transfer, read_journal
from dawam.storage import looking


def records(file: Path, page: int = 100) -> list[Account | Transfer]:
    with looking(f"sqlite:///{file}") as rows:
        return list(read_journal(rows, page=page))


def broken(file: Path, sql: str) -> tuple[object, object]:
    with sqlite3.connect(file) as connection:
        assert connection.execute(sql).rowcount == 1
    with pytest.raises(IntegrityBroken) as raised:
        records(file)
    assert raised.value.code == "old_journal_broken"
    return raised.value.params["position"], raised.value.params["finding"]


def test_every_record_comes_once_in_its_order(first_release: Path) -> None:
    found = records(first_release)
    assert [record[0] for record in found] == list(range(1, 568))
    assert sum(isinstance(record, Account) for record in found) == 87


@pytest.mark.parametrize("page", [1, 7, 567, 8192])
def test_the_size_of_a_page_changes_nothing(first_release: Path, page: int) -> None:
    assert records(first_release, page) == records(first_release)


def test_progress_ends_at_the_end(first_release: Path) -> None:
    seen: list[tuple[int, int]] = []
    with looking(f"sqlite:///{first_release}") as rows:
        list(read_journal(rows, lambda done, total: seen.append((done, total)), page=100))
    assert seen[-1] == (567, 567)
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("sql", "position", "finding"),
    [
        ("UPDATE ledger_transfers SET amount = amount + 1 WHERE seq = 300", 300, "seal_differs"),
        ("UPDATE ledger_accounts SET flags = 0 WHERE number = 30", 30, "seal_differs"),
        ("UPDATE ledger_transfers SET seal = zeroblob(32) WHERE seq = 301", 301, "seal_differs"),
        ("DELETE FROM ledger_transfers WHERE seq = 200", 200, "record_missing"),
        ("DELETE FROM ledger_accounts WHERE number = 1", 1, "record_missing"),
        ("UPDATE ledger_transfers SET timestamp = 5 WHERE seq = 250", 250, "timestamp_not_increasing"),
        ("UPDATE ledger_transfers SET code = 70000 WHERE seq = 251", 251, "record_malformed"),
        ("UPDATE ledger_accounts SET id = 'text' WHERE number = 2", 2, "record_malformed"),
    ],
)  # fmt: skip
def test_a_broken_record_is_named(first_release: Path, sql: str, position: int, finding: str) -> None:
    assert broken(first_release, sql) == (position, finding)


def test_a_swapped_pair_is_named(first_release: Path) -> None:
    with sqlite3.connect(first_release) as connection:
        connection.execute("UPDATE ledger_transfers SET seq = -1 WHERE seq = 100")
        connection.execute("UPDATE ledger_transfers SET seq = 100 WHERE seq = 101")
        connection.execute("UPDATE ledger_transfers SET seq = 101 WHERE seq = -1")
    with pytest.raises(IntegrityBroken):
        records(first_release)

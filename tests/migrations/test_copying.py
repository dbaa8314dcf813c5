"""A copy is the same as its source, or it cannot be used; killed anywhere, it goes on where it stopped."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from dawam import ledger
from dawam.cli import run
from dawam.kernel import Conflict, DawamError, IntegrityBroken
from dawam.ledger import Ledger
from dawam.migrations import CopyReport, check, copy
from dawam.people import Trail
from dawam.storage import Storage, alone, looking, metadata

from .conftest import Place
from .full import TABLES, answers

STEPPING = """
import sys
from dawam.migrations import copy

def step(what, done, total):
    print(what, done, total, flush=True)
    if not sys.stdin.readline():
        sys.exit("left alone")

copy(sys.argv[1], sys.argv[2], on_progress=step, batch=10)
print("finished", flush=True)
"""


@pytest.fixture
def source(tmp_path: Path, grown: Path) -> str:
    shutil.copy(grown, tmp_path / "source.db")
    return f"sqlite:///{tmp_path / 'source.db'}"


def change(url: str, sql: str) -> None:
    with alone(url) as rows:
        assert rows.execute(text(sql)).rowcount == 1


def refused(source: str, target: str) -> DawamError:
    with pytest.raises(DawamError) as raised:
        copy(source, target)
    return raised.value


def facts(url: str) -> dict[str, Any]:
    storage = Storage.open(url, tables=TABLES, inline=True)
    try:
        return answers(storage, Ledger(storage))
    finally:
        storage.close()


def killed(source: str, target: str, reached: Callable[[str], bool]) -> list[str]:
    """Start a copy in a process of its own and kill it when it has reached a step; the steps it took."""
    steps: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", STEPPING, source, target],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            steps.append(line.strip())
            if reached(line):
                process.kill()
                break
            process.stdin.write("\n")
            process.stdin.flush()
        process.stdout.read()
    return steps


def test_a_copy_answers_the_same(source: str, place: Place) -> None:
    target = place("target")
    report = copy(source, target)
    assert isinstance(report, CopyReport)
    assert not report.resumed
    assert {table.name for table in report.tables} == {table.name for table in TABLES}
    assert facts(target) == facts(source)
    assert check(target, audit=True).ok


@pytest.mark.parametrize("change", ["UPDATE people_trail SET reason = 'x'", "DELETE FROM people_trail"])
def test_the_trail_of_a_copy_cannot_be_changed_either(source: str, place: Place, change: str) -> None:
    target = place("target")
    copy(source, target)
    storage = Storage.open(target, tables=TABLES, inline=True)
    found = Trail(storage).check()
    assert (found.ok, found.entries) == (True, 12)
    with pytest.raises(DBAPIError, match="append-only"):
        storage.write_now(lambda tx: tx.connection.exec_driver_sql(change) and None)
    storage.close()


def test_a_copy_of_a_copy_comes_back_the_same(source: str, place: Place, tmp_path: Path) -> None:
    there, back = place("there"), f"sqlite:///{tmp_path / 'back.db'}"
    went, came = copy(source, there), copy(there, back, batch=7)
    assert went.head == came.head
    assert came.tables == went.tables
    assert facts(back) == facts(source)


@pytest.mark.parametrize(
    "step",
    [
        "copy frozen_accounts 0",
        "copy ledger_journal 20",
        "read the copy of wallet_payments",
        "audit the copy",
    ],
)
def test_a_copy_killed_at_any_step_goes_on_and_is_whole(source: str, place: Place, step: str) -> None:
    target = place("target")
    first = killed(source, target, lambda line: line.startswith(step))
    assert first[-1].startswith(step)
    with pytest.raises(Conflict, match="database_copy_unfinished"):
        Storage.open(target, tables=TABLES)
    steps: list[str] = []
    report = copy(source, target, on_progress=lambda *told: steps.append(" ".join(map(str, told))), batch=10)
    assert report.resumed
    done = {line for line in first[:-1] if line.startswith("copy ")}
    assert not done & set(steps)  # what was committed is not written again
    assert facts(target) == facts(source)


def test_a_copy_killed_again_and_again_ends_whole(source: str, place: Place) -> None:
    target = place("target")
    for patience in (3, 40, 1):
        left = iter(range(patience))
        killed(source, target, lambda _, left=left: next(left, None) is None)  # type: ignore[misc]
    assert killed(source, target, lambda _: False)[-1] == "finished"
    assert facts(target) == facts(source)


class Interrupted(Exception):
    """Whoever watches has had enough."""


def half_way(source: str, target: str) -> None:
    def watch(what: str, done: int, total: int | None) -> None:
        if (what, done) == ("copy ledger_journal", 20):
            raise Interrupted

    with pytest.raises(Interrupted):
        copy(source, target, on_progress=watch, batch=10)


def test_a_row_changed_in_the_target_is_found(source: str, place: Place) -> None:
    target = place("target")
    half_way(source, target)
    change(target, "UPDATE frozen_accounts SET since = 6")
    error = refused(source, target)
    assert isinstance(error, IntegrityBroken)
    assert (error.code, error.params["table"]) == ("copy_differs", "frozen_accounts")
    assert check(target).state == "copy_unfinished"


def test_a_row_taken_from_the_target_is_found(source: str, place: Place) -> None:
    target = place("target")
    half_way(source, target)
    change(target, "DELETE FROM frozen_accounts")
    error = refused(source, target)
    assert (error.params["source_rows"], error.params["target_rows"]) == (1, 0)


def test_a_source_that_went_on_meanwhile_is_found(source: str, place: Place) -> None:
    target = place("target")
    half_way(source, target)
    change(source, "UPDATE institutions SET name = 'another'")
    assert refused(source, target).code == "copy_differs"


def test_a_source_whose_books_are_broken_gives_no_copy(source: str, place: Place) -> None:
    spoil(source)
    target = place("target")
    error = refused(source, target)
    assert error.code == "copy_source_broken"
    assert error.params["finding"]
    assert check(target).state == "copy_unfinished"


def spoil(url: str) -> None:
    """Change one block of the ledger's journal."""
    change(url, "UPDATE ledger_journal SET records = zeroblob(length(records)) WHERE seq = 1")


def test_another_source_cannot_go_on_with_it(source: str, place: Place, tmp_path: Path) -> None:
    target, other = place("target"), f"sqlite:///{tmp_path / 'other.db'}"
    half_way(source, target)
    Storage.open(other, tables=TABLES, inline=True).close()
    error = refused(other, target)
    assert error.code == "copy_source_differs"
    assert str(error.params["source"]).endswith("source.db")


def test_a_target_that_is_not_empty_is_left_alone(source: str, place: Place) -> None:
    target = place("target")
    copy(source, target)
    change(target, "UPDATE frozen_accounts SET since = 7")
    assert refused(source, target).code == "database_not_empty"
    with looking(target) as rows:
        assert rows.execute(text("SELECT since FROM frozen_accounts")).scalar() == 7


def test_a_target_of_another_program_is_left_alone(source: str, place: Place) -> None:
    target = place("target")
    with alone(target) as rows:
        rows.execute(text("CREATE TABLE songs (name VARCHAR(10))"))
    assert refused(source, target).code == "database_foreign"


def test_a_source_in_use_is_refused_and_no_target_is_made(source: str, tmp_path: Path) -> None:
    storage = Storage.open(source, tables=TABLES)
    assert refused(source, f"sqlite:///{tmp_path / 'target.db'}").code == "database_in_use"
    storage.close()
    assert not (tmp_path / "target.db").exists()


def test_nobody_writes_to_the_source_meanwhile(source: str, tmp_path: Path) -> None:
    tried: list[str] = []

    def write(*_: object) -> None:
        with pytest.raises(Conflict) as raised:
            Storage.open(source, tables=TABLES)
        tried.append(raised.value.code)

    copy(source, f"sqlite:///{tmp_path / 'target.db'}", on_progress=write, batch=100)
    assert set(tried) == {"database_in_use"}


def test_a_missing_source_makes_neither_source_nor_target(tmp_path: Path) -> None:
    error = refused(f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}")
    assert error.code == "database_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_not_copied_onto_itself(source: str) -> None:
    assert refused(source, source).code == "copy_same_database"


def test_rows_made_after_the_copy_get_numbers_of_their_own(source: str, place: Place) -> None:
    target = place("target")
    copy(source, target)
    changes = metadata.tables["mode_changes"]
    storage = Storage.open(target, tables=TABLES, inline=True)
    row = {"institution": "bank", "capability": "payment", "mode": "normal", "reason": "healthy",
           "share_percent": 1, "at": 1, "evidence": ""}  # fmt: skip
    storage.write_now(lambda tx: tx.execute(insert(changes).values(**row)) and None)
    numbers = storage.read(lambda rows: [number for (number,) in rows.execute(select(changes.c.id))])
    storage.close()
    assert sorted(numbers) == [1, 2, 3, 4]


def test_a_server_that_sorts_by_language_copies_the_same(
    postgresql_cluster: Any, source: str, tmp_path: Path
) -> None:
    postgresql_cluster.run(
        "CREATE DATABASE by_language TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    )
    there = postgresql_cluster.url()
    language = there.replace(there.split("/")[3].split("?")[0], "by_language")
    storage = Storage.open(source, tables=TABLES, inline=True)
    frozen = metadata.tables["frozen_accounts"]
    names = ["b", "B", "a", "A", "ä", "Z", "z", "_", "-", "أ", "é", "e"]
    rows = [{"institution": "bank", "account": name, "since": 1} for name in names]
    storage.write_now(lambda tx: tx.connection.execute(insert(frozen), rows) and None)
    storage.close()
    went = copy(source, language, batch=3)
    came = copy(language, f"sqlite:///{tmp_path / 'back.db'}", batch=5)
    assert went.tables == copy(source, there).tables
    assert came.head == went.head
    postgresql_cluster.drop(language)
    postgresql_cluster.drop(there)


def test_a_database_of_one_slice_is_copied_too(place: Place, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Storage.open(url, tables=ledger.TABLES, inline=True).close()
    report = copy(url, place("target"))
    assert {table.name for table in report.tables} == {table.name for table in ledger.TABLES}


def test_the_command_copies_and_says_so(
    source: str, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    target = place("target")
    assert run(["storage", "copy", "--from", source, "--to", target]) == 0
    assert "the same on both sides" in capsys.readouterr().out
    assert run(["storage", "copy", "--from", source, "--to", target]) == 2
    assert "database_not_empty" in capsys.readouterr().err

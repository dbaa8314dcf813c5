"""A database full of data is brought up to date, whole or not at all."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from dawam.cli import run
from dawam.kernel import Conflict, DawamError, IntegrityBroken, InvalidInput, Unavailable
from dawam.ledger import Ledger
from dawam.migrations import SLICES, check, migrate
from dawam.migrations.version_1 import tables as version_1
from dawam.migrations.version_2 import convert
from dawam.storage import COPY_NAME, SCHEMA_VERSION, Storage, alone, looking, metadata, whole

from .conftest import RELEASES, Place, restored
from .full import TABLES, answers, fill, grow, without_positions

OLDER = sorted(file.stem for file in RELEASES.glob("version_*.sql"))


def code_of(url: str, **more: Any) -> DawamError:
    with pytest.raises(DawamError) as raised:
        migrate(url, **more)
    return raised.value


def facts(url: str) -> dict[str, Any]:
    """What the code of today answers about a database."""
    storage = Storage.open(url, tables=TABLES, inline=True)
    books = Ledger(storage)
    assert books.audit().ok
    found: dict[str, Any] = json.loads(json.dumps(answers(storage, books)))
    storage.close()
    return found


def dump(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.parametrize("release", OLDER)
def test_what_a_release_left_behind_answers_the_same_after_the_upgrade(release: str, tmp_path: Path) -> None:
    file = restored(release, tmp_path / "old.db")
    migrate(f"sqlite:///{file}")
    assert check(f"sqlite:///{file}", audit=True).ok
    assert facts(f"sqlite:///{file}") == json.loads((RELEASES / f"{release}.json").read_text())


def old(place: Place, tmp_path: Path) -> str:
    """A database of version 1, full of data, on any engine."""
    url = place("old")
    if url.startswith("sqlite"):
        open(url.removeprefix("sqlite:///"), "wb").close()
    migrate(url, to=1)
    with (
        looking(f"sqlite:///{restored('version_1', tmp_path / 'source.db')}") as source,
        alone(url) as target,
    ):
        for table in version_1.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in source.execute(select(table))]
            target.connection.execute(insert(table), rows)
    return url


def test_version_1_on_any_engine_answers_the_same_after_the_upgrade(
    place: Place, tmp_path: Path, first_answers: dict[str, Any]
) -> None:
    url = old(place, tmp_path)
    assert migrate(url).records == 567
    assert facts(url) == first_answers


def test_the_wallet_counts_its_events_beyond_32_bits(place: Place, tmp_path: Path) -> None:
    url = old(place, tmp_path)
    migrate(url)
    number, seq = 2**40, 2**33
    with alone(url) as rows:
        accounts, events = metadata.tables["wallet_accounts"], metadata.tables["wallet_events"]
        one = dict(rows.execute(select(accounts).where(accounts.c.number == 1)).one()._mapping)
        rows.execute(insert(accounts).values(**{**one, "number": number, "account": "late"}))
        other = dict(rows.execute(select(events).where(events.c.seq == 1)).one()._mapping)
        rows.execute(insert(events).values(**{**other, "seq": seq, "account_number": number}))
        found = rows.execute(select(events.c.account_number).where(events.c.seq == seq)).scalar_one()
    assert found == number
    assert [each for each in check(url).differences if "wallet" in each] == []


def test_a_broken_journal_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    file = restored("version_1", tmp_path / "books.db")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE ledger_transfers SET amount = amount + 1 WHERE seq = 300")
    before = dump(file)
    error = code_of(f"sqlite:///{file}")
    assert isinstance(error, IntegrityBroken)
    assert (error.code, error.params["position"]) == ("old_journal_broken", 300)
    assert dump(file) == before
    assert list(tmp_path.glob("*.version-1*")) == []


def test_what_the_old_seals_did_not_cover_is_found_afterwards(tmp_path: Path) -> None:
    file = restored("version_1", tmp_path / "books.db")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE ledger_transfers SET debit_debits_posted = 7 WHERE seq = 300")
    before = dump(file)
    error = code_of(f"sqlite:///{file}")
    assert (error.code, error.params["position"]) == ("migrated_books_broken", 300)
    assert dump(Path(f"{file}.version-1")) == before


MIGRATING = """
import sys
from dawam.migrations import migrate

def watch(what, done, total):
    print(what, flush=True)
    sys.stdin.readline()

migrate(sys.argv[1], backup=False, on_progress=watch)
"""


def test_a_migration_that_was_killed_never_was(
    place: Place, tmp_path: Path, first_answers: dict[str, Any]
) -> None:
    url = old(place, tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", MIGRATING, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Migrating\n"
        process.kill()
    assert check(url).version == 1
    migrate(url)
    assert facts(url) == first_answers


def test_an_empty_ledger_is_migrated_too(place: Place, first_answers: dict[str, Any]) -> None:
    url = place("empty")
    if url.startswith("sqlite"):
        open(url.removeprefix("sqlite:///"), "wb").close()
    migrate(url, to=1)
    assert migrate(url).records == 0
    storage = Storage.open(url, tables=TABLES, inline=True)
    assert without_positions(answers(storage, fill(storage))) == without_positions(first_answers)
    storage.close()


@pytest.mark.parametrize("stretch", [1, 7, 64, 567])
def test_the_length_of_a_stretch_changes_no_answer(
    tmp_path: Path, stretch: int, first_answers: dict[str, Any]
) -> None:
    url = f"sqlite:///{restored('version_1', tmp_path / 'old.db')}"
    with alone(url) as rows, whole(rows):
        convert(rows, stretch=stretch)
        rows.execute(metadata.tables["schema"].update().values(version=2))
    migrate(url, backup=False)
    assert facts(url) == first_answers


def test_the_books_go_on_after_the_upgrade(place: Place, tmp_path: Path) -> None:
    url = old(place, tmp_path)
    migrate(url)
    storage = Storage.open(url, tables=TABLES, inline=True)
    grow(storage)
    storage.close()
    assert check(url, audit=True).ok


def test_a_backup_stands_beside_a_file_that_was_migrated(tmp_path: Path) -> None:
    file = restored("version_1", tmp_path / "books.db")
    before = dump(file)
    done = migrate(f"sqlite:///{file}")
    assert done.backup == f"{file}.version-1"
    assert dump(Path(done.backup)) == before


def test_what_is_up_to_date_is_left_alone(place: Place) -> None:
    url = place("current")
    Storage.open(url, tables=TABLES, inline=True).close()
    done = migrate(url)
    assert (done.before, done.after, done.backup) == (SCHEMA_VERSION, SCHEMA_VERSION, None)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.db"
    error = code_of(f"sqlite:///{file}")
    assert isinstance(error, InvalidInput)
    assert error.code == "database_missing"
    assert list(tmp_path.iterdir()) == []


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    assert code_of(f"sqlite:///{tmp_path / 'other.db'}").code == "database_foreign"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear bank, " * 1000)
    error = code_of(f"sqlite:///{tmp_path / 'letter.db'}")
    assert isinstance(error, Unavailable)
    assert error.code == "database_unwritable"


def test_a_newer_database_is_refused_untouched(place: Place) -> None:
    url = place("newer")
    Storage.open(url, tables=TABLES, inline=True).close()
    schema = metadata.tables["schema"]
    with alone(url) as rows:
        rows.execute(schema.update().values(version=SCHEMA_VERSION + 1))
    error = code_of(url)
    assert error.code == "database_newer"
    assert error.params["found"] == SCHEMA_VERSION + 1
    assert check(url).state == "newer"
    assert run(["storage", "check", "--database", url]) == 1


def test_the_target_of_an_unfinished_copy_is_refused(place: Place) -> None:
    url = place("target")
    Storage.open(url, tables=TABLES, inline=True, name=COPY_NAME).close()
    assert code_of(url).code == "database_copy_unfinished"
    with pytest.raises(Conflict, match="database_copy_unfinished"):
        Storage.open(url, tables=TABLES)
    assert check(url).state == "copy_unfinished"


def test_a_database_in_use_is_refused(place: Place) -> None:
    url = place("used")
    storage = Storage.open(url, tables=TABLES)
    assert code_of(url).code == "database_in_use"
    storage.close()


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite:///", "books.db", ""])
def test_an_unknown_url_is_refused(url: str) -> None:
    assert code_of(url).code == "database_url_unknown"


def test_the_command_says_what_it_did(first_release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["storage", "migrate", "--database", f"sqlite:///{first_release}"]) == 0
    assert f"layout 1 -> {SCHEMA_VERSION}" in capsys.readouterr().out
    assert run(["storage", "migrate", "--database", f"sqlite:///{first_release}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["after"] == SCHEMA_VERSION


def test_check_tells_tables_sizes_and_the_audit(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    url = place("looked_at")
    Storage.open(url, tables=TABLES, inline=True).close()
    assert run(["storage", "check", "--database", url, "--audit", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["slices"] == list(SLICES)
    assert {table["name"] for table in report["tables"]} == {table.name for table in TABLES}
    assert report["engine"] == url.split(":")[0]
    assert report["audit"]["ok"]
    assert run(["storage", "check", "--database", url]) == 0
    assert "can be used by this version" in capsys.readouterr().out


def test_check_writes_nothing(first_release: Path) -> None:
    before = first_release.read_bytes()
    check(f"sqlite:///{first_release}", audit=True)
    assert first_release.read_bytes() == before


def test_a_command_on_nothing_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["storage", "check", "--database", f"sqlite:///{tmp_path / 'none.db'}"]) == 2
    assert "database_missing" in capsys.readouterr().err

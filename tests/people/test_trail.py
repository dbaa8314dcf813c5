"""The trail: what is written stays, and what was touched is found."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dawam.kernel import InvalidInput
from dawam.people import Finding, Found
from dawam.people.trail import sealed

from .world import START, Town

COMMANDS = [
    "UPDATE people_trail SET reason = 'nothing happened' WHERE number = 2",
    "DELETE FROM people_trail WHERE number = 3",
    "DELETE FROM people_trail",
]
ONLY_SQLITE = ["INSERT OR REPLACE INTO people_trail SELECT * FROM people_trail WHERE number = 2"]
ONLY_POSTGRESQL = [
    "TRUNCATE people_trail",
    "INSERT INTO people_trail SELECT * FROM people_trail WHERE number = 2 "
    "ON CONFLICT (number) DO UPDATE SET reason = 'x'",
]


def written(town, count=5):
    def note(tx):
        for number in range(1, count + 1):
            town.people.trail.note(
                tx,
                by="system",
                act="window_planned",
                institution="nile" if number % 2 else None,
                subject=f"W{number}",
                reason="عمل ليلي",
                details={"number": number},
                now=START + timedelta(seconds=number),
            )

    town.storage.write_now(note)


def without_triggers(town, *commands):
    """What somebody does who may change the tables themselves."""
    dialect = town.storage.read(lambda rows: rows.connection.dialect.name)
    if dialect == "sqlite":
        drops = [f"DROP TRIGGER people_trail_{name}" for name in ("kept", "unchanged", "unreplaced")]
    else:
        drops = ["ALTER TABLE people_trail DISABLE TRIGGER USER"]

    def change(tx):
        for command in (*drops, *commands):
            tx.execute(text(command))

    town.storage.write_now(change)


def test_entries_come_newest_first_page_by_page(town):
    written(town)
    trail = town.people.trail
    assert [one.number for one in trail.entries(limit=2)] == [5, 4]
    assert [one.number for one in trail.entries(before=4, limit=2)] == [3, 2]
    assert [one.number for one in trail.entries(institution="delta")] == [4, 2]
    newest = trail.entries()[0]
    assert (newest.reason, newest.told(), newest.at) == (
        "عمل ليلي",
        {"number": 5},
        START + timedelta(seconds=5),
    )
    assert newest.seal == sealed(newest)
    assert trail.entries()[1].seal == newest.before
    assert trail.check() == Found(5, newest.seal.hex())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_database_itself_refuses_to_change_the_trail(town, command):
    written(town)
    with pytest.raises(Exception, match="append-only"):
        town.storage.write_now(lambda tx: tx.execute(text(command)))
    assert town.people.trail.check().ok
    written(town, 1)
    assert town.people.trail.check().entries == 6


@pytest.mark.parametrize("command", ONLY_SQLITE)
def test_sqlite_refuses_to_replace_an_entry(tmp_path, command):
    town = Town(f"sqlite:///{tmp_path / 'people.db'}")
    written(town)
    with pytest.raises(Exception, match="append-only"):
        town.storage.write_now(lambda tx: tx.execute(text(command)))
    town.close()


@pytest.mark.parametrize("command", ONLY_POSTGRESQL)
def test_postgresql_refuses_to_empty_or_overwrite_it(postgresql_url, command):
    town = Town(postgresql_url)
    written(town)
    with pytest.raises(Exception, match="append-only"):
        town.storage.write_now(lambda tx: tx.execute(text(command)))
    assert town.people.trail.check().ok
    town.close()


@pytest.mark.parametrize(
    ("command", "broken", "finding"),
    [
        ("UPDATE people_trail SET reason = 'x' WHERE number = 2", 2, Finding.CHANGED),
        ("UPDATE people_trail SET by = 'x' WHERE number = 1", 1, Finding.CHANGED),
        ("DELETE FROM people_trail WHERE number = 3", 3, Finding.MISSING),
        ("DELETE FROM people_trail WHERE number = 1", 1, Finding.MISSING),
        ("UPDATE people_trail SET before = seal WHERE number = 4", 4, Finding.CHAIN_BROKEN),
    ],
)
def test_the_check_names_the_first_broken_entry(town, command, broken, finding):
    written(town)
    without_triggers(town, command.replace(" by =", ' "by" ='))
    found = town.people.trail.check()
    assert (found.ok, found.broken, found.finding) == (False, broken, finding)


def test_a_tail_that_was_cut_off_is_found_by_an_earlier_head(town):
    written(town)
    head = town.people.trail.head()
    without_triggers(town, "DELETE FROM people_trail WHERE number > 3")
    assert town.people.trail.check().ok
    found = town.people.trail.check(known=head)
    assert (found.broken, found.finding) == (4, Finding.CUT)


def test_an_entry_that_fails_with_its_act_leaves_no_gap(town):
    written(town, 1)

    def fails(tx):
        town.people.trail.note(
            tx, by="x", act="y", institution=None, subject="z", now=START + timedelta(seconds=9)
        )
        raise InvalidInput("made_up_here")

    with pytest.raises(InvalidInput):
        town.storage.write_now(fails)
    written(town, 1)
    assert town.people.trail.check().entries == 2


def test_an_entry_has_its_bounds(town):
    def long(tx):
        town.people.trail.note(
            tx, by="x", act="y", institution=None, subject="z", reason="r" * 501, now=START
        )

    with pytest.raises(InvalidInput, match="trail_entry_too_long"):
        town.storage.write_now(long)

"""The audit names every damage: the first record that is wrong, and what is wrong with it."""

import re
import sqlite3
from base64 import b64encode
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from dawam.kernel import DawamError, IntegrityBroken
from dawam.ledger import TABLES, Ledger, audited, records, tables
from dawam.ledger.audit import verify
from dawam.ledger.books import Books
from dawam.storage import Storage

from .damage import Damaged, audited_after, bits_of

KIND_NAMES = {"account": 1, "transfer": 2, "terms": 3, "metadata": 4, "burnt": 5}
STRIDES = {1: 87, 2: 214, 3: 43, 5: 28}
ID, DEBIT, AMOUNT, PENDING_ID, LEDGER, TIMESTAMP = 2, 18, 34, 42, 90, 106
DEBIT_PREV, CREDIT_PREV, DEBIT_FLAGS, CREDIT_FLAGS, COUNTERS = 114, 122, 146, 148, 150

ROOT = b64encode(bytes(32)).decode()
SUITES = ("audit", "audited_signatures")


def field_changed(damaged, seq, offset, change):
    """Change bytes of the record at a position from an offset on."""
    block = [row for row in damaged.rows(tables.journal) if row["seq"] <= seq][-1]
    stored = bytearray(block["records"])
    at = (seq - block["seq"]) * STRIDES.get(block["kind"], 0) + offset
    new = change(bytes(stored[at:]))
    stored[at : at + len(new)] = new
    damaged.change(tables.journal, block, records=bytes(stored))


def put(seq, offset, new):
    return lambda damaged: field_changed(damaged, seq, offset, lambda _: new)


def number(value, length=8):
    return value.to_bytes(length, "big")


def drop_block(seq):
    return lambda damaged: damaged.remove(tables.journal, damaged.row(tables.journal, seq=seq))


def changed(table, values, **where):
    return lambda damaged: damaged.change(table, damaged.row(table, **where), **values)


def removed(table, **where):
    return lambda damaged: damaged.remove(table, damaged.row(table, **where))


def copied(table, values, **where):
    return lambda damaged: damaged.add(table, damaged.row(table, **where), **values)


def first_of(table, act, *values):
    return lambda damaged: getattr(damaged, act)(table, damaged.rows(table)[0], *values)


def swapped(damaged):
    one, other = (damaged.row(tables.journal, seq=seq) for seq in (69, 87))
    damaged.change(tables.journal, one, records=other["records"])
    damaged.change(tables.journal, other, records=one["records"])


def cut_off(damaged):
    block = damaged.row(tables.journal, seq=87)
    damaged.change(tables.journal, block, records=block["records"][:-1])


def overlapping(damaged):
    block = damaged.row(tables.journal, seq=87)
    damaged.add(tables.journal, block, seq=88)


def same_account_twice(damaged):
    first = damaged.row(tables.journal, seq=1)["records"][ID : ID + 16]
    field_changed(damaged, 2, ID, lambda _: first)


def same_id_twice(damaged):
    first = damaged.row(tables.journal, seq=5)["records"][ID : ID + 16]
    field_changed(damaged, 7, ID, lambda _: first)


def first_run(values):
    def change(damaged):
        damaged.change(tables.runs, damaged.rows(tables.runs)[0], **values)

    return change


def account_by_number(values, number_=2):
    return changed(tables.accounts, values, number=number_)


FOUND = [
    ("record_missing", 69, drop_block(69)),
    ("record_missing", 1, drop_block(1)),
    ("record_missing", 299, drop_block(299)),  # its checkpoint is still there
    ("record_missing", 65, changed(tables.journal, {"seq": 400}, seq=65)),
    ("record_misplaced", 88, overlapping),
    ("record_misplaced", -5, changed(tables.journal, {"seq": -5}, seq=65)),
    ("record_malformed", 65, changed(tables.journal, {"kind": 5}, seq=65)),
    ("record_malformed", 65, changed(tables.journal, {"kind": 9}, seq=65)),
    ("record_malformed", 299, changed(tables.journal, {"kind": 9}, seq=299)),
    ("record_malformed", 299, changed(tables.journal, {"records": b""}, seq=299)),
    ("record_malformed", 64, changed(tables.journal, {"records": b"\0\x04"}, seq=64)),
    ("record_malformed", 87, cut_off),
    ("record_malformed", 71, put(71, 0, b"\1")),
    ("record_malformed", 71, put(71, 1, b"\1")),
    ("pointer_differs", 69, swapped),
    ("timestamp_not_increasing", 12, put(12, TIMESTAMP, number(5))),
    ("account_twice", 2, same_account_twice),
    ("account_unknown", 12, put(12, DEBIT, number(12))),
    ("account_unknown", 63, put(63, 2, number(5))),  # terms
    ("ledger_differs", 12, put(12, LEDGER, number(504, 4))),
    ("id_twice", 7, same_id_twice),
    ("subject_unknown", 64, put(64, 11, number(99, 16))),
    ("subject_unknown", 65, put(65, 11, number(3000, 16))),
    ("pending_not_open", 58, put(58, PENDING_ID, number(1000, 16))),
    ("pending_not_open", 59, put(59, PENDING_ID, number(2000, 16))),
    ("pending_differs", 58, put(58, AMOUNT, number(10))),
    ("pointer_differs", 40, put(40, DEBIT_PREV, number(0))),
    ("pointer_differs", 40, put(40, CREDIT_PREV, number(1))),
    ("flags_differ", 40, put(40, DEBIT_FLAGS, number(32, 2))),
    ("flags_differ", 62, put(62, CREDIT_FLAGS, number(0, 2))),  # it closed the account
    *(("counters_differ", 40, put(40, COUNTERS + 8 * place, number(77))) for place in range(8)),
    ("counters_differ", 40, put(40, AMOUNT, number(1 << 40))),
    ("seal_differs", 4, put(2, 22, number(9, 2))),  # an account's code; its commit ends at 4
    ("seal_differs", 67, put(67, 18, number(22, 2))),  # why an id was burnt
    ("seal_differs", 65, put(65, 40, b"x")),  # metadata
    ("seal_differs", 49, put(10, 58, number(7, 16))),  # a transfer's user data; its commit ends at 49
    ("seal_differs", 188, changed(tables.checkpoints, {"root": bytes(32)}, size=188)),
    ("checkpoint_differs", 104, changed(tables.checkpoints, {"size": 100}, size=128)),
    ("checkpoint_differs", 4, copied(tables.checkpoints, {"size": -4}, size=4)),
    ("checkpoint_differs", 128, changed(tables.checkpoints, {"note": f"x\n127\n{ROOT}\n"}, size=128)),
    ("checkpoint_missing", 300, removed(tables.checkpoints, size=300)),
    ("record_missing", 301, copied(tables.checkpoints, {"size": 301}, size=300)),
    ("account_not_indexed", 3, removed(tables.accounts, number=3)),
    ("account_not_indexed", 296, removed(tables.accounts, number=296)),
    ("account_unknown", 7, copied(tables.accounts, {"number": 7, "id": number(99, 16)}, number=3)),
    ("account_unknown", 2, account_by_number({"id": number(99, 16)})),
    ("account_latest_differs", 2, account_by_number({"latest": 60})),
    ("account_latest_differs", 3, account_by_number({"terms": 0}, 3)),
    ("account_latest_differs", 296, account_by_number({"latest": 299}, 296)),  # it is not indexed yet
    ("pending_status_differs", 55, changed(tables.holds, {"status": 0}, seq=55)),
    ("pending_status_differs", 56, changed(tables.holds, {"status": 2}, seq=56)),
    ("pending_status_differs", 61, changed(tables.holds, {"expires_at": None}, seq=61)),
    ("pending_status_differs", 56, removed(tables.holds, seq=56)),
    ("pending_status_differs", 100, copied(tables.holds, {"seq": 100}, seq=56)),
    ("id_run_differs", 5, first_run({"last_seq": 300})),
    ("id_run_differs", 6, first_run({"first_seq": 6})),
    ("id_run_differs", 5, first_run({"id": number(1001, 16)})),
    ("id_differs", 37, removed(tables.runs, id=number(1032, 16))),
    ("id_differs", 50, removed(tables.ids, id=number(500, 16))),
    ("id_differs", 66, changed(tables.ids, {"seq": 67}, id=number(3000, 16))),
    ("id_differs", 9, lambda damaged: damaged.add(tables.ids, {"id": number(1004, 16), "seq": 9})),
    ("metadata_differs", 64, changed(tables.notes, {"seq": 65}, kind=1)),
    ("metadata_differs", 65, removed(tables.notes, kind=2)),
    ("metadata_differs", 64, changed(tables.notes, {"seq": 297}, kind=1)),  # it is not indexed yet
    ("posting_differs", 5, first_of(tables.postings, "remove")),
    ("posting_differs", 5, changed(tables.postings, {"first": 6}, first=5, number=0)),
    ("posting_differs", 5, changed(tables.postings, {"number": 1}, first=5, number=0)),
    ("posting_differs", 5, changed(tables.postings, {"seq": 1}, first=5, number=0)),
    ("posting_differs", 400, copied(tables.postings, {"first": 400}, first=5, number=0)),
    ("index_malformed", 5, changed(tables.postings, {"postings": b""}, first=5, number=0)),
    ("index_malformed", 5, changed(tables.postings, {"postings": bytes(40)}, first=5, number=0)),
    ("time_differs", 128, removed(tables.times, seq=128)),
    ("time_differs", 128, changed(tables.times, {"seq": 192}, seq=128)),
    ("time_differs", 128, changed(tables.times, {"timestamp": 7}, seq=128)),
    ("node_differs", 1, first_of(tables.nodes, "remove")),
    ("node_differs", 1, changed(tables.nodes, {"hash": bytes(32)}, level=8)),
    ("node_differs", 257, copied(tables.nodes, {"place": 1}, level=8)),
    ("state_differs", 300, first_of(tables.state, "remove")),
    ("state_differs", 300, changed(tables.state, {"one": 3}, one=1)),
    ("state_differs", 300, changed(tables.state, {"indexed_seq": 187}, one=1)),
    ("state_differs", 300, changed(tables.state, {"max_id": number(4160, 16)}, one=1)),
    ("state_differs", 300, changed(tables.state, {"ordered_id": number(1, 16)}, one=1)),
    ("state_differs", 300, copied(tables.state, {"one": 2}, one=1)),
    ("account_latest_differs", 1, changed(tables.state, {"indexed_seq": 60}, one=1)),
    ("index_malformed", 50, changed(tables.ids, {"id": b"\1\xf4"}, id=number(500, 16))),
    ("index_malformed", 300, changed(tables.state, {"max_id": b""}, one=1)),
]


def test_untouched_books_are_intact(full_storage):
    report = full_storage.read(verify)
    assert (report.ok, report.records, report.accounts, report.bad_seq) == (True, 300, 5, None)


@pytest.mark.parametrize(
    ("finding", "bad_seq", "change"), FOUND, ids=[f"{place}-{each[0]}" for place, each in enumerate(FOUND)]
)
def test_what_was_done_to_the_books_is_said(full_storage, finding, bad_seq, change):
    report = audited_after(full_storage, change)
    assert (report.finding, report.bad_seq, report.ok) == (finding, bad_seq, False)


@pytest.mark.parametrize(
    ("table", "finding"), [(tables.waypoints, "waypoint_differs"), (tables.lates, "late_booking_differs")]
)
@pytest.mark.parametrize("column", ["number", "seq", "happened", None])
def test_a_way_into_the_past_that_leads_astray_is_found(full_storage, table, finding, column):
    def astray(damaged):
        row = damaged.rows(table)[0]
        rows.append(row)
        if column is None:
            damaged.remove(table, row)
        else:
            damaged.change(table, row, **{column: row[column] + 300})

    rows = []
    report = audited_after(full_storage, astray)
    assert (report.finding, report.bad_seq) == (finding, rows[0]["seq"])


def test_a_tail_that_was_cut_off_with_its_checkpoint_is_not_seen(full_storage):
    """What is newest and nothing points to: only somebody who has kept a later checkpoint knows of it."""

    def cut(damaged):
        drop_block(299)(damaged)
        removed(tables.checkpoints, size=300)(damaged)

    report = audited_after(full_storage, cut)
    assert (report.ok, report.records) == (True, 298)


def test_a_checkpoint_missing_among_others_is_not_seen_and_the_next_covers_its_records(full_storage):
    assert audited_after(full_storage, removed(tables.checkpoints, size=67)).ok

    def both(damaged):
        removed(tables.checkpoints, size=67)(damaged)
        put(67, 18, number(22, 2))(damaged)

    report = audited_after(full_storage, both)
    assert (report.finding, report.bad_seq) == ("seal_differs", 68)


@pytest.mark.parametrize(
    "change",
    [
        put(299, AMOUNT, number(5)),
        put(299, 0, b"\1"),
        drop_block(299),
        changed(tables.journal, {"kind": 9}, seq=299),
        changed(tables.journal, {"records": b"\0\2"}, seq=299),
        changed(tables.checkpoints, {"root": bytes(32)}, size=300),
        changed(tables.nodes, {"hash": bytes(32)}, level=8),
        first_of(tables.nodes, "remove"),
    ],
)
def test_books_whose_newest_records_are_damaged_are_not_opened(full_storage, change):
    """Nothing is sealed on top of what is wrong already."""

    def opened(damaged):
        change(damaged)
        Books(1000, None).open(damaged.tx)

    with pytest.raises(IntegrityBroken, match="journal_contradicts_checkpoint"):
        audited_after(full_storage, opened)


@pytest.mark.parametrize("kind", KIND_NAMES.values(), ids=KIND_NAMES)
def test_every_byte_of_a_record_of_every_kind_is_watched(full_storage, kind):
    """Sealed or derived: it is named, or, where only the seal tells, the end of its commit."""
    blocks, sizes = full_storage.read(
        lambda rows: (Damaged(rows).rows(tables.journal), Damaged(rows).rows(tables.checkpoints))
    )
    random = Random(kind)
    block = random.choice([row for row in blocks if row["kind"] == kind])
    place = random.randrange(records.count(kind, block["records"]))
    seq, length = block["seq"] + place, len(records.record(kind, block["records"], place))
    end = min(row["size"] for row in sizes if row["size"] >= seq)
    for offset in range(length):
        bit = 8 * (place * length + offset) + random.randrange(8)
        report = audited_after(
            full_storage, lambda damaged, bit=bit: damaged.flip(tables.journal, block, "records", bit)
        )
        told = (report.finding, report.bad_seq)
        assert seq <= report.bad_seq <= end, (offset, told)
        if kind == records.TRANSFER and offset >= records.LEAF_BYTES[kind]:
            assert report.bad_seq == seq, (offset, told)


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("seed", range(3))
def test_any_bit_flipped_in_any_row_is_found(full_storage, table, seed):
    random = Random(f"{table.name} {seed}")
    rows = full_storage.read(lambda tx: Damaged(tx).rows(table))
    assert rows
    for _ in range(40):
        row = random.choice(rows)
        column = random.choice([name for name, value in row.items() if value is not None])
        bit = random.randrange(bits_of(table.c[column], row[column]))
        report = audited_after(
            full_storage, lambda damaged, hit=(row, column, bit): damaged.flip(table, *hit)
        )
        assert report is None or not report.ok, (seed, row, column, bit)
        assert report is None or report.bad_seq is not None


def contents(path):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return {
            table.name: connection.execute(f"SELECT * FROM {table.name}").fetchall()
            for table in tables.TABLES
        }


@pytest.mark.parametrize("seed", range(2))
def test_any_bit_flipped_in_the_file_is_found_unless_nothing_reads_it(full_file, tmp_path, seed):
    """Opening the database, or the audit, finds it; or every row is as it was, and every index serves."""
    random, sound, before = Random(seed), full_file.read_bytes(), contents(full_file)
    used = [place for place, byte in enumerate(sound) if byte]
    found = []
    for number_ in range(250):
        place, bit = random.choice(used), random.randrange(8)
        damaged = bytearray(sound)
        damaged[place] ^= 1 << bit
        path = tmp_path / f"{number_}.db"
        path.write_bytes(damaged)
        try:
            storage = Storage.open(f"sqlite:///{path}", tables=TABLES, read_only=True)
        except DawamError:
            found.append("refused")
            continue
        with closing(storage):
            report = audited(storage)
            with suppress(DawamError):
                Ledger(storage)  # has no other error for it
        assert not report.ok or contents(path) == before, (seed, place, bit)
        found.append(report.finding)
        path.unlink()
    assert len(found) - found.count(None) > 150
    assert {"refused", "unreadable", "file_damaged"} <= set(found)


def test_every_finding_of_the_page_is_produced():
    page = (Path(__file__).parents[2] / "docs" / "journal.md").read_text().split("| Finding |")[1]
    own = "".join(Path(__file__).with_name(f"test_{name}.py").read_text() for name in SUITES)
    assert [
        word for word in re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) if f'"{word}"' not in own
    ] == []

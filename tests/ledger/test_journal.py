"""The journal: sealed as documented, and any change to it is named."""

import sqlite3
import struct
from contextlib import closing
from hashlib import sha256

import pytest

from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
MAX = 2**63 - 1


@pytest.fixture
def file(tmp_path):
    """Books with every kind of record, closed; 2 accounts, then 200 transfers and more."""
    path = tmp_path / "books.db"
    storage = Storage.open(f"sqlite:///{path}", tables=TABLES)
    ledger = Ledger(storage)
    accounts = [Account(1, 818, 1, user_data_128=2**100, user_data_64=4, user_data_32=5), Account(2, 818, 1)]
    plain = [
        Transfer(1000 + number, 1, 2, number, user_data_128=number, ledger=818, code=1, effective_at=-number)
        for number in range(200)
    ]
    hold = {"debit_account_id": 2, "credit_account_id": 1, "amount": 9, "ledger": 818, "code": 1, "flags": 2}
    phases = [
        Transfer(2000, **hold),
        Transfer(2001, **hold),
        Transfer(2002, **hold, timeout=1),
        Transfer(2003, **hold),
        Transfer(2010, pending_id=2000, amount=MAX, flags=4),
        Transfer(2011, pending_id=2001, flags=8),
    ]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, plain, now_ns=NOW)))
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, phases, now_ns=NOW)))
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + 2_000_000_000)) == 1
    storage.close()
    return path


def audit(path):
    with closing(Storage.open(f"sqlite:///{path}", tables=TABLES, read_only=True)) as storage:
        return Ledger(storage).audit()


def change(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        changed = connection.execute(statement).rowcount
        connection.commit()
    assert changed == 1


def test_the_chain_can_be_verified_from_the_document_alone(file):
    """docs/journal.md, written down once more."""
    with closing(sqlite3.connect(file)) as connection:
        accounts = connection.execute("SELECT * FROM ledger_accounts").fetchall()
        transfers = connection.execute("SELECT * FROM ledger_transfers").fetchall()
    records = {}
    for number, ident, ledger, code, flags, data_128, data_64, data_32, timestamp, seal in accounts:
        record = b"\x01" + struct.pack(">Q", number) + ident + struct.pack(">IHH", ledger, code, flags)
        record += (data_128 or bytes(16)) + struct.pack(">QIQ", data_64, data_32, timestamp)
        records[number] = (record, seal)
    for row in transfers:
        seq, ident, debit, credit, amount, pending_id, data_128, data_64, data_32 = row[:9]
        timeout, ledger, code, flags, effective_at, timestamp = row[9:15]
        record = (
            b"\x02"
            + struct.pack(">Q", seq)
            + (ident or bytes(16))
            + struct.pack(">QQQ", debit, credit, amount)
        )
        record += (
            (pending_id or bytes(16))
            + (data_128 or bytes(16))
            + struct.pack(">QII", data_64, data_32, timeout)
        )
        record += struct.pack(">IHHqQ", ledger, code, flags, effective_at, timestamp)
        records[seq] = (record, row[-1])
    assert sorted(records) == list(range(1, len(records) + 1))
    previous = bytes(32)
    for position in sorted(records):
        record, seal = records[position]
        assert len(record) == (69 if record[0] == 1 else 121)
        previous = sha256(previous + record).digest()
        assert seal == previous
    assert audit(file).head == previous.hex()


def test_untouched_books_are_intact(file):
    report = audit(file)
    assert (report.ok, report.records, report.accounts, report.bad_seq) == (True, 209, 2, None)


SEALED = [
    *("id", "debit", "credit", "amount", "pending_id", "user_data_128", "user_data_64", "user_data_32"),
    *("timeout", "ledger", "code", "flags", "effective_at", "timestamp", "seal"),
]
BESIDE = [
    *("debit_prev", "credit_prev", "debit_debits_pending", "debit_debits_posted", "debit_credits_pending"),
    *("debit_credits_posted", "credit_debits_pending", "credit_debits_posted", "credit_credits_pending"),
    "credit_credits_posted",
]


@pytest.mark.parametrize("column", SEALED + BESIDE)
def test_a_changed_field_is_named_by_its_record(file, column):
    changed = {"id": "x'ff'", "pending_id": "x'01'", "user_data_128": "x'02'", "seal": "zeroblob(32)"}
    value = changed.get(column, f"{column} + 1")
    change(file, f"UPDATE ledger_transfers SET {column} = {value} WHERE seq = 100")
    report = audit(file)
    assert (report.ok, report.bad_seq) == (False, 100), report
    assert report.finding != "ok"


@pytest.mark.parametrize(
    ("statement", "bad_seq", "finding"),
    [
        ("DELETE FROM ledger_transfers WHERE seq = 50", 50, "record_missing"),
        ("DELETE FROM ledger_transfers WHERE seq = 209", 1, "account_latest_differs"),
        ("UPDATE ledger_transfers SET timestamp = 5 WHERE seq = 60", 60, "timestamp_not_increasing"),
        ("UPDATE ledger_transfers SET amount = 'much' WHERE seq = 61", 61, "record_malformed"),
        ("UPDATE ledger_accounts SET flags = 2 WHERE number = 2", 2, "seal_differs"),
        ("UPDATE ledger_latest SET seq = 3 WHERE number = 1", 1, "account_latest_differs"),
        ("UPDATE ledger_pendings SET status = 1 WHERE seq = 206", 206, "pending_status_differs"),
        ("DELETE FROM ledger_pendings WHERE seq = 203", 203, "pending_status_differs"),
    ],
)
def test_what_was_done_to_the_books_is_said(file, statement, bad_seq, finding):
    change(file, statement)
    report = audit(file)
    assert (report.bad_seq, report.finding) == (bad_seq, finding)


def test_a_waypoint_that_leads_astray_is_found(file):
    with closing(sqlite3.connect(file)) as connection:
        ((seq,),) = connection.execute(
            "SELECT seq FROM ledger_waypoints ORDER BY seq LIMIT 1"
        ).fetchall() or [(0,)]
    assert seq, "200 transfers pass a waypoint"
    change(file, f"UPDATE ledger_waypoints SET seq = 7 WHERE seq = {seq} AND number = 1")
    assert audit(file).finding == "waypoint_differs"


def test_one_flipped_bit_in_the_file_is_found(file):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((seal,),) = connection.execute("SELECT seal FROM ledger_transfers WHERE seq = 150").fetchall()
    content = bytearray(file.read_bytes())
    content[content.index(seal) + 5] ^= 4
    file.write_bytes(content)
    report = audit(file)
    assert (report.bad_seq, report.finding) == (150, "seal_differs")


def test_a_file_torn_apart_is_reported_not_crashed_on(file):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((root,),) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ledger_transfers'"
        ).fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    content = bytearray(file.read_bytes())
    content[(root - 1) * size : root * size] = bytes(size)
    file.write_bytes(content)
    assert audit(file).finding == "unreadable"


def test_progress_reaches_the_end(file):
    told = []
    with closing(Storage.open(f"sqlite:///{file}", tables=TABLES, read_only=True)) as storage:
        Ledger(storage).audit(lambda done, total: told.append((done, total)))
    assert told[-1] == (209, 209)

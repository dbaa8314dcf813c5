"""The journal as docs/journal.md has it: a verifier written from that page alone, and its findings."""

import ast
import re
import sqlite3
import struct
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from dawam.ledger import TABLES, Ledger
from dawam.storage import Storage

from .full_books import NOW, full_books

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "journal.md"
AUDIT = ROOT / "src" / "dawam" / "ledger" / "audit"
STORED = {1: 87, 2: 214, 3: 43, 5: 28}  # bytes a record
SEALED = {1: 87, 2: 114, 3: 43, 5: 28}


# The verifier


def journal_of(path):
    """Kind and bytes of every record, in order of position."""
    with closing(sqlite3.connect(path)) as database:
        blocks = database.execute("SELECT seq, kind, records FROM ledger_journal ORDER BY seq").fetchall()
    records = []
    for seq, kind, stored in blocks:
        assert seq == len(records) + 1
        length = STORED.get(kind, len(stored))
        assert len(stored) % length == 0
        records += [(kind, stored[at : at + length]) for at in range(0, len(stored), length)]
    return records


def tree_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return sha256(b"\1" + tree_of(leaves[:left]) + tree_of(leaves[left:])).digest()


def leaves_of(records):
    return [sha256(stored[: SEALED.get(kind, len(stored))]).digest() for kind, stored in records]


# Its tests


@pytest.fixture(scope="module")
def database(full_file):
    with closing(sqlite3.connect(full_file)) as connection:
        yield connection


def test_every_checkpoint_is_recomputed_from_the_page_alone(full_file, database):
    leaves = leaves_of(journal_of(full_file))
    checkpoints = database.execute("SELECT size, root FROM ledger_checkpoints ORDER BY size").fetchall()
    assert len(checkpoints) > 20
    for size, root in checkpoints:
        assert tree_of(leaves[:size]) == root
    assert checkpoints[-1][0] == len(leaves)


def test_every_kept_node_is_recomputed(full_file, database):
    leaves = leaves_of(journal_of(full_file))
    nodes = database.execute("SELECT level, place, hash FROM ledger_nodes").fetchall()
    assert [(level, place) for level, place, _ in nodes] == [(8, 0)]
    for level, place, root in nodes:
        assert tree_of(leaves[place << level : (place + 1) << level]) == root


def test_every_record_is_read_as_the_page_says(full_file, tmp_path):
    """Every field of every record is that of the account or transfer that the ledger shows."""
    records = journal_of(full_file)
    storage = Storage.open(f"sqlite:///{full_file}", tables=TABLES, read_only=True)
    ledger = Ledger(storage)
    read = {1: read_account, 2: read_transfer, 3: read_terms, 4: read_metadata, 5: read_burnt}
    for position, (kind, stored) in enumerate(records, 1):
        assert stored[:2] == bytes([0, kind])
        read[kind](ledger, records, position, stored)
    assert {kind for kind, _ in records} == {1, 2, 3, 4, 5}
    storage.close()


def whole(data):
    return int.from_bytes(data, "big")


def read_account(ledger, records, position, stored):
    account = ledger.account(whole(stored[2:18]))
    assert struct.unpack(">IHH", stored[18:26]) == (account.ledger, account.code, account.flags)
    data = (account.user_data_128, account.user_data_64, account.user_data_32)
    assert (whole(stored[26:42]), whole(stored[42:50]), whole(stored[50:54])) == data
    assert whole(stored[54:62]) == account.timestamp
    if whole(stored[2:18]) == 2:
        assert struct.unpack(">qqqB", stored[62:]) == (-1_000_000, 9_000_000, 1_000_000, 0)
    else:
        assert struct.unpack(">qqqB", stored[62:]) == (-(2**63), 2**63 - 1, -1, 0)


def read_transfer(ledger, records, position, stored):
    debit, credit = (whole(records[whole(stored[at : at + 8]) - 1][1][2:18]) for at in (18, 26))
    for account, previous, flags, counters in ((debit, 114, 146, 150), (credit, 122, 148, 182)):
        page = {entry.seq: entry for entry in ledger.statement(account, limit=400)}
        entry = page[position]
        after = (entry.debits_pending, entry.debits_posted, entry.credits_pending, entry.credits_posted)
        assert struct.unpack(">4q", stored[counters : counters + 32]) == after
        earlier = [seq for seq in page if seq < position]
        assert whole(stored[previous : previous + 8]) == max(earlier, default=0)
        late = any(happened(page[seq]) > happened(entry) for seq in earlier)
        closes = entry.transfer.flags == 2 | 128 and account == credit
        assert whole(stored[flags : flags + 2]) == 0x8000 * late | 32 * closes
    shown = entry.transfer
    assert (shown.debit_account_id, shown.credit_account_id) == (debit, credit)
    assert (whole(stored[2:18]), whole(stored[34:42]), whole(stored[42:58])) == (
        shown.id,
        shown.amount,
        shown.pending_id,
    )
    data = (shown.user_data_128, shown.user_data_64, shown.user_data_32)
    assert (whole(stored[58:74]), *struct.unpack(">QI", stored[74:86])) == data
    kept = (shown.timeout, shown.ledger, shown.code, shown.flags, shown.effective_at, shown.timestamp)
    assert struct.unpack(">IIHHqq", stored[86:114]) == kept


def happened(entry):
    return entry.transfer.effective_at or entry.transfer.timestamp


def read_terms(ledger, records, position, stored):
    number, low, high, overdraft, frozen, timestamp = struct.unpack(">qqqqBq", stored[2:])
    assert (low, high) == (-(2**63), 2**63 - 1)
    assert records[number - 1][0] == 1
    assert (overdraft, frozen) in ((10**9, 0), (-1, 1))
    assert timestamp >= NOW


def read_metadata(ledger, records, position, stored):
    assert stored[10] in (1, 2)
    texts = {1: (b'{"n":1,"name":"house"}', b'{"name":"changed"}'), 2: (b'{"why":"rent"}',)}
    assert stored[27:] in texts[stored[10]]
    assert whole(stored[11:27]) == {1: 1, 2: 1000}[stored[10]]
    assert whole(stored[2:10]) >= NOW


def read_burnt(ledger, records, position, stored):
    identifier, code, timestamp = whole(stored[2:18]), whole(stored[18:20]), whole(stored[20:])
    assert (identifier, code) in ((3000, 22), (3001, 66), (5200, 22))
    assert timestamp >= NOW


def test_both_engines_keep_the_same_bytes(postgresql_url, full_file):
    full_books(postgresql_url)
    storage = Storage.open(postgresql_url, tables=TABLES, read_only=True)
    text = "SELECT seq, kind, records FROM ledger_journal ORDER BY seq"
    found = storage.read(lambda rows: [tuple(row) for row in rows.connection.exec_driver_sql(text)])
    storage.close()
    with closing(sqlite3.connect(full_file)) as connection:
        assert found == connection.execute(text).fetchall()


def test_the_table_of_findings_names_what_the_audit_can_say():
    table = PAGE.read_text().split("| Finding | Meaning |")[1]
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == {word for file in AUDIT.glob("*.py") for word in words_of(file)}


def words_of(file):
    """The findings in the code: texts of words with underscores between, but for the names of slots."""
    tree = ast.parse(file.read_text())
    slots = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__slots__"
        for name in ast.walk(node.value)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in slots
    }
    return {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+|unreadable", text)}

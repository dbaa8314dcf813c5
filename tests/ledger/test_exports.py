"""Exports, read by the programs they are for: every account's balance there is its posted balance here."""

import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest

from dawam.kernel import id_to_text
from dawam.ledger import Account, Transfer, TransferFlags
from dawam.ledger.conversion import Rate, Rounding, Side, convert, quote
from dawam.ledger.exports import Event, Format, JournalEntry, event_of, export, moved_minor
from dawam.ledger.exports.moments import moment_text
from dawam.ledger.exports.money import commodity_of, decimal_text
from dawam.ledger.exports.names import in_beancount, path_or_derived

NOW = 1_790_000_000_000_000_000
S = 1_000_000_000
EGP, JPY, KWD, OTHER = 818, 392, 414, 7
PENDING, POST, VOID = 2, 4, 8
TRANSFERS = 3000
HLEDGER = shutil.which("hledger")
BEAN_CHECK = Path(sys.executable).with_name("bean-check")
WITH_HLEDGER = pytest.mark.skipif(HLEDGER is None, reason="hledger is not on PATH")
WITH_BEANCOUNT = pytest.mark.skipif(not BEAN_CHECK.exists(), reason="beancount is not installed")
HOSTILE = [
    "\n2026-01-01 * evil\n    assets:evil  5 EGP\n    assets:more\n",
    '"\n2026-01-01 open Assets:Evil\n"',
    'quote" backslash\\ \\" \\n tab\t null\x00 del\x7f',
    "date:2001-02-03, date2:2001-02-03, type:X, [2001-02-03] ; | :",
    "end comment\r\ninclude /etc/passwd\u2028\u0085",
    "حساب 🏦 {}",
]
PATHS = {
    1: "assets:cash:egp",
    2: "liabilities:wallets:egp:agent-7",
    3: "liabilities:wallets:egp:agent_7",
    4: "liabilities:wallets:egp:7-eleven",
    5: "equity:unmapped:" + id_to_text(1).lower(),
    11: "assets:cash:jpy",
    12: "income:fees:jpy",
    21: "assets:cash",
    31: "expenses:in-tokens",
    **{41 + place: text for place, text in enumerate(HOSTILE)},
}
LEDGERS = {EGP: [*range(1, 7), *range(41, 47)], JPY: [11, 12, 13], KWD: [21, 22], OTHER: [31, 32]}


def random_transfer(chance, number, held):
    """Any kind of transfer; refusals are welcome."""
    kind = chance.choice(["plain"] * 4 + ["hold"] * 3 + ["post", "post", "void"])
    at = chance.choice([0, 0, 0, NOW - chance.randrange(400 * 86_400) * S, -chance.randrange(9 * 10**18)])
    if kind in ("post", "void") and held:
        flags = POST if kind == "post" else VOID
        amount = chance.choice([2**63 - 1, 1, 0]) if kind == "post" else 0
        return Transfer(number, pending_id=chance.choice(held), amount=amount, flags=flags, effective_at=at)
    ledger = chance.choice(list(LEDGERS))
    debit, credit = chance.sample(LEDGERS[ledger], 2)
    flags = PENDING if kind == "hold" else 0
    return Transfer(
        number,
        debit,
        credit,
        chance.choice([0, 1, chance.randrange(100_000), chance.randrange(2**50)]),
        user_data_128=chance.choice([0, chance.randrange(2**128)]),
        user_data_64=chance.choice([0, 2**63 - 1]),
        user_data_32=chance.choice([0, 7]),
        timeout=chance.choice([0, 1, 50]) if kind == "hold" else 0,
        ledger=ledger,
        code=chance.randint(1, 65535),
        flags=flags,
        effective_at=at,
    )


@pytest.fixture
def books(storage, ledger):
    """A few thousand transfers of every kind over three weeks; the journal as an export is given it."""
    chance = Random(2026)
    accounts = [Account(number, ledger_, 10) for ledger_, numbers in LEDGERS.items() for number in numbers]
    assert not any(storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW)))
    held = []
    for first in range(1, TRANSFERS, 50):
        now = NOW + first * 600 * S
        batch = [random_transfer(chance, (first + place) << 70, held) for place in range(50)]
        post = lambda tx, batch=batch, now=now: ledger.post_transfers(tx, batch, now_ns=now)  # noqa: E731
        results = storage.write_now(post)
        created = [made for made, result in zip(batch, results, strict=True) if result == 0]
        held = [*held, *(made.id for made in created if made.flags & PENDING)][-60:]
    return ledger, journal_of(ledger, accounts)


def journal_of(ledger, accounts):
    entries = [
        JournalEntry(seq, ledger.account(account.id), {"note": HOSTILE[seq % len(HOSTILE)]})
        for seq, account in enumerate(accounts, start=1)
    ]
    found = {}
    for account in accounts:
        found |= {entry.seq: entry.transfer for entry in ledger.statement(account.id, limit=10**6)}
    for seq in sorted(found):
        text = HOSTILE[seq % len(HOSTILE)]
        entries.append(
            JournalEntry(seq, found[seq], {text: text, "n": seq, "yes": True} if seq % 3 else None)
        )
    return entries


def transfers_of(entries):
    return [entry for entry in entries if isinstance(entry.record, Transfer)]


def trial_balance(ledger, entries, spell=str):
    """Account name -> (posted debits less credits in major units, symbol), as the ledger has it."""
    balances = {}
    for entry in entries:
        if isinstance(entry.record, Account):
            account = ledger.account(entry.record.id)
            name = spell(path_or_derived(PATHS.get(account.id), account.id))
            commodity = commodity_of(account.ledger)
            balances[name] = (
                Decimal(account.debits_posted - account.credits_posted).scaleb(-commodity.exponent),
                commodity.symbol,
            )
    return balances


def exported(entries, tmp_path, format):
    target = tmp_path / f"books.{format}"
    done = export(iter(entries), target=target, format=format, names=PATHS.get)
    assert done.records == len(entries)
    assert done.transfers == len(transfers_of(entries))
    assert [file.name for file in tmp_path.glob(".*")] == []
    return target


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr + done.stdout[:2000]
    return done.stdout


def hledger(target, *command):
    return run(HLEDGER, "--strict", "-f", str(target), *command)


def balances_in_hledger(target):
    """Account name -> (balance in major units, symbol); none for those on which nothing was ever moved."""
    rows = hledger(target, "balance", "--flat", "--empty", "--no-total", "--layout=bare", "-O", "csv")
    cells = ([cell.strip('"') for cell in line.split(",")] for line in rows.splitlines()[1:])
    return {name: (Decimal(amount), symbol.strip('"')) for name, symbol, amount in cells if symbol}


def test_the_books_of_these_tests_hold_every_kind(books):
    ledger, entries = books
    kinds = [event_of(entry.record) for entry in transfers_of(entries)]
    assert {kind: kinds.count(kind) > 50 for kind in Event} == dict.fromkeys(Event, True)
    balances = [ledger.account(entry.record.id).balance_minor for entry in entries[: len(PATHS)]]
    assert min(balances) < 0 < max(balances)


@WITH_HLEDGER
def test_hledger_agrees_with_every_posted_balance(books, tmp_path):
    ledger, entries = books
    target = exported(entries, tmp_path, "hledger")
    found = balances_in_hledger(target)
    wanted = trial_balance(ledger, entries)
    assert {name: found.get(name, (0, symbol)) for name, (_, symbol) in wanted.items()} == wanted
    assert set(found) <= set(wanted)


@WITH_HLEDGER
def test_hledger_reads_every_record_once_and_nothing_else(books, tmp_path):
    _, entries = books
    target = exported(entries, tmp_path, "hledger")
    read = json.loads(hledger(target, "print", "-O", "json"))
    transfers = transfers_of(entries)
    by_seq = {int(dict(transaction["ttags"])["seq"]): transaction for transaction in read}
    assert len(read) == len(by_seq) == len(transfers)
    for entry in transfers:
        transaction, transfer = by_seq[entry.seq], entry.record
        tags = dict(transaction["ttags"])
        assert transaction["tdescription"] == tags["event"] == event_of(transfer)
        assert transaction["tstatus"] == ("Pending" if transfer.flags & PENDING else "Cleared")
        assert transaction["tdate"] == moment_text(transfer.timestamp)[:10]
        late = moment_text(transfer.effective_at)[:10] if transfer.effective_at else None
        assert transaction["tdate2"] == late
        assert tags.get("id") == (id_to_text(transfer.id) if transfer.id else None)
        assert tags.get("pending_id") == (id_to_text(transfer.pending_id) if transfer.pending_id else None)
        said = [json.loads(value) for name, value in transaction["ttags"] if name == "metadata"]
        assert {key: value for one in said for key, value in one.items()} == (entry.metadata or {})
    names = hledger(target, "accounts", "--declared").splitlines()
    accounts = [entry.record for entry in entries if isinstance(entry.record, Account)]
    assert sorted(names) == sorted(path_or_derived(PATHS.get(account.id), account.id) for account in accounts)


@WITH_HLEDGER
def test_a_conversion_is_two_transactions_each_balanced_by_itself(storage, ledger, tmp_path):
    accounts = [Account(1, EGP, 1), Account(2, EGP, 1), Account(11, JPY, 1), Account(12, JPY, 1)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    terms = quote(1_000, Rate.of_majors("3.141", source_exponent=2, target_exponent=0), Rounding.FLOOR)
    legs = convert(77 << 80, terms, source=Side(EGP, 1, 2), target=Side(JPY, 11, 12), code=1)
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, legs, now_ns=NOW)))
    target = exported(journal_of(ledger, accounts), tmp_path, "hledger")
    linked = f"tag:user_data_128={id_to_text(77 << 80)}"
    assert len(json.loads(hledger(target, "print", linked, "-O", "json"))) == 2
    assert balances_in_hledger(target) == {
        "assets:cash:egp": (Decimal("10.00"), "EGP"),
        "liabilities:wallets:egp:agent-7": (Decimal("-10.00"), "EGP"),
        "assets:cash:jpy": (-31, "JPY"),
        "income:fees:jpy": (31, "JPY"),
    }
    assert hledger(target, "balance", "-O", "csv").splitlines()[-1] == '"total","0"'


@WITH_HLEDGER
def test_hledger_finds_the_holds_and_what_became_of_them(books, tmp_path):
    _, entries = books
    target = exported(entries, tmp_path, "hledger")
    hold = next(entry for entry in transfers_of(entries) if event_of(entry.record) is Event.EXPIRY).record
    rows = hledger(target, "print", f"tag:pending_id={id_to_text(hold.pending_id)}", "-O", "json")
    (release,) = json.loads(rows)
    assert dict(release["ttags"])["released"] == decimal_text(hold.amount, commodity_of(hold.ledger))


READ_BEANCOUNT = """
import json, sys
from collections import defaultdict
from beancount import loader
from beancount.core import data
entries, errors, options = loader.load_file(sys.argv[1])
balances = defaultdict(lambda: [0, None])
opened, seen = {}, {}
for entry in entries:
    if isinstance(entry, data.Open):
        opened[entry.account] = [entry.currencies, entry.meta.get("metadata")]
    elif isinstance(entry, data.Transaction):
        seen[entry.meta["seq"]] = [str(entry.date), entry.flag, entry.narration, sorted(entry.links),
                                   entry.meta.get("metadata")]
        for posting in entry.postings:
            balances[posting.account][0] += posting.units.number
            balances[posting.account][1] = posting.units.currency
    else:
        errors.append(entry)
texts = {name: [str(number), symbol] for name, (number, symbol) in balances.items()}
json.dump({"errors": list(map(str, errors)), "opened": opened, "seen": seen, "balances": texts}, sys.stdout)
"""


@WITH_BEANCOUNT
def test_beancount_agrees_with_every_posted_balance_and_reads_nothing_else(books, tmp_path):
    ledger, entries = books
    target = exported(entries, tmp_path, "beancount")
    assert run(str(BEAN_CHECK), "--no-cache", str(target)) == ""
    read = json.loads(run(sys.executable, "-c", READ_BEANCOUNT, str(target)))
    assert read["errors"] == []
    wanted = trial_balance(ledger, entries, in_beancount)
    assert {name: currencies for name, (currencies, _) in read["opened"].items()} == {
        name: [symbol] for name, (_, symbol) in wanted.items()
    }
    found = {name: (Decimal(number), symbol) for name, (number, symbol) in read["balances"].items()}
    assert {name: found.get(name, (0, symbol)) for name, (_, symbol) in wanted.items()} == wanted
    transfers = transfers_of(entries)
    assert len(read["seen"]) == len(transfers)
    for entry in transfers:
        transfer = entry.record
        day, flag, narration, links, metadata = read["seen"][str(entry.seq)]
        assert day == moment_text(transfer.timestamp)[:10]
        assert flag == ("!" if transfer.flags & PENDING else "*")
        assert narration == event_of(transfer)
        hold = transfer.id if transfer.flags & PENDING else transfer.pending_id
        assert links == ([f"hold-{id_to_text(hold)}"] if hold else [])
        assert (json.loads(metadata) if metadata else None) == entry.metadata


def test_parquet_agrees_with_every_posted_balance(books, tmp_path, monkeypatch):
    ledger, entries = books
    target = exported(entries, tmp_path, "parquet")
    assert sorted(file.name for file in target.iterdir()) == [
        "accounts-00001.parquet",
        "transfers-00001.parquet",
    ]
    accounts = pl.read_parquet(target / "accounts-*.parquet")
    transfers = pl.read_parquet(target / "transfers-*.parquet")
    for side in ("debit", "credit"):
        sums = transfers.group_by(f"{side}_account_id").agg(pl.col("moved_minor").sum())
        found = dict(sums.iter_rows())
        for number in (number for numbers in LEDGERS.values() for number in numbers):
            account = ledger.account(number)
            assert found.get(id_to_text(number), 0) == getattr(account, f"{side}s_posted")
    journal = transfers_of(entries)
    assert transfers["seq"].to_list() == [entry.seq for entry in journal]
    assert transfers["timestamp"].cast(pl.Int64).to_list() == [entry.record.timestamp for entry in journal]
    assert transfers["timestamp"].dtype == pl.Datetime("ns", "UTC")
    late = transfers["effective_at"].cast(pl.Int64).to_list()
    assert late == [entry.record.effective_at or None for entry in journal]
    said = [json.loads(text) if text else None for text in transfers["metadata"]]
    assert said == [entry.metadata for entry in journal]
    assert transfers["event"].to_list() == [event_of(entry.record) for entry in journal]
    assert transfers["amount_minor"].to_list() == [entry.record.amount for entry in journal]
    assert accounts["currency"].unique().sort().to_list() == ["EGP", "JPY", "KWD", "LEDGER7"]
    assert accounts["name"].n_unique() == len(accounts)


def test_parquet_goes_on_in_another_file_when_one_is_full(books, tmp_path, monkeypatch):
    from dawam.ledger.exports import parquet

    monkeypatch.setattr(parquet, "_CHUNK_ROWS", 100)
    monkeypatch.setattr(parquet, "FILE_ROWS", 500)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 50)
    _, entries = books
    target = exported(entries, tmp_path, "parquet")
    journal = [entry.seq for entry in transfers_of(entries)]
    assert len(list(target.glob("transfers-*"))) == -(-len(journal) // 500)
    assert pl.read_parquet(target / "transfers-*.parquet")["seq"].to_list() == journal


@pytest.mark.parametrize("format", Format)
def test_an_empty_journal_is_exported_too(tmp_path, format):
    target = exported([], tmp_path, format)
    if format is Format.PARQUET:
        assert pl.read_parquet(target / "transfers-*.parquet").height == 0
    elif format is Format.HLEDGER and HLEDGER:
        assert hledger(target, "balance", "--no-total") == ""
    elif format is Format.BEANCOUNT and BEAN_CHECK.exists():
        assert run(str(BEAN_CHECK), "--no-cache", str(target)) == ""


def test_amounts_and_moments_are_written_exactly():
    assert [decimal_text(amount, commodity_of(EGP)) for amount in (0, 5, -5, 100, -123456)] == [
        "0.00",
        "0.05",
        "-0.05",
        "1.00",
        "-1234.56",
    ]
    assert decimal_text(2**63 - 1, commodity_of(KWD)) == "9223372036854775.807"
    assert decimal_text(7, commodity_of(JPY)) == "7"
    assert moment_text(0) == "1970-01-01T00:00:00.000000000Z"
    assert moment_text(-1) == "1969-12-31T23:59:59.999999999Z"
    assert moment_text(2**63 - 1) == "2262-04-11T23:47:16.854775807Z"
    assert moment_text(-(2**63)) == "1677-09-21T00:12:43.145224192Z"


def test_what_a_record_moves_is_decided_by_its_flags():
    linked = int(TransferFlags.LINKED)
    moves = {0: 9, PENDING: 0, POST: 9, VOID: 0, int(TransferFlags.EXPIRED): 0}
    for flags, moved in moves.items():
        for also in (0, linked):
            assert moved_minor(Transfer(1, 1, 2, 9, flags=flags | also)) == moved

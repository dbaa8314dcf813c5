"""The two data sets, read by the shipped mappings and counted again by a few lines of their own."""

import csv
import gzip
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from dawam.primary.extracts import load_mapping, read_extract

SHARED = Path(__file__).parents[4] / "shared" / "data"
WALLET = SHARED / "wallet" / "transactions.csv.gz"
BANK = SHARED / "bank" / "trans.csv.gz"


def records(path: Path, separator: str) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=separator))


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


@pytest.mark.skipif(not WALLET.exists(), reason="../shared/data/wallet is not here")
def test_the_wallet_data_is_read_to_the_last_piastre():
    expected = []
    for line, row in enumerate(records(WALLET, ","), 2):
        for side in ("Orig", "Dest"):
            before, after = minor(row[f"oldBalance{side}"]), minor(row[f"newBalance{side}"])
            if before != after:
                expected.append((line, row[f"name{side}"], after - before, after))
    extract = read_extract(WALLET, load_mapping("wallet"))
    assert [(b.row, b.account, b.amount_minor, b.balance_after_minor) for b in extract.bookings] == expected
    assert (extract.rows, extract.refused, extract.unchanged, extract.repeated) == (60_000, 1_598, 0, 0)
    assert len(extract.openings) == 3_712
    assert all(earlier.booked_at < later.booked_at for earlier, later in pairwise(extract.bookings))
    balances = dict(extract.openings)
    for booking in extract.bookings:
        balances[booking.account] += booking.amount_minor
        assert balances[booking.account] == booking.balance_after_minor


@pytest.mark.skipif(not BANK.exists(), reason="../shared/data/bank is not here")
def test_the_bank_data_is_put_in_an_order_in_which_every_balance_follows():
    extract = read_extract(BANK, load_mapping("bank"))
    rows = records(BANK, ";")
    signs = {"PRIJEM": 1, "VYDAJ": -1, "VYBER": -1}
    assert [b.seq for b in extract.bookings] == list(range(1, len(rows) + 1))
    assert sorted(b.row for b in extract.bookings) == list(range(2, len(rows) + 2))
    balances: dict[str, int] = {}
    for booking in extract.bookings:
        row = rows[booking.row - 2]
        assert (booking.reference, booking.account) == (row["trans_id"], row["account_id"])
        assert booking.booked_at.strftime("%y%m%d") == row["date"]
        assert booking.amount_minor == signs[row["type"]] * minor(row["amount"])
        before = balances.get(booking.account, 0)
        assert abs(before + booking.amount_minor - booking.balance_after_minor) <= 10
        balances[booking.account] = booking.balance_after_minor
    assert all(earlier.booked_at < later.booked_at for earlier, later in pairwise(extract.bookings))
    assert Counter(b.kind for b in extract.bookings)["interest"] == sum(not row["operation"] for row in rows)
    assert (len(extract.openings), set(extract.openings.values())) == (591, {0})

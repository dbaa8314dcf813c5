"""The first filling: every account's balance, or none."""

import asyncio
import signal
import subprocess
import sys

import msgspec
import pytest

from dawam.kernel import Conflict, IntegrityBroken
from dawam.primary import SnapshotLine

from . import killed_filling
from .books import NOW, START, Bank, House


def fill(house: House, lines: list[SnapshotLine], last_seq: int) -> None:
    asyncio.run(house.mirror.load_snapshot(lines, last_seq=last_seq, as_of=START, now=NOW))


def filled(house: House, bank: Bank) -> None:
    bank.open("A", 1000)
    bank.open("B", 0)
    bank.open("C", -30)
    bank.book("A", 5)
    bank.book("A", 6)
    fill(house, bank.lines(), 2)


def test_a_snapshot_gives_the_balances_and_the_feed_goes_on_from_it(house: House, bank: Bank) -> None:
    filled(house, bank)
    assert {name: house.mirror.balance(name).balance_minor for name in "ABC"} == bank.balances
    assert house.mirror.position().last_seq == 2
    assert house.mirror.position().last_booked_at == START
    bank.book("B", 7)
    bank.book("NEW", 8)
    applied = asyncio.run(house.mirror.take(bank.events, NOW))
    assert (applied.applied, applied.repeated) == (2, 2)
    assert house.mirror.balance("NEW").balance_minor == 8
    assert house.books_balance()


def test_what_was_before_the_snapshot_is_not_known(house: House, bank: Bank) -> None:
    filled(house, bank)
    bank.book("A", 7)
    bank.book("NEW", 8)
    asyncio.run(house.mirror.take(bank.events, NOW))
    assert [house.mirror.balance_at("A", seq) for seq in range(5)] == [None, None, 1011, 1018, 1018]
    assert [house.mirror.balance_at("B", seq) for seq in (0, 2, 4)] == [0, 0, 0]
    assert [house.mirror.balance_at("NEW", seq) for seq in range(5)] == [None, None, 0, 0, 8]


def test_a_mirror_is_filled_once(house: House, bank: Bank) -> None:
    filled(house, bank)
    with pytest.raises(Conflict, match="mirror_not_empty"):
        fill(house, bank.lines(), 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"account": "A"}, "account"),
        ({"account": ""}, "account"),
        ({"currency": "ZZZ"}, "currency"),
        ({"balance_minor": 2**63}, "balance_minor"),
        ({"last_seq": 3}, "last_seq"),
    ],
)
def test_a_bad_line_refuses_the_whole_snapshot(
    house: House, bank: Bank, change: dict[str, object], field: str
) -> None:
    bank.open("A", 1)
    bank.open("B", 2)
    first, second = bank.lines()
    with pytest.raises(IntegrityBroken) as caught:
        fill(house, [first, msgspec.structs.replace(second, **change)], 2)
    assert caught.value.code == "snapshot_malformed"
    assert (caught.value.params["line"], caught.value.params["field"]) == (2, field)
    assert house.mirror.balance("A") is None
    fill(house, [first, second], 2)
    assert house.mirror.position().accounts == 2


def test_currencies_are_kept_apart(house: House) -> None:
    lines = [
        SnapshotLine(account=name, currency=currency, balance_minor=50, last_seq=0)
        for name, currency in (("A", "EGP"), ("B", "MAD"), ("C", "KWD"))
    ]
    fill(house, lines, 0)
    assert {total.ledger for total in house.ledger.totals()} == {818, 504, 414}
    assert house.mirror.balance("C").currency == "KWD"


def test_a_filling_that_was_killed_has_never_been(database_url: str) -> None:
    """Most of its records were in the database already, and in no commit."""
    command = [sys.executable, killed_filling.__file__, database_url]
    ended = subprocess.run(command, timeout=60, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    storage, ledger, mirror = killed_filling.opened(database_url)
    assert mirror.balance("A1") is None
    assert (mirror.position().accounts, mirror.position().last_seq) == (0, 0)
    assert ledger.totals() == []
    lines = killed_filling.made(40_000)
    asyncio.run(mirror.load_snapshot(lines, last_seq=7, as_of=START, now=NOW))
    assert [mirror.balance(f"A{number}").balance_minor for number in (0, 1, 39_999)] == [0, 1, 39_999]
    assert mirror.position().accounts == 40_000
    assert ledger.audit().ok
    storage.close()

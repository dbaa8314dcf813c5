"""Money held for a payment until the primary books it, or somebody gives it back."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from dawam.kernel import Conflict, InvalidInput, NotFound, Unavailable
from dawam.ledger import PendingStatus
from dawam.primary.mirror.tables import mirror_holds
from dawam.storage import Tx

from .books import NOW, OTHER_PAYMENT, PAYMENT, Bank, House


def hold(house: House, amount: int, payment: str = PAYMENT, account: str = "A") -> None:
    house.storage.write_now(lambda tx: house.mirror.hold(tx, payment, account, amount, now=NOW))


def release(house: House, payment: str = PAYMENT) -> bool:
    return house.storage.write_now(lambda tx: house.mirror.release(tx, payment, now=NOW))


def take(house: House, bank: Bank) -> None:
    asyncio.run(house.mirror.take(bank.events, NOW))


def shown(house: House, account: str = "A") -> tuple[int, int, int]:
    balance = house.mirror.balance(account)
    assert balance is not None
    return balance.balance_minor, balance.held_minor, balance.available_minor


@pytest.fixture
def opened(house: House, bank: Bank) -> House:
    bank.book("A", 100)
    bank.book("B", 100)
    take(house, bank)
    return house


def test_a_hold_takes_from_what_is_available_alone(opened: House) -> None:
    hold(opened, 30)
    assert shown(opened) == (100, 30, 70)
    assert opened.mirror.hold_status(PAYMENT) is PendingStatus.PENDING


def test_a_hold_is_not_limited_by_the_balance(opened: House) -> None:
    hold(opened, 130)
    assert shown(opened) == (100, 130, -30)


def test_the_booking_of_a_held_payment_posts_its_hold(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -30, payment_id=PAYMENT)
    bank.book("B", 30, payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (70, 0, 70)
    assert shown(opened, "B") == (130, 0, 130)
    assert opened.mirror.hold_status(PAYMENT) is PendingStatus.POSTED
    assert opened.books_balance()
    take(opened, bank)
    assert shown(opened) == (70, 0, 70)


def test_a_smaller_booking_frees_the_rest(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -20, payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (80, 0, 80)
    assert opened.mirror.hold_status(PAYMENT) is PendingStatus.POSTED


def test_a_larger_booking_voids_the_hold_and_is_posted_plain(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -31, payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (69, 0, 69)
    assert opened.mirror.hold_status(PAYMENT) is PendingStatus.VOIDED
    assert opened.books_balance()


@pytest.mark.parametrize("amount", [-30, -31, -29])
def test_a_held_booking_may_drift(bank: Bank, amount: int) -> None:
    house = House(tolerance=1)
    bank.book("A", 100)
    take(house, bank)
    hold(house, 30)
    bank.book("A", amount, drift=1, payment_id=PAYMENT)
    take(house, bank)
    assert shown(house) == (101 + amount, 0, 101 + amount)
    assert house.books_balance()
    house.storage.close()


def test_only_a_debit_of_the_held_account_uses_up_the_hold(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", 5, payment_id=PAYMENT)
    bank.book("B", -5, payment_id=PAYMENT)
    bank.book("A", -5, payment_id="something else")
    bank.book("A", -5, payment_id=OTHER_PAYMENT)
    take(opened, bank)
    assert shown(opened) == (95, 30, 65)


def test_a_second_debit_of_the_same_payment_is_posted_plain(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -30, payment_id=PAYMENT)
    bank.book("A", -1, kind="fee", payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (69, 0, 69)


def test_a_released_hold_is_gone_once(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    assert release(opened)
    assert not release(opened)
    assert shown(opened) == (100, 0, 100)
    assert opened.mirror.hold_status(PAYMENT) is PendingStatus.VOIDED
    bank.book("A", -30, payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (70, 0, 70)


def test_a_posted_hold_cannot_be_released(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -30, payment_id=PAYMENT)
    take(opened, bank)
    assert not release(opened)


def test_the_same_hold_again_changes_nothing_and_another_is_refused(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    bank.book("A", -1)
    take(opened, bank)
    hold(opened, 30)
    assert shown(opened) == (99, 30, 69)
    with pytest.raises(Conflict, match="hold_differs"):
        hold(opened, 31)
    release(opened)
    with pytest.raises(Conflict, match="hold_refused"):
        hold(opened, 30)


@pytest.mark.parametrize(
    ("amount", "payment", "account", "error", "code"),
    [
        (0, PAYMENT, "A", InvalidInput, "amount_out_of_range"),
        (-1, PAYMENT, "A", InvalidInput, "amount_out_of_range"),
        (2**63, PAYMENT, "A", InvalidInput, "amount_out_of_range"),
        (1, "nonsense", "A", InvalidInput, "id_malformed"),
        (1, PAYMENT, "Z", NotFound, "account_not_mirrored"),
    ],
)
def test_an_impossible_hold_is_refused(
    opened: House, amount: int, payment: str, account: str, error: type[Exception], code: str
) -> None:
    with pytest.raises(error, match=code):
        hold(opened, amount, payment, account)


def test_open_holds_outlive_a_restart(tmp_path: Path, bank: Bank) -> None:
    house = House(tmp_path / "mirror.db")
    bank.book("A", 100)
    take(house, bank)
    hold(house, 30)
    hold(house, 20, OTHER_PAYMENT)
    house.reopen()
    assert shown(house) == (100, 50, 50)
    bank.book("A", -30, payment_id=PAYMENT)
    take(house, bank)
    assert release(house, OTHER_PAYMENT)
    house.reopen()
    assert not release(house)
    assert not release(house, OTHER_PAYMENT)
    assert shown(house) == (70, 0, 70)
    house.storage.close()


def test_a_hold_that_is_rolled_back_was_never_there(opened: House, bank: Bank) -> None:
    def fail(tx: Tx) -> None:
        opened.mirror.hold(tx, PAYMENT, "A", 30, now=NOW)
        assert opened.mirror.balance_in(tx, "A").held_minor == 30
        raise InvalidInput("on_purpose")

    with pytest.raises(InvalidInput):
        opened.storage.write_now(fail)
    assert not release(opened)
    bank.book("A", -30, payment_id=PAYMENT)
    take(opened, bank)
    assert shown(opened) == (70, 0, 70)


def test_a_hold_whose_commit_fails_was_never_there(opened: House) -> None:
    def break_the_commit(tx: Tx) -> None:
        opened.mirror.hold(tx, PAYMENT, "A", 30, now=NOW)
        tx.execute(text("PRAGMA defer_foreign_keys=ON"))
        orphan = dict.fromkeys(mirror_holds.columns.keys(), "X") | {"institution": 9, "amount_minor": 1}
        tx.execute(insert(mirror_holds).values(orphan))

    with pytest.raises(Unavailable):
        opened.storage.write_now(break_the_commit)
    assert shown(opened) == (100, 0, 100)
    assert not release(opened)
    hold(opened, 40)
    assert shown(opened) == (100, 40, 60)


def test_a_statement_tells_bookings_in_the_feeds_words_and_no_holds(opened: House, bank: Bank) -> None:
    hold(opened, 30)
    hold(opened, 5, OTHER_PAYMENT)
    bank.book("A", -30, kind="cash_out", payment_id=PAYMENT)
    bank.book("A", -1, kind="fee")
    take(opened, bank)
    release(opened, OTHER_PAYMENT)
    lines = opened.mirror.statement("A", before=None, limit=10)
    told = [(line.kind, line.amount_minor, line.balance_after_minor) for line in lines]
    assert told == [("fee", -1, 69), ("cash_out", -30, 70), ("transfer", 100, 100)]
    assert lines[1].booked_at == bank.events[2].booked_at
    paged = []
    before = None
    while page := opened.mirror.statement("A", before=before, limit=1):
        paged += page
        before = page[-1].place
    assert paged == lines
    assert opened.mirror.statement("Z", before=None, limit=1) is None


def test_history_is_true_in_spite_of_holds(opened: House, bank: Bank) -> None:
    for step in range(6):
        payment = f"01KAQZ000000000000000000{step:02}"
        hold(opened, 3, payment)
        bank.book("A", -3, payment_id=payment if step % 2 else None)
        take(opened, bank)
        if not step % 2:
            release(opened, payment)
    for seq in range(len(bank.events) + 1):
        assert opened.mirror.balance_at("A", seq) == bank.balance_at("A", seq)

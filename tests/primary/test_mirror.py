"""Every event once, in order, or not at all."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from dawam.kernel import IntegrityBroken, InvalidInput
from dawam.primary import Event, MirrorSettings

from .books import NOW, START, Bank, House


def take(house: House, events: list[Event]) -> None:
    asyncio.run(house.mirror.take(events, NOW))


def refused(house: House, events: list[Event]) -> str:
    with pytest.raises(IntegrityBroken) as caught:
        take(house, events)
    assert caught.value.params["institution"] == "bank"
    return caught.value.code


def test_a_new_mirror_knows_nothing(house: House) -> None:
    assert house.mirror.balance("A") is None
    assert house.mirror.balance_at("A", 0) is None
    position = house.mirror.position()
    assert (position.last_seq, position.last_booked_at, position.stopped) == (0, None, None)


def test_events_become_balances_as_of_the_last_booking(house: House, bank: Bank) -> None:
    bank.book("A", 500)
    bank.book("B", -200)
    bank.book("A", -100)
    take(house, bank.events)
    balance = house.mirror.balance("A")
    assert balance is not None
    assert (balance.balance_minor, balance.held_minor, balance.available_minor) == (400, 0, 400)
    assert (balance.last_seq, balance.currency) == (3, "EGP")
    other = house.mirror.balance("B")
    assert other is not None
    assert (other.balance_minor, other.last_seq) == (-200, 2)
    assert balance.as_of == other.as_of == START + timedelta(seconds=3)
    assert house.books_balance()


def test_repeated_events_change_nothing(house: House, bank: Bank) -> None:
    for _ in range(5):
        bank.book("A", 10)
    take(house, bank.events[:3])
    applied = asyncio.run(house.mirror.take([*bank.events, bank.events[4]], NOW))
    assert (applied.applied, applied.repeated, applied.last_seq) == (2, 4, 5)
    assert house.mirror.balance("A").balance_minor == 50


def test_events_out_of_order_are_put_in_order(house: House, bank: Bank) -> None:
    for _ in range(4):
        bank.book("A", 10)
    take(house, bank.events[::-1])
    assert house.mirror.position().last_seq == 4


def test_a_gap_stops_the_mirror_before_it(house: House, bank: Bank) -> None:
    for _ in range(4):
        bank.book("A", 10)
    assert refused(house, [bank.events[0], bank.events[1], bank.events[3]]) == "feed_gap"
    assert house.mirror.position().last_seq == 2
    assert house.mirror.position().stopped is None
    assert house.mirror.balance("A").balance_minor == 20
    take(house, bank.events[2:])
    assert house.mirror.balance("A").balance_minor == 40


@pytest.mark.parametrize("in_one_batch", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 11, "balance_after_minor": 11},
        {"event_id": "X"},
        {"kind": "fee"},
        {"payment_id": "P"},
        {"account": "B"},
        {"booked_at": START},
        {"amount_minor": 0},
    ],
)
def test_a_duplicate_with_other_content_is_an_alarm(
    house: House, bank: Bank, change: dict[str, object], in_one_batch: bool
) -> None:
    bank.book("A", 10)
    other = msgspec.structs.replace(bank.events[0], **change)
    if in_one_batch:
        assert refused(house, [bank.events[0], other]) == "feed_duplicate_differs"
    else:
        take(house, bank.events)
        assert refused(house, [other]) == "feed_duplicate_differs"
    assert house.mirror.position().stopped == "feed_duplicate_differs"
    assert house.mirror.balance("A").balance_minor == 10


def test_the_same_moment_written_in_another_zone_is_no_other_content(house: House, bank: Bank) -> None:
    from datetime import timezone

    event = bank.book("A", 10)
    take(house, [event])
    cairo = timezone(timedelta(hours=2))
    take(house, [msgspec.structs.replace(event, booked_at=event.booked_at.astimezone(cairo))])


def test_a_contradiction_stops_the_mirror_before_it_and_says_so_after_a_restart(
    tmp_path: Path, bank: Bank
) -> None:
    house = House(tmp_path / "mirror.db", tolerance=2)
    bank.book("A", 10)
    bank.book("A", 10)
    wrong = msgspec.structs.replace(bank.events[1], balance_after_minor=23)
    assert refused(house, [bank.events[0], wrong]) == "feed_contradicts"
    assert house.mirror.balance("A").balance_minor == 10
    house.reopen()
    assert house.mirror.position().stopped == "feed_contradicts"
    assert house.mirror.position().last_seq == 1
    take(house, bank.events)
    assert house.mirror.position().stopped is None
    assert house.mirror.balance("A").balance_minor == 20
    house.storage.close()


def test_a_contradiction_leaves_no_trace_of_a_new_account(house: House, bank: Bank) -> None:
    event = msgspec.structs.replace(bank.book("A", 10), balance_after_minor=11)
    assert refused(house, [event]) == "feed_contradicts"
    assert house.mirror.balance("A") is None
    assert list(house.mirror.accounts()) == []


def test_rounding_drift_goes_to_the_rounding_account(bank: Bank) -> None:
    house = House(tolerance=2)
    bank.book("A", 100, drift=1)
    bank.book("A", -50, drift=-2)
    bank.book("A", 0, drift=1)
    take(house, bank.events)
    balance = house.mirror.balance("A")
    assert balance is not None
    assert balance.balance_minor == bank.balances["A"] == 50
    assert house.books_balance()
    rounding = house.ledger.account(2 << 80 | house.mirror.number << 64 | 3 << 32 | 818)
    assert rounding is not None
    assert rounding.balance_minor == 0
    assert rounding.debits_posted == 2
    take(house, bank.events)
    assert house.mirror.balance("A").balance_minor == 50
    house.storage.close()


def test_an_event_without_an_amount_moves_only_the_position(house: House, bank: Bank) -> None:
    bank.book("A", 10)
    bank.book("A", 0, kind="address_changed")
    take(house, bank.events)
    assert house.mirror.balance("A").last_seq == 2
    assert len(house.ledger.statement(house.mirror.ledger_id("A"))) == 1
    take(house, bank.events)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "MAD"}, "feed_currency_differs"),
        ({"account": "NEW", "currency": "ZZZ"}, "feed_currency_unknown"),
        ({"account": ""}, "feed_event_malformed"),
        ({"account": "A" * 121}, "feed_event_malformed"),
        ({"amount_minor": 2**63}, "feed_event_malformed"),
        ({"balance_after_minor": -(2**63)}, "feed_event_malformed"),
        ({"booked_at": START.replace(tzinfo=None)}, "feed_event_malformed"),
        ({"booked_at": NOW + timedelta(days=1, seconds=1)}, "feed_booked_in_future"),
    ],
)
def test_an_impossible_event_stops_the_mirror(
    house: House, bank: Bank, change: dict[str, object], code: str
) -> None:
    bank.book("A", 10)
    bank.book("A", 10)
    assert refused(house, [bank.events[0], msgspec.structs.replace(bank.events[1], **change)]) == code
    assert house.mirror.position().last_seq == 1
    assert house.mirror.position().stopped == code


def test_a_booking_time_that_runs_back_is_applied_and_the_moment_never_goes_back(
    house: House, bank: Bank
) -> None:
    bank.book("A", 10, booked_at=START + timedelta(seconds=9))
    bank.book("A", 10, booked_at=START)
    take(house, bank.events)
    balance = house.mirror.balance("A")
    assert balance is not None
    assert (balance.balance_minor, balance.as_of) == (20, START + timedelta(seconds=9))


def test_the_balance_after_any_past_event_is_known(house: House, bank: Bank) -> None:
    for step in range(30):
        bank.book("AB"[step % 2], step - 10)
    take(house, bank.events)
    for account in "AB":
        for seq in range(31):
            assert house.mirror.balance_at(account, seq) == bank.balance_at(account, seq)
    assert house.mirror.balance_at("A", 31) is None


def test_the_largest_amount_is_mirrored(house: House, bank: Bank) -> None:
    bank.book("A", 2**63 - 1)
    take(house, bank.events)
    assert house.mirror.balance("A").balance_minor == 2**63 - 1


def test_institutions_have_mirrors_of_their_own(house: House, bank: Bank) -> None:
    second = house.mirror_of("wallet")
    bank.book("A", 10)
    take(house, bank.events)
    assert second.balance("A") is None
    asyncio.run(second.take(bank.events, NOW))
    assert second.balance("A").balance_minor == 10
    ledger_id = house.mirror.ledger_id("A")
    assert house.mirror.account_of(ledger_id) == "A"
    assert second.account_of(ledger_id) is None
    assert house.mirror.account_of(2 << 80 | 1) is None


def test_a_name_that_cannot_be_an_institution_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="institution_name_invalid"):
        house.mirror_of("")


def test_balances_are_read_from_disk_when_they_are_not_in_memory(tmp_path: Path, bank: Bank) -> None:
    house = House(tmp_path / "mirror.db", cache=2)
    for number in range(200):
        bank.book(f"A{number % 50:02}", number + 1)
    for start in range(0, 200, 20):
        take(house, bank.events[start : start + 20])
    house.reopen()
    assert {
        name: house.mirror.balance(name).balance_minor for name in house.mirror.accounts()
    } == bank.balances
    assert house.mirror.position().accounts == 50
    house.storage.close()


def test_those_who_wait_for_a_position_are_woken_by_the_commit(tmp_path: Path, bank: Bank) -> None:
    house = House(tmp_path / "mirror.db", inline=False)
    for _ in range(4):
        bank.book("A", 10)

    async def scene() -> None:
        waiting = [asyncio.create_task(house.mirror.wait_until(seq)) for seq in (0, 2, 4, 5)]
        await asyncio.sleep(0)
        await house.mirror.take(bank.events[:3], NOW)
        await asyncio.wait_for(waiting[1], 5)
        assert [task.done() for task in waiting] == [True, True, False, False]
        await house.mirror.take(bank.events[3:], NOW)
        await asyncio.wait_for(waiting[2], 5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await waiting[3]

    asyncio.run(scene())
    house.storage.close()


def test_what_a_failed_transaction_applied_was_never_there(house: House, bank: Bank) -> None:
    bank.book("A", 10)

    def apply_then_fail(tx) -> None:
        house.mirror.apply(tx, bank.events, now=NOW)
        assert house.mirror.balance_in(tx, "A").balance_minor == 10
        assert house.mirror.balance("A") is None or house.mirror.position().last_seq == 0
        raise InvalidInput("on_purpose")

    with pytest.raises(InvalidInput):
        house.storage.write_now(apply_then_fail)
    assert house.mirror.balance("A") is None
    assert house.mirror.position().last_seq == 0
    take(house, bank.events)
    assert house.mirror.balance("A").balance_minor == 10


def test_the_future_may_be_as_far_as_the_setting_says() -> None:
    assert MirrorSettings().booked_ahead_s == 86_400

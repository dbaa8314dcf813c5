"""The wallet core's verbs and queries on real books."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.wallet.conftest import START, Bench

from dawam.kernel import AMOUNT_MAX, Conflict, DawamError, InvalidInput, NotFound, PaymentKind, from_ns
from dawam.wallet import EVENTS_MAX, AccountKind, Booking, OpenAccount, SnapshotEnd, SnapshotLine


def code_of(work: Callable[[], Any]) -> tuple[type[DawamError], str, dict[str, object]]:
    with pytest.raises(DawamError) as caught:
        work()
    return type(caught.value), caught.value.code, caught.value.params


@pytest.mark.parametrize("currency", ["EGP", "MAD", "SAR", "KWD", "JPY", "TND"])
def test_wallets_of_every_currency_keep_their_own_books(bench: Bench, currency: str) -> None:
    bench.account("a", 500, currency=currency)
    bench.account("b", currency=currency)
    assert bench.pay("a", "b", 200, currency=currency) == "approved"
    assert bench.wallet.balance("b").currency == currency
    assert bench.wallet.balance("b").balance_minor == 200


def test_a_wallet_without_a_name_gets_its_providers_number(bench: Bench) -> None:
    asked = [OpenAccount(provider=provider, currency="EGP") for provider in ("vfc", "ora", "vfc")]
    assert bench.do(bench.wallet.open_many(asked)) == ["vfc-00000001", "ora-00000002", "vfc-00000003"]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ({"account": "old"}, (Conflict, "account_exists")),
        ({"account": "new"}, (Conflict, "account_exists")),
        ({"account": "a b"}, (InvalidInput, "account_text_invalid")),
        ({"provider": "NO"}, (InvalidInput, "provider_invalid")),
        ({"overdraft_minor": -1}, (InvalidInput, "overdraft_invalid")),
        ({"overdraft_minor": 2**62}, (InvalidInput, "overdraft_invalid")),
    ],
)
def test_of_a_list_that_cannot_be_opened_nothing_is(
    bench: Bench, ask: dict[str, Any], expected: tuple[type[DawamError], str]
) -> None:
    bench.account("old")
    good = OpenAccount(provider="vfc", currency="EGP", account="new")
    bad = OpenAccount(**{"provider": "vfc", "currency": "EGP"} | ask)
    kind, code, params = code_of(lambda: bench.do(bench.wallet.open_many([good, bad])))
    assert (kind, code, params) == (*expected, {"index": 1})
    assert code_of(lambda: bench.wallet.balance("new"))[1] == "account_not_found"


def test_a_currency_that_is_none_is_refused(bench: Bench) -> None:
    ask = OpenAccount(provider="vfc", currency="XXX")
    assert code_of(lambda: bench.do(bench.wallet.open(ask)))[1] == "currency_unknown"


def test_cash_goes_from_the_agents_float_to_the_customer_and_back(bench: Bench) -> None:
    bench.account("agent", 1_000, kind=AccountKind.AGENT)
    bench.account("ali")
    assert bench.pay("agent", "ali", 600, kind=PaymentKind.CASH_IN) == "approved"
    assert bench.pay("ali", "agent", 200, kind=PaymentKind.CASH_OUT) == "approved"
    assert bench.pay("agent", "ali", 601, kind=PaymentKind.CASH_IN) == "insufficient_funds"
    assert [bench.wallet.balance(name).balance_minor for name in ("agent", "ali")] == [600, 400]


def test_a_frozen_wallet_takes_money_but_gives_none_until_it_is_unfrozen(bench: Bench) -> None:
    bench.account("a", 100)
    bench.account("b", 100)
    assert bench.do(bench.wallet.freeze("a")).status == "frozen"
    assert bench.do(bench.wallet.freeze("a")).status == "frozen"
    assert bench.pay("a", "b", 1) == "account_frozen"
    assert bench.pay("b", "a", 1) == "approved"
    assert bench.do(bench.wallet.unfreeze("a")).status == "open"
    assert bench.pay("a", "b", 1) == "approved"


def test_a_wallet_is_closed_at_zero_only_and_for_ever(bench: Bench) -> None:
    bench.account("a", 100)
    bench.account("b")
    assert code_of(lambda: bench.do(bench.wallet.close("a")))[:2] == (Conflict, "account_not_at_zero")
    bench.pay("a", "b", 100)
    assert bench.do(bench.wallet.close("a")).status == "closed"
    assert bench.pay("b", "a", 1) == "account_not_found"
    for verb in (bench.wallet.freeze, bench.wallet.unfreeze):
        assert code_of(lambda verb=verb: bench.do(verb("a")))[:2] == (Conflict, "account_closed")
    booking = Booking(account="a", amount_minor=1)
    assert code_of(lambda: bench.do(bench.wallet.book(booking)))[1] == "booking_account_closed"
    assert bench.wallet.balance("a").balance_minor == 0


def test_an_unknown_wallet_is_not_found_by_any_verb(bench: Bench) -> None:
    wallet = bench.wallet
    for verb in (wallet.freeze, wallet.unfreeze, wallet.close):
        assert code_of(lambda verb=verb: bench.do(verb("x")))[:2] == (NotFound, "account_not_found")
    assert code_of(lambda: wallet.balance("x"))[:2] == (NotFound, "account_not_found")
    assert code_of(lambda: wallet.payment("x"))[:2] == (NotFound, "payment_not_found")


def test_an_overdraft_may_be_used_and_shows_in_what_is_available(bench: Bench) -> None:
    bench.account("a", 100, overdraft_minor=50)
    bench.account("b")
    assert bench.wallet.balance("a").available_minor == 150
    assert bench.pay("a", "b", 150) == "approved"
    assert bench.pay("a", "b", 1) == "insufficient_funds"
    answer = bench.wallet.balance("a")
    assert (answer.balance_minor, answer.available_minor) == (-50, 0)


def test_a_refused_booking_names_its_place_and_leaves_nothing_of_its_list(bench: Bench) -> None:
    bench.account("a", 100)
    good = Booking(account="a", amount_minor=-60)
    for bad, code in [
        (Booking(account="a", amount_minor=-60), "booking_below_zero"),
        (Booking(account="a", amount_minor=0), "booking_amount_invalid"),
        (Booking(account="a", amount_minor=2**64), "booking_amount_invalid"),
        (Booking(account="x", amount_minor=1), "booking_account_unknown"),
        (Booking(account="a", amount_minor=1, booked_at=START.replace(year=2200)), "booking_moment_invalid"),
        (Booking(account="a", amount_minor=1, booked_at=START.replace(year=1969)), "booking_moment_invalid"),
    ]:
        refused = code_of(lambda bad=bad: bench.do(bench.wallet.book_many([good, bad])))
        assert refused == (InvalidInput, code, {"index": 1})
    assert bench.wallet.last_seq() == 1
    assert bench.wallet.balance("a").balance_minor == 100


def test_an_extract_may_take_an_unguarded_account_below_zero(bench: Bench) -> None:
    bench.account("a", may_go_below_zero=True)
    bookings = [Booking(account="a", amount_minor=amount) for amount in (-700, 200, -1)]
    assert bench.do(bench.wallet.book_many(bookings)) == 3
    answer = bench.wallet.balance("a")
    assert (answer.balance_minor, answer.available_minor, answer.last_seq) == (-501, 0, 3)
    assert bench.ledger.account(1).debits_posted == 701  # type: ignore[union-attr]


def test_the_moments_of_events_strictly_increase_whatever_is_asked(bench: Bench) -> None:
    bench.account("a", 100, may_go_below_zero=True)
    later = START + timedelta(days=1)
    bookings = [Booking(account="a", amount_minor=1, booked_at=moment) for moment in (later, later, START)]
    bench.do(bench.wallet.book_many(bookings))
    bench.clock.move(-3600)
    bench.account("b")
    bench.pay("a", "b", 5)
    moments = [event.booked_at for event in bench.wallet.events_after(0, 100).events]
    step = timedelta(microseconds=1)
    assert moments == [START, *(later + step * count for count in range(5))]


def test_a_balance_holds_all_that_is_booked_up_to_its_as_of(bench: Bench) -> None:
    bench.account("a", 100)
    bench.account("b")
    shown = []
    for seconds in (0, 0, 1, -5, 0, 2):
        bench.clock.move(seconds)
        shown.append(bench.wallet.balance("a"))
        bench.pay("a", "b", 1)
        shown.append(bench.wallet.balance("a"))
    events = [event for event in bench.wallet.events_after(0, 100).events if event.account == "a"]
    for answer in shown:
        upto = [event for event in events if event.booked_at <= answer.as_of]
        assert upto[-1].balance_after_minor == answer.balance_minor
        assert upto[-1].seq == answer.last_seq


def test_an_idle_wallet_answers_as_of_now(bench: Bench) -> None:
    bench.account("a", 100)
    bench.clock.move(3600)
    assert bench.clock.now() - bench.wallet.balance("a").as_of == timedelta(microseconds=1)


def test_a_call_for_events_wakes_up_with_the_booking(bench: Bench) -> None:
    bench.account("a", 100)

    async def run() -> tuple[int, int]:
        waiting = asyncio.create_task(bench.wallet.events(after=1, limit=10, wait_s=5))
        await asyncio.sleep(0)
        await bench.wallet.book(Booking(account="a", amount_minor=7))
        page = await waiting
        return page.events[0].amount_minor, page.last_seq

    assert bench.do(run()) == (7, 2)


def test_a_page_of_events_is_capped(bench: Bench) -> None:
    bench.account("a")
    for _ in range(2):
        bench.do(bench.wallet.book_many([Booking(account="a", amount_minor=1)] * (EVENTS_MAX // 2 + 1)))
    assert len(bench.wallet.events_after(0, 10**9).events) == EVENTS_MAX


def test_a_snapshot_stays_as_of_its_seq_while_bookings_go_on(bench: Bench) -> None:
    names = bench.do(bench.wallet.open_many([OpenAccount(provider="vfc", currency="EGP")] * 4_500))
    bench.do(bench.wallet.book_many([Booking(account=name, amount_minor=10) for name in names]))
    pages = bench.wallet.snapshot()
    lines: list[SnapshotLine | SnapshotEnd] = list(next(pages))
    bench.do(bench.wallet.book_many([Booking(account=name, amount_minor=5) for name in names]))
    bench.account("late", 3)
    for page in pages:
        lines += page
    *accounts, end = lines
    assert end == SnapshotEnd(end=True, accounts=len(accounts), last_seq=4_500)
    for number, line in enumerate(accounts[:4_500], start=1):
        assert isinstance(line, SnapshotLine)
        assert (line.balance_minor, line.last_seq) == (10, number)
    assert [line for line in accounts[4_500:] if line.balance_minor or line.last_seq] == []  # type: ignore[union-attr]


def test_turnover_beyond_what_the_ledger_counts_is_over_the_limit(bench: Bench) -> None:
    bench.account("a", AMOUNT_MAX)
    bench.account("b")
    assert bench.pay("a", "b", AMOUNT_MAX) == "approved"
    assert bench.pay("b", "a", 1) == "over_limit"
    payment = bench.payment("b", "a", 1)
    answer = bench.do(bench.wallet.advise(bench.advice(payment, "adv")))
    assert (answer.status, answer.code) == ("rejected", "over_limit")
    assert bench.do(bench.wallet.advise(bench.advice(payment, "adv"))).code == "over_limit"
    assert bench.wallet.balance("b").balance_minor == AMOUNT_MAX


def test_a_rejected_advice_stays_rejected_but_a_new_one_is_judged_anew(bench: Bench) -> None:
    bench.account("a", 100)
    bench.account("b")
    bench.do(bench.wallet.freeze("a"))
    payment = bench.payment("a", "b", 50)
    assert bench.do(bench.wallet.advise(bench.advice(payment, "one"))).code == "account_frozen"
    bench.do(bench.wallet.unfreeze("a"))
    assert bench.do(bench.wallet.advise(bench.advice(payment, "one"))).status == "rejected"
    assert bench.do(bench.wallet.advise(bench.advice(payment, "two"))).status == "applied"
    assert bench.do(bench.wallet.advise(bench.advice(payment, "three"))).status == "already_applied"
    assert bench.wallet.balance("a").balance_minor == 50


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    bench = Bench(f"sqlite:///{tmp_path / 'wallet.db'}")
    bench.account("a", 100)
    bench.account("b")
    payment = bench.payment("a", "b", 30)
    answer = bench.do(bench.wallet.pay(payment))
    bench.do(bench.wallet.freeze("a"))
    before = [bench.wallet.balance("a"), bench.wallet.events_after(0, 100)]
    bench.close()
    bench.open()
    balance = bench.wallet.balance("a")
    assert [
        msgspec.structs.replace(balance, as_of=before[0].as_of),
        bench.wallet.events_after(0, 100),
    ] == before
    assert bench.do(bench.wallet.pay(payment)) == answer
    assert bench.pay("a", "b", 1, payment_id="new") == "account_frozen"
    assert bench.do(bench.wallet.book(Booking(account="b", amount_minor=1))) == 4
    assert bench.ledger.audit().ok
    bench.close()


def test_the_ledger_says_the_same_as_the_wallets_rows(bench: Bench) -> None:
    bench.account("a", 100)
    bench.account("b")
    bench.pay("a", "b", 30)
    for number, name in ((1, "a"), (2, "b")):
        held = bench.ledger.account(number)
        assert held is not None
        assert held.credits_posted - held.debits_posted == bench.wallet.balance(name).balance_minor
    (transfer,) = [bench.ledger.transfer(2)]
    assert transfer is not None
    assert from_ns(transfer.effective_at) == bench.wallet.events_after(1, 1).events[0].booked_at

"""The guard between a mirror and a scripted primary."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from dawam.guard import (
    Absent,
    Cause,
    Contradicted,
    Failed,
    Guard,
    GuardSettings,
    NotProved,
    Pattern,
    Proved,
    Verdicted,
)
from dawam.kernel import World
from dawam.primary import Fault, PrimaryFailure

Ask = Callable[..., Verdicted]


@pytest.fixture
def build(mirror: Any, link_of: Any, world: World, recorder: Any) -> Callable[..., Guard]:
    def guard(reply: Callable[[str], object], *, delay_s: float = 0, **settings: float) -> Guard:
        return Guard(
            "bank",
            link=link_of(reply, delay_s),
            mirror=mirror,
            world=world,
            settings=GuardSettings(**settings),  # type: ignore[arg-type]
            observer=recorder,
        )

    return guard


def asked(guard: Guard, account: str, **options: bool) -> Verdicted:
    return asyncio.run(guard.ask(account, **options))


def test_a_true_answer_is_proved_and_shown_for_what_the_feed_tells(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    mirror.book("A", 500)
    result = asked(build(lambda account: primary.answer(account, available_minor=9_999)), "A")
    assert result == Proved(primary.answer("A", available_minor=500, as_of=mirror.as_of))
    assert (recorder.proofs, len(recorder.latencies), recorder.judgements) == (1, 1, [])


def test_on_a_quiet_feed_a_balance_is_as_young_as_the_last_poll(
    build: Any, mirror: Any, primary: Any, clock: Any
) -> None:
    mirror.book("A", 500)
    mirror.confirmed_at = clock.now() - timedelta(seconds=1)
    result = asked(build(primary.answer), "A")
    assert isinstance(result, Proved)
    assert result.answer.as_of == clock.now() - timedelta(seconds=6)


def test_a_false_answer_is_contradicted_and_told(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    mirror.book("A", 500)
    guard = build(lambda account: primary.answer(account, balance_minor=0))
    result = asked(guard, "A")
    assert isinstance(result, Contradicted)
    assert recorder.judgements == [result.judgement]
    assert result.judgement.cause is Cause.AMOUNT
    assert len(guard.storm.contradicted) == 1


@pytest.mark.parametrize("fault", list(Fault))
def test_no_answer_is_a_failure_and_told(build: Any, recorder: Any, fault: Fault) -> None:
    assert asked(build(lambda _: PrimaryFailure(fault, sent=True)), "A") == Failed(fault)
    assert (recorder.faults, recorder.latencies) == ([fault], [])


def test_an_account_that_nobody_knows_is_absent_and_a_mirrored_one_is_not(
    build: Any, mirror: Any, recorder: Any
) -> None:
    mirror.book("A", 500)
    guard = build(lambda _: None)
    assert asked(guard, "B") == Absent()
    assert isinstance(asked(guard, "A"), Contradicted)
    assert [each.cause for each in recorder.judgements] == [Cause.ABSENT]


def test_an_account_that_is_not_mirrored_is_not_proved(build: Any, primary: Any, recorder: Any) -> None:
    guard = build(primary.answer)
    assert asked(guard, "A") == NotProved(Cause.NOT_MIRRORED)
    assert recorder.judgements == []
    assert not guard.storm.contradicted


def booked_after(mirror: Any, delay_s: float, account: str, balance_minor: int) -> Awaitable[None]:
    async def book() -> None:
        await asyncio.sleep(delay_s)
        mirror.book(account, balance_minor)

    return asyncio.ensure_future(book())


def test_an_answer_that_knows_more_waits_for_the_feed(build: Any, mirror: Any, primary: Any) -> None:
    mirror.book("A", 500)
    guard = build(lambda account: primary.answer(account, balance_minor=300, last_seq=2))

    async def race() -> Verdicted:
        feed = booked_after(mirror, 0.02, "A", 300)
        result = await guard.ask("A")
        await feed
        return result

    result = asyncio.run(race())
    assert isinstance(result, Proved)
    assert (result.answer.balance_minor, result.answer.as_of) == (300, mirror.as_of)


def test_an_answer_ahead_that_the_feed_refutes_is_contradicted(build: Any, mirror: Any, primary: Any) -> None:
    mirror.book("A", 500)
    guard = build(lambda account: primary.answer(account, balance_minor=0, last_seq=2))

    async def race() -> Verdicted:
        feed = booked_after(mirror, 0.02, "A", 300)
        result = await guard.ask("A")
        await feed
        return result

    assert isinstance(asyncio.run(race()), Contradicted)


def test_when_the_feed_does_not_come_nothing_is_proved_and_the_wait_ends(
    build: Any, mirror: Any, primary: Any
) -> None:
    mirror.book("A", 500)
    guard = build(lambda account: primary.answer(account, last_seq=9), ahead_wait_s=0.03)
    assert asked(guard, "A") == NotProved(Cause.AHEAD)
    assert not guard.storm.contradicted


def test_a_booking_that_overtakes_the_answer_does_not_make_it_false(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    mirror.book("A", 500)
    known_until = mirror.as_of
    answer = primary.answer("A")
    guard = build(lambda _: answer, delay_s=0.05)

    async def race() -> Verdicted:
        feed = booked_after(mirror, 0.01, "A", 300)
        result = await guard.ask("A")
        await feed
        return result

    result = asyncio.run(race())
    assert isinstance(result, Proved)
    assert (result.answer.balance_minor, result.answer.as_of) == (500, known_until)


LIES: dict[Pattern, Callable[[Any, Any, str], object]] = {
    Pattern.ZERO: lambda mirror, primary, account: primary.answer(account, balance_minor=0),
    Pattern.SCALE: lambda mirror, primary, account: primary.answer(
        account, balance_minor=mirror.balance(account).balance_minor * 100
    ),
    Pattern.SHIFT: lambda mirror, primary, account: msgspec.structs.replace(
        primary.answer(f"a{(int(account[1:]) + 1) % 300}"), account=account
    ),
    Pattern.STALE: lambda mirror, primary, account: primary.answer(
        account, balance_minor=mirror.histories[account][0][1], last_seq=mirror.histories[account][0][0]
    ),
    Pattern.RANDOM: lambda mirror, primary, account: primary.answer(
        account, balance_minor=int(account[1:]) * 7_919 + 13
    ),
}


@pytest.mark.parametrize("some", [False, True], ids=["all accounts", "one account in twenty"])
@pytest.mark.parametrize("pattern", list(Pattern))
def test_every_kind_of_storm_is_heard_and_named(
    build: Any, mirror: Any, primary: Any, recorder: Any, pattern: Pattern, some: bool
) -> None:
    rng = Random(5)
    for _ in range(2):  # a booking to be forgotten, then the present one
        for number in rng.sample(range(300), 300):
            mirror.book(f"a{number}", rng.randrange(1, 10**7))

    def reply(account: str) -> object:
        lying = not some or int(account[1:]) % 20 == 0
        return LIES[pattern](mirror, primary, account) if lying else primary.answer(account)

    guard = build(reply)

    async def customers() -> int:
        for count in range(1, 2_000):
            await guard.ask(f"a{rng.randrange(300)}")
            if guard.storm.tripped:
                return count
        raise AssertionError("the storm was not heard")

    assert asyncio.run(customers()) <= (400 if some else 4)
    (storm,) = recorder.storms
    assert storm[0] is pattern
    evidence = storm[1]
    assert evidence.accounts == sum(evidence.causes.values()) >= 3
    assert evidence.score >= evidence.threshold
    assert evidence.pattern_share >= 0.8


def lying_guard(build: Any, mirror: Any, primary: Any) -> Guard:
    for number in range(9):
        mirror.book(f"a{number}", 500 + number)
    guard: Guard = build(lambda account: primary.answer(account, balance_minor=0))
    return guard


def test_a_storm_is_told_once_and_again_only_after_calm(
    build: Any, mirror: Any, primary: Any, recorder: Any, clock: Any
) -> None:
    guard = lying_guard(build, mirror, primary)
    for number in range(6):
        asked(guard, f"a{number}")
    assert len(recorder.storms) == 1
    guard.calm(clock.now())
    assert not guard.storm.tripped
    for number in range(6):
        asked(guard, f"a{number}")
    assert len(recorder.storms) == 2
    assert recorder.storms[1][1].accounts == 3


def test_shadow_questions_tell_the_observer_and_not_the_storm(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    guard = lying_guard(build, mirror, primary)
    for number in range(9):
        assert isinstance(asked(guard, f"a{number}", shadow=True), Contradicted)
    assert len(recorder.judgements) == 9
    assert recorder.storms == []
    assert not guard.storm.contradicted


def test_answers_to_questions_from_before_the_calm_do_not_count(
    build: Any, mirror: Any, primary: Any, recorder: Any, clock: Any
) -> None:
    guard = lying_guard(build, mirror, primary)

    async def late() -> None:
        questions = [asyncio.ensure_future(guard.ask(f"a{number}")) for number in range(9)]
        await asyncio.sleep(0)
        guard.calm(clock.now())
        await asyncio.gather(*questions)

    asyncio.run(late())
    assert len(recorder.judgements) == 9
    assert recorder.storms == []


def test_owners_are_searched_within_bounds_and_only_in_a_storm(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    for number in range(500):
        mirror.book(f"a{number}", 1_000_000 + number * 17)
    guard = build(lambda account: primary.answer(account, balance_minor=3), pattern_scan_accounts=100)
    for number in range(2):
        asked(guard, f"a{number}")
    assert mirror.scanned == 0
    asked(guard, "a2")
    assert mirror.scanned == 100
    assert recorder.storms[0][0] is Pattern.RANDOM


def test_a_storm_is_told_even_when_the_mirror_cannot_be_searched(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    for number in range(3):
        mirror.book(f"a{number}", 500 + number)
    mirror.unsearchable = True
    guard = build(lambda account: primary.answer(account, balance_minor=3))
    for number in range(3):
        asked(guard, f"a{number}")
    assert [pattern for pattern, _ in recorder.storms] == [Pattern.RANDOM]


def test_nothing_that_is_told_holds_an_account_or_an_amount(
    build: Any, mirror: Any, primary: Any, recorder: Any
) -> None:
    for number in range(3):
        mirror.book(f"customer-{number}", 918_273_645 + number)
    guard = build(lambda account: primary.answer(account, balance_minor=564_738_291))
    for number in range(3):
        asked(guard, f"customer-{number}")
    told = repr((recorder.judgements, recorder.storms))
    assert recorder.storms
    assert not any(secret in told for secret in ("customer", "918", "564"))

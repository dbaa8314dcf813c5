"""What was shown is checked again by the sealed books, and who was left without an answer is counted."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from dawam.kernel import NotFound
from dawam.primary import Held
from dawam.primary.mirror.tables import mirror_accounts
from dawam.simulation import FaultKind
from dawam.standin import (
    BalanceChecks,
    Capability,
    Mode,
    PaymentState,
    Reason,
    Receipt,
    Shown,
    Source,
    Withheld,
    WithheldReason,
)
from dawam.standin.measures.model import Minute, is_answered, is_right, unanswered_times
from dawam.standin.measures.sample import Sample
from dawam.standin.measures.tables import answer_minutes

from .stage import SETTINGS, START, account, ask_everybody, on_stage, payment, until_normal

ALWAYS = (START - timedelta(days=1), START + timedelta(days=1))
MINUTE = timedelta(minutes=1)


def receipt(status, code="approved"):
    return Receipt(payment_id="P", status=status, code=code, decided_by=Source.STAND_IN, decided_at=START)


def shown(balance_minor=100, *, currency="EGP", source=Source.STAND_IN):
    return Shown(
        account="A",
        currency=currency,
        balance_minor=balance_minor,
        available_minor=0,
        as_of=START,
        position=1,
        source=source,
        mode=Mode.NORMAL,
        reason=Reason.HEALTHY,
    )


WITHHELD = Withheld(reason=WithheldReason.TOO_OLD, mode=Mode.STANDING_IN, mode_reason=Reason.UNREACHABLE)

# Shown balances, checked again


def test_every_balance_shown_is_checked_again_by_the_books():
    async def story(stage, desk):
        await ask_everybody(desk)
        stage.faults.start(FaultKind.DOWN)
        await ask_everybody(desk)
        await desk.pay(payment(), key="k")
        stage.primary.book(account(3), 70, "cash_in")
        stage.faults.clear()
        await until_normal(desk)
        await ask_everybody(desk)
        await asyncio.sleep(25)
        return desk.measures.balances(*ALWAYS), desk.counts()

    checks, counts = on_stage(story)
    assert checks == BalanceChecks(shown=120, checked=120, wrong=0)
    assert (counts.checked, counts.wrong) == (120, 0)


def test_a_wrong_balance_that_was_shown_is_found_counted_and_told_without_names():
    async def story(stage, desk):
        stage.faults.start(FaultKind.DOWN)
        stage.kill()
        wrong = update(mirror_accounts).where(mirror_accounts.c.account == account(7))
        stage._storage.write_now(lambda tx: tx.execute(wrong.values(balance_minor=777_123)))
        desk = await stage.start()
        answers = await ask_everybody(desk)
        await asyncio.sleep(25)
        return answers, desk.counts(), desk.measures.balances(*ALWAYS)

    with capture_logs() as logs:
        answers, counts, checks = on_stage(story)
    assert [answer.balance_minor for answer in answers].count(777_123) == 1
    assert checks == BalanceChecks(shown=40, checked=40, wrong=1)
    assert (counts.checked, counts.wrong) == (40, 1)
    (alarm,) = [one for one in logs if one["event"] == "wrong_balance_shown"]
    assert (alarm["log_level"], alarm["institution"], alarm["source"]) == ("error", "simulated", "stand-in")
    assert not {account(7), "777123"} & {part for one in alarm.values() for part in str(one).split()}


def test_of_more_than_can_be_checked_some_are_drawn_and_the_rest_is_said_to_be_unchecked():
    async def story(stage, desk):
        for _ in range(5):
            await ask_everybody(desk)
        await asyncio.sleep(25)
        return desk.measures.balances(*ALWAYS)

    settings = msgspec.structs.replace(SETTINGS, balance_checks_per_s=0.5)
    checks = on_stage(story, settings=settings)
    assert (checks.shown, checks.wrong) == (200, 0)
    assert 5 <= checks.checked <= 10


def test_a_sample_is_fair():
    chance, drawn = Random(1), [0] * 20
    for _ in range(4_000):
        sample = Sample(5, chance)
        for one in range(20):
            sample.offer(one)
        assert len(set(sample.kept)) == 5
        for one in sample.kept:
            drawn[one] += 1
    assert all(900 < count < 1_100 for count in drawn)


class Extremes(Random):
    """Chance at its ends."""

    def __init__(self, always):
        super().__init__(1)
        self.always = always

    def random(self):
        return self.always

    def getrandbits(self, k):
        return 0


@pytest.mark.parametrize("always", [0.0, 2**-53, 1 - 2**-53])
@pytest.mark.parametrize("size", [0, 1, 200, 100_000])
def test_no_draw_of_chance_breaks_a_sample(always, size):
    sample = Sample(size, Extremes(always))
    for one in range(size + 1_000):
        sample.offer(one)
    assert len(sample.kept) == size


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (shown(100), True),
        (shown(101), False),
        (shown(90), False),
        (shown(90, source=Source.PRIMARY), True),
        (shown(80, source=Source.PRIMARY), False),
        (shown(100, currency="USD"), False),
    ],
)
def test_a_balance_is_right_when_the_account_held_it(answer, right):
    assert is_right(answer, Held("EGP", 100, frozenset({90}))) is right


# Questions, answered or not


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        (receipt(PaymentState.APPROVED), True),
        (receipt(PaymentState.DECLINED, "insufficient_funds"), True),
        (receipt(PaymentState.DECLINED, "not_available_in_stand_in"), False),
        (receipt(PaymentState.DECLINED, "issuer_unavailable"), False),
        (receipt(PaymentState.PENDING, "issuer_unavailable"), False),
    ],
)
def test_a_payment_is_answered_by_a_decision_of_its_own(given, answered):
    assert is_answered(given) is answered


def test_withheld_balances_and_payments_that_cannot_go_on_leave_their_minutes_unanswered():
    async def story(stage, desk):
        await asyncio.sleep((60 - stage.world.clock.now().second) % 60)
        begins = stage.world.clock.now()
        stage.faults.start(FaultKind.DOWN)
        await ask_everybody(desk)
        await desk.pay(payment(), key="k")
        await desk.pay(payment(kind="cheque"), key="c")
        await desk.pay(payment(kind="cheque"), key="c")
        await asyncio.sleep(60)
        await desk.pay(payment(), key="l")
        await asyncio.sleep(60)
        await desk.pay(msgspec.structs.replace(payment(), currency="USD"), key="m")
        desk.statement(account(1), before=None, limit=5)
        with pytest.raises(NotFound):
            desk.statement("nobody", before=None, limit=5)
        await asyncio.sleep(15)
        return begins, desk.measures.unanswered(*ALWAYS), await minutes(desk)

    policy = msgspec.structs.replace(SETTINGS.policy, fresh_for_s=0.0, refuse_after_s=0.0)
    settings = msgspec.structs.replace(SETTINGS, show_for_s=0.001, policy=policy)
    begins, found, rows = on_stage(story, settings=settings)
    assert found == {
        Capability.BALANCE: [(begins, begins + MINUTE)],
        Capability.PAYMENT: [(begins, begins + 2 * MINUTE)],
        Capability.CHEQUE: [(begins, begins + MINUTE)],
    }
    assert rows["cheque"] == [(0, 1)]
    assert rows["statement"] == [(1, 0)]


async def minutes(desk):
    """What is written down: answered and unanswered, minute by minute."""
    found = {}
    columns = answer_minutes.c
    query = select(columns.capability, columns.answered, columns.unanswered).order_by(columns.minute)
    for row in desk.measures._storage.read(lambda rows: rows.execute(query).all()):
        found.setdefault(row.capability, []).append((row.answered, row.unanswered))
    return found


def test_a_payment_whose_outcome_is_unknown_is_not_answered():
    async def story(stage, desk):
        stage.faults.start(FaultKind.HANG)
        first, _ = await desk.pay(payment(), key="k")
        await asyncio.sleep(15)
        return first.status, (await minutes(desk))["payment"]

    assert on_stage(story) == (PaymentState.PENDING, [(0, 1)])


def minute(number, answered, unanswered, capability=Capability.BALANCE):
    return Minute(capability=capability, at=START + number * MINUTE, answered=answered, unanswered=unanswered)


@pytest.mark.parametrize(
    ("minutes", "silent"),
    [
        ([], []),
        ([(0, 5, 5)], []),
        ([(0, 4, 5)], [(0, 1)]),
        ([(0, 0, 1), (1, 0, 1), (2, 1, 3)], [(0, 3)]),
        ([(0, 0, 1), (1, 3, 1), (2, 0, 1)], [(0, 1), (2, 3)]),
        ([(2, 0, 1), (0, 0, 1)], [(0, 1), (2, 3)]),
    ],
)
def test_nobody_answered_where_more_questions_were_left_than_answered(minutes, silent):
    found = unanswered_times([minute(*one) for one in minutes])
    expected = [(START + first * MINUTE, START + last * MINUTE) for first, last in silent]
    assert found == ({Capability.BALANCE: expected} if expected else {})


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 8), st.sampled_from((Capability.BALANCE, Capability.CHEQUE))),
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
    )
)
def test_every_minute_is_in_a_time_without_an_answer_or_is_not(counts):
    found = unanswered_times(
        [minute(number, *count, capability=capability) for (number, capability), count in counts.items()]
    )
    for capability in Capability:
        times = found.get(capability, [])
        assert all(before[1] < after[0] for before, after in pairwise(times))
        for number in range(-1, 10):
            moment = START + number * MINUTE + timedelta(seconds=30)
            answered, left = counts.get((number, capability), (0, 0))
            assert any(start <= moment < end for start, end in times) is (left > answered)


# Whole runs


@pytest.mark.parametrize("kind", [FaultKind.STALE, FaultKind.CRASH, FaultKind.FLAP, FaultKind.REPEAT])
def test_in_whole_runs_the_checks_agree_with_the_oracle(kind):
    async def story(stage, desk):
        oracle, judged = stage.primary.oracle, []
        for second in range(60):
            if second == 20:
                stage.faults.start(kind) if kind is not FaultKind.CRASH else stage.kill()
                desk = stage.desk or await stage.start()
            if second == 40:
                stage.faults.clear()
            stage.primary.book(account(second % 40), 10 + second, "cash_in")
            await asyncio.sleep(1)
            for number in (second % 40, (7 * second) % 40):
                answer = await desk.balance(account(number))
                if isinstance(answer, Shown):
                    judged.append(oracle.judge(answer.account, answer.balance_minor, answer.as_of))
        await asyncio.sleep(25)
        return judged, desk.measures.balances(*ALWAYS)

    judged, checks = on_stage(story)
    assert all(judged)
    assert checks.checked > 60
    assert checks.wrong == 0

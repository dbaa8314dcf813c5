"""The stand-in's decision, rule by rule in the order of precedence."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import AMOUNT_MAX, Approved
from dawam.standin import Limits, PaymentRequest, PolicySettings, Tier
from dawam.standin.decisions import Account, Usage, decide
from dawam.standin.decisions.model import day_start, share_left

POLICY = PolicySettings(
    limits=Limits(
        per_payment_minor=1_000,
        per_day_minor=2_000,
        per_outage_minor=3_000,
        per_outage_count=5,
        balance_share=1.0,
    ),
    tiers=(
        Tier(
            name="small_business",
            accounts=("m-*",),
            limits=Limits(
                per_payment_minor=10_000, per_day_minor=20_000, per_outage_minor=30_000, per_outage_count=50
            ),
        ),
    ),
    exposure_minor=50_000,
    fresh_for_s=60,
    refuse_after_s=1_060,
    floor_share=0.2,
)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def request(**changes):
    fields = {
        "kind": "transfer",
        "debit_account": "c-1",
        "credit_account": "c-2",
        "amount_minor": 500,
        "currency": "EGP",
        "requested_at": NOW,
    }
    return PaymentRequest(**fields | changes)


RICH = Account(currency="EGP", available_minor=100_000, frozen=False)
POOR = Account(currency="EGP", available_minor=499, frozen=False)
FROZEN = Account(currency="EGP", available_minor=100_000, frozen=True)
FRESH, OLD = 10.0, 2_000.0

# Each line breaks its own rule and, where it can, the ones after it: the first broken rule answers.
CASES = [
    # code, request, debit, credit known, usage, age
    ("invalid_amount", {"amount_minor": 0}, POOR, False, Usage(outage_count=9), OLD),
    ("invalid_amount", {"amount_minor": -5}, None, False, Usage(), OLD),
    ("invalid_amount", {"amount_minor": AMOUNT_MAX + 1}, RICH, True, Usage(), FRESH),
    ("invalid_amount", {"currency": "MAD"}, FROZEN, True, Usage(), FRESH),
    ("invalid_amount", {"credit_account": "c-1"}, FROZEN, True, Usage(), FRESH),
    ("not_available_in_stand_in", {"kind": "refund"}, None, False, Usage(), FRESH),
    ("not_available_in_stand_in", {}, None, False, Usage(), OLD),
    ("account_not_found", {}, None, True, Usage(outage_count=9), FRESH),
    ("account_not_found", {}, FROZEN, False, Usage(outage_count=9), FRESH),
    ("account_frozen", {"amount_minor": 1_001}, FROZEN, True, Usage(outage_count=9), FRESH),
    ("over_limit", {"amount_minor": 1_001}, POOR, True, Usage(outage_count=9), FRESH),
    ("over_limit", {}, POOR, True, Usage(day_minor=1_501), FRESH),
    ("over_limit", {}, POOR, True, Usage(outage_minor=2_501), FRESH),
    ("over_limit", {}, POOR, True, Usage(exposure_minor=49_501), FRESH),
    ("too_many", {}, POOR, True, Usage(outage_count=5), FRESH),
    ("insufficient_funds", {}, POOR, True, Usage(outage_count=4), FRESH),
    ("approved", {}, RICH, True, Usage(day_minor=1_500, outage_minor=2_500, outage_count=4), FRESH),
    ("approved", {"amount_minor": 1_000}, RICH, True, Usage(), FRESH),
    ("approved", {"amount_minor": 9_000, "debit_account": "m-7"}, RICH, True, Usage(), FRESH),
]


@pytest.mark.parametrize(("code", "asked", "debit", "credit_known", "usage", "age_s"), CASES)
def test_the_first_broken_rule_answers(code, asked, debit, credit_known, usage, age_s):
    decision = decide(
        request(**asked),
        debit=debit,
        credit_known=credit_known,
        usage=usage,
        mirror_age_s=age_s,
        policy=POLICY,
    )
    assert decision.code == code


def test_limits_shrink_in_a_straight_line_with_the_mirrors_age():
    assert share_left(60, POLICY) == 1.0
    assert share_left(560, POLICY) == pytest.approx(0.6)
    assert share_left(1_059.999, POLICY) == pytest.approx(0.2, abs=1e-4)
    assert share_left(1_060, POLICY) == 0.0


def test_the_day_begins_at_the_institutions_midnight():
    cairo = PolicySettings(day_offset_minutes=120)
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    assert day_start(late, cairo) == datetime(2026, 3, 1, 22, tzinfo=UTC)


@given(
    amount=st.integers(-10, 5_000),
    available=st.integers(-1_000, 5_000),
    day=st.integers(0, 3_000),
    outage=st.integers(0, 4_000),
    exposure=st.integers(0, 60_000),
    age=st.floats(0, 2_000),
)
def test_an_approval_never_passes_the_balance_or_any_limit(amount, available, day, outage, exposure, age):
    decision = decide(
        request(amount_minor=amount),
        debit=Account(currency="EGP", available_minor=available, frozen=False),
        credit_known=True,
        usage=Usage(day_minor=day, outage_minor=outage, exposure_minor=exposure),
        mirror_age_s=age,
        policy=POLICY,
    )
    if isinstance(decision, Approved):
        assert 0 < amount <= available
        assert day + amount <= 2_000
        assert outage + amount <= 3_000
        assert exposure + amount <= 50_000

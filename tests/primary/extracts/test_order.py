"""The order of rows within a moment, found from their balances."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.primary.extracts.order import Step, Stuck, order_by_balances

small = st.integers(-3, 3)


def follows(steps, order, opening, tolerance) -> bool:
    before = opening
    for place in order:
        step = steps[place]
        if before is not None and abs(before + step.amount_minor - step.balance_after_minor) > tolerance:
            return False
        before = step.balance_after_minor
    return [steps[place].moment for place in order] == sorted(step.moment for step in steps)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.builds(Step, st.integers(0, 1), small, small), max_size=5),
    st.one_of(st.none(), st.just(0)),
    st.integers(0, 1),
)
def test_an_order_is_found_if_and_only_if_one_exists(steps, opening, tolerance):
    steps = sorted(steps, key=lambda step: step.moment)
    found = order_by_balances(steps, opening_minor=opening, tolerance_minor=tolerance)
    if isinstance(found, Stuck):
        assert not found.gave_up
        assert not any(follows(steps, order, opening, tolerance) for order in permutations(range(len(steps))))
    else:
        assert sorted(found) == list(range(len(steps)))
        assert follows(steps, found, opening, tolerance)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-50, 50)), min_size=1, max_size=60), st.randoms())
def test_a_shuffled_account_finds_its_way_back(days, chance):
    steps, balance, moment = [], 0, 0
    for gap, amount in days:
        moment += gap // 8
        balance += amount
        steps.append(Step(moment, amount, balance))
    chance.shuffle(steps)
    steps.sort(key=lambda step: step.moment)
    found = order_by_balances(steps, opening_minor=0, tolerance_minor=0)
    assert not isinstance(found, Stuck)
    assert follows(steps, found, 0, 0)


def test_the_order_of_the_file_is_kept_where_it_follows():
    steps = [Step(0, 5, 5), Step(0, -5, 0), Step(0, 5, 5), Step(0, -5, 0)]
    assert order_by_balances(steps, opening_minor=0, tolerance_minor=0) == [0, 1, 2, 3]


def test_a_choice_of_one_day_that_the_next_day_refutes_is_taken_back():
    """Within the tolerance both orders of the first day follow; only one leads to the second day."""
    steps = [Step(0, 10, 10), Step(0, -1, 9), Step(0, -10, 0), Step(0, 10, 9), Step(1, 1, 10)]
    found = order_by_balances(steps, opening_minor=0, tolerance_minor=1)
    assert not isinstance(found, Stuck)
    assert follows(steps, found, 0, 1)
    assert steps[found[3]].balance_after_minor in (9, 10)


def test_where_no_order_exists_a_row_that_cannot_follow_is_named():
    steps = [Step(0, 5, 5), Step(1, 1, 6), Step(1, 1, 99)]
    assert order_by_balances(steps, opening_minor=0, tolerance_minor=0) == Stuck(2)


def test_a_search_without_end_is_given_up():
    steps = [Step(0, 1, 0) if n % 2 else Step(0, -1, 0) for n in range(60)] + [Step(1, 0, 50)]
    found = order_by_balances(steps, opening_minor=0, tolerance_minor=1)
    assert isinstance(found, Stuck)
    assert found.gave_up

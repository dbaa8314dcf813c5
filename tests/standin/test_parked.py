"""Whose words settle what the primary refused."""

import pytest

from dawam.kernel import Forbidden
from dawam.simulation import FaultKind
from dawam.standin import as_it_counts

from .stage import STAFF, account, on_stage, payment, until_normal


def test_only_words_of_members_count_and_one_who_left_has_said_nothing():
    async def story(stage, desk):
        stage.faults.start(FaultKind.DOWN)
        await desk.pay(payment(4_000), key="k")
        stage.primary.book(account(0), -9_000, "cash_out")
        stage.faults.clear()
        await until_normal(desk)
        (parked,) = desk.parked()
        case, action = parked.advice_id, "write_off"
        with pytest.raises(Forbidden, match="member_needed"):
            await desk.settle(case, action, by="Amal", staff=STAFF)
        assert not await desk.settle(case, action, by="amal", staff=STAFF)
        (seen,) = desk.parked()
        assert as_it_counts(seen, STAFF).proposed_by == "amal"
        assert as_it_counts(seen, {"badr"}).proposed_by is None
        with pytest.raises(Forbidden, match="member_needed"):
            await desk.settle(case, action, by="amal", staff={"badr", "dina"})
        assert not await desk.settle(case, "retry", by="badr", staff={"badr", "dina"}), "amal has left"
        return await desk.settle(case, "retry", by="dina", staff={"badr", "dina"}), desk.parked()

    assert on_stage(story) == (True, [])

"""Which institution an account belongs to."""

import pytest

from dawam.channels import Desks, Place
from dawam.kernel import NotFound

from .fake_desk import FakeDesk

FIRST, SECOND = FakeDesk(), FakeDesk()


def test_the_first_institution_with_a_pattern_that_matches_answers() -> None:
    desks = Desks([Place("one", ("EG-*", "[AB]?"), FIRST), Place("two", ("*",), SECOND)])
    assert [desks.of(account) for account in ("EG-1", "A7", "MA-1", "eg-1")] == [FIRST, FIRST, SECOND, SECOND]
    assert Desks([Place("one", ("*",), FIRST), Place("two", ("EG-*",), SECOND)]).of("EG-1") is FIRST


def test_an_account_that_matches_nowhere_is_not_found() -> None:
    with pytest.raises(NotFound, match="account_not_found"):
        Desks([Place("one", ("EG-*",), FIRST)]).of("MA-1")
    with pytest.raises(NotFound, match="institution_not_found"):
        Desks([]).named("one")

import pytest

from dawam.simulation.report_page.verdict import verdict
from dawam.simulation.report_page.words import Words

from .made import fault, report

ENGLISH = Words.of("en", "EGP")


def sentence(problems: bool = False, **figures: object) -> tuple[str, str]:
    found = verdict(report(**figures), ENGLISH, problems=problems)  # type: ignore[arg-type]
    return found.state, found.sentence


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        (
            {"asked": 9, "made": 2, "accounts": 3},
            "No wrong balance was shown, no decision was lost or applied twice, "
            "and nothing in the books is unexplained.",
        ),
        ({"asked": 9, "accounts": 3}, "No wrong balance was shown, and nothing in the books is unexplained."),
        (
            {"made": 2, "accounts": 3},
            "No decision was lost or applied twice, and nothing in the books is unexplained.",
        ),
        ({"accounts": 3}, "Nobody asked for a balance in this run; nothing in the books is unexplained."),
    ],
)
def test_only_what_was_put_to_the_test_is_praised(figures: dict[str, object], says: str) -> None:
    assert sentence(**figures) == ("kept", says)


def test_an_empty_run_is_not_praised() -> None:
    assert sentence() == ("untested", "Nothing was played in this run, so there is nothing to judge.")


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({"wrong": 3}, "wrong balances shown (3)"),
        ({"lost": 1}, "decisions lost (1)"),
        ({"doubled": 1}, "decisions applied twice (1)"),
        ({"overdrawn": 2}, "accounts overdrawn (2)"),
        ({"unexplained_minor": 250}, "money unexplained (EGP\u00a02.50)"),
        ({"journal_ok": False}, "a journal that does not verify"),
        ({"problems": True}, "payments not booked as their customers were told"),
        ({"wrong": 3, "lost": 1, "problems": True}, "wrong balances shown (3) and decisions lost (1)"),
    ],
)
def test_every_broken_promise_is_named(figures: dict[str, object], says: str) -> None:
    assert sentence(asked=9, made=2, accounts=3, **figures) == (  # type: ignore[arg-type]
        "broken",
        f"Promises were broken: {says}.",
    )


def test_the_slowest_fault_sets_the_times() -> None:
    faults = [
        fault(),
        fault("down", stood_in_after_s=1.5, recovered_after_s=2.0),
        fault("repeat", stood_in_after_s=None),
    ]
    assert verdict(report(faults=faults), ENGLISH, problems=False).lede == (
        "Dawam answered in the primary's place 1.5 seconds after a fault began, at the latest.",
        "Everybody was back with the primary 8 seconds after a fault ended, at the latest.",
    )


def test_a_promise_that_was_not_tested_has_no_tile() -> None:
    found = verdict(report(asked=9, accounts=3), ENGLISH, problems=False)
    assert [promise.title for promise in found.promises] == ["Wrong balances shown", "Money unexplained"]
    assert verdict(report(), ENGLISH, problems=False).promises == ()

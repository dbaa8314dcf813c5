"""The sentence at the top, and the promises one by one. Only what the run put to the test is judged."""

import msgspec

from dawam.simulation.report import Report
from dawam.simulation.report_page.words import Words


class Promise(msgspec.Struct, frozen=True):
    """One promise: how often it was broken (or the amount), and out of how many."""

    title: str
    value: str
    of: str
    kept: bool


class Verdict(msgspec.Struct, frozen=True):
    """`state` is kept, broken or untested."""

    state: str
    sentence: str
    lede: tuple[str, ...]
    promises: tuple[Promise, ...]


def verdict(report: Report, words: Words, *, problems: bool) -> Verdict:
    """Judge a report; `problems` tells that the run found a broken promise, whatever the figures say."""
    broken = _broken(report, words)
    if problems and not broken:
        broken.append(words.say("payments not booked as their customers were told"))
    if broken:
        state, sentence = "broken", words.say("Promises were broken: {what}.", what=words.both(broken))
    else:
        state, sentence = _kept(report, words)
    return Verdict(state, sentence, tuple(_lede(report, words)), tuple(_promises(report, words)))


def _broken(report: Report, words: Words) -> list[str]:
    answers, advices = report.answers, report.advices
    counts = (
        (words.say("wrong balances shown"), answers.wrong),
        (words.say("decisions lost"), advices.lost),
        (words.say("decisions applied twice"), advices.applied_twice),
        (words.say("accounts overdrawn"), report.payments.overdrawn_accounts),
    )
    found = [f"{name} ({words.number(count)})" for name, count in counts if count]
    unexplained_minor = report.reconciliation.unexplained_minor
    if unexplained_minor:
        found.append(f"{words.say('money unexplained')} ({words.money(unexplained_minor)})")
    if report.ledger.records and not report.ledger.journal_ok:
        found.append(words.say("a journal that does not verify"))
    return found


def _kept(report: Report, words: Words) -> tuple[str, str]:
    shown, decided = report.answers.balances_asked > 0, report.advices.made > 0
    if not report.reconciliation.accounts:
        return "untested", words.say("Nothing was played in this run, so there is nothing to judge.")
    if shown and decided:
        return "kept", words.say(
            "No wrong balance was shown, no decision was lost or applied twice, "
            "and nothing in the books is unexplained."
        )
    if shown:
        return "kept", words.say("No wrong balance was shown, and nothing in the books is unexplained.")
    if decided:
        return "kept", words.say(
            "No decision was lost or applied twice, and nothing in the books is unexplained."
        )
    return "kept", words.say("Nobody asked for a balance in this run; nothing in the books is unexplained.")


def _lede(report: Report, words: Words) -> list[str]:
    """How fast, at the slowest."""
    found = []
    stood_in = [fault.stood_in_after_s for fault in report.faults if fault.stood_in_after_s is not None]
    recovered = [
        fault.recovered_after_s
        for fault in report.faults
        if fault.recovered_after_s is not None and fault.stood_in_after_s is not None
    ]
    if stood_in:
        found.append(
            words.say(
                "Dawam answered in the primary's place {after} after a fault began, at the latest.",
                after=words.duration(max(stood_in)),
            )
        )
    if recovered:
        found.append(
            words.say(
                "Everybody was back with the primary {after} after a fault ended, at the latest.",
                after=words.duration(max(recovered)),
            )
        )
    return found


def _promises(report: Report, words: Words) -> list[Promise]:
    answers, advices, books = report.answers, report.advices, report.reconciliation
    found = []
    if answers.balances_asked:
        found.append(
            Promise(
                words.say("Wrong balances shown"),
                words.number(answers.wrong),
                words.say("of {total} shown", total=words.number(answers.shown)),
                answers.wrong == 0,
            )
        )
    if advices.made:
        taken = words.say("of {total} taken in the primary's place", total=words.number(advices.made))
        found.append(
            Promise(words.say("Decisions lost"), words.number(advices.lost), taken, advices.lost == 0)
        )
        found.append(
            Promise(
                words.say("Decisions applied twice"),
                words.number(advices.applied_twice),
                taken,
                advices.applied_twice == 0,
            )
        )
    if books.accounts:
        found.append(
            Promise(
                words.say("Money unexplained"),
                words.money(books.unexplained_minor),
                words.say(
                    "{agreeing} of {total} accounts agree",
                    agreeing=words.number(books.agreeing),
                    total=words.number(books.accounts),
                ),
                books.unexplained_minor == 0,
            )
        )
    return found

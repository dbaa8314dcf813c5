"""The figures of the JSON as tables with plain labels; a table whose subject did not occur is left out."""

from collections.abc import Mapping

import msgspec

from dawam.simulation.report import Report
from dawam.simulation.report_page import phrases
from dawam.simulation.report_page.words import Words


class Row(msgspec.Struct, frozen=True):
    """A label, its value, and what it means where the label alone does not say it."""

    label: str
    value: str
    hint: str = ""
    code: str = ""


class Section(msgspec.Struct, frozen=True):
    """A table."""

    title: str
    rows: tuple[Row, ...]


def sections(report: Report, words: Words) -> list[Section]:
    """All tables that have something to say."""
    found = []
    if report.answers.balances_asked:
        found.append(_balances(report, words))
    if report.payments.asked:
        found.append(_payments(report, words))
    if report.payments.by_code:
        found.append(_codes(report.payments.by_code, words))
    if report.advices.made:
        found.append(_decisions(report, words))
    if report.reconciliation.accounts:
        found.append(_books(report, words))
    found.append(_run(report, words))
    return found


def _balances(report: Report, words: Words) -> Section:
    answers = report.answers
    silent = answers.balances_asked - answers.shown - answers.withheld
    rows = [
        Row(words.say("Asked for"), words.number(answers.balances_asked)),
        Row(words.say("Shown, and proved"), words.number(answers.shown)),
        Row(
            words.say("Withheld, with the reason"),
            words.number(answers.withheld),
            words.say("No amount could be proved, so none was shown."),
        ),
    ]
    if silent:
        rows.append(Row(words.say("Without an answer"), words.number(silent)))
    rows.append(
        Row(
            words.say("Judged wrong"),
            words.number(answers.wrong),
            words.say("The account did not hold that amount at the time that the answer gave."),
        )
    )
    if answers.shown:
        rows.append(Row(words.say("Oldest balance shown"), words.duration(answers.oldest_age_s)))
    return Section(words.say("Balances that customers asked for"), tuple(rows))


def _payments(report: Report, words: Words) -> Section:
    payments = report.payments
    rows = [
        Row(words.say("Asked for"), words.number(payments.asked)),
        Row(words.say("Approved"), words.number(payments.approved)),
        Row(words.say("of these, in the primary's place"), words.number(payments.approved_in_stand_in)),
        Row(words.say("Declined"), words.number(payments.declined)),
        Row(words.say("Still open at the end"), words.number(payments.pending)),
        Row(
            words.say("Accounts overdrawn"),
            words.number(payments.overdrawn_accounts),
            words.say("By a payment that Dawam let through."),
        ),
    ]
    if payments.exposure_cap_minor:
        share = payments.exposure_minor / payments.exposure_cap_minor
        rows += [
            Row(
                words.say("Highest exposure"),
                words.money(payments.exposure_minor),
                words.say("Promised in the primary's place and not yet booked by it."),
            ),
            Row(words.say("Exposure allowed"), words.money(payments.exposure_cap_minor)),
            Row(words.say("Share of it used"), words.percent(share)),
        ]
    return Section(words.say("Payments that customers asked for"), tuple(rows))


def _codes(by_code: Mapping[str, int], words: Words) -> Section:
    rows = []
    for code, count in sorted(by_code.items(), key=lambda item: (-item[1], item[0])):
        phrase = phrases.CODES.get(code)
        label = words.say(phrase) if phrase else ""
        rows.append(Row(label, words.number(count), code=words.outside(code)))
    return Section(words.say("How payments ended"), tuple(rows))


def _decisions(report: Report, words: Words) -> Section:
    advices = report.advices
    return Section(
        words.say("Decisions taken in the primary's place"),
        (
            Row(words.say("Taken"), words.number(advices.made)),
            Row(words.say("Applied by the primary"), words.number(advices.applied)),
            Row(words.say("Known to the primary already"), words.number(advices.already_applied)),
            Row(
                words.say("Parked"),
                words.number(advices.parked),
                words.say("The primary refused them; each waits for two people."),
            ),
            Row(words.say("Lost"), words.number(advices.lost)),
            Row(words.say("Applied twice"), words.number(advices.applied_twice)),
        ),
    )


def _books(report: Report, words: Words) -> Section:
    books, ledger = report.reconciliation, report.ledger
    rows = [
        Row(words.say("Accounts compared"), words.number(books.accounts)),
        Row(words.say("Accounts that agree"), words.number(books.agreeing)),
        Row(words.say("Accounts that differ"), words.number(books.differing)),
        Row(words.say("Amount that no difference explains"), words.money(books.unexplained_minor)),
    ]
    if ledger.records:
        rows += [
            Row(words.say("Records in the ledger"), words.number(ledger.records)),
            Row(words.say("Debits in all"), words.money(ledger.debits_minor)),
            Row(words.say("Credits in all"), words.money(ledger.credits_minor)),
            Row(
                words.say("Journal, from the first record to the last"),
                words.say("verified") if ledger.journal_ok else words.say("does not verify"),
            ),
        ]
    return Section(words.say("The books afterwards"), tuple(rows))


def _run(report: Report, words: Words) -> Section:
    feed = report.feed
    rows = [
        Row(words.say("Bookings played"), words.number(feed.events)),
        Row(words.say("Accounts"), words.number(feed.accounts)),
    ]
    if feed.refused:
        rows.append(Row(words.say("Refused attempts in the extract"), words.number(feed.refused)))
    if feed.seconds:
        rows.append(Row(words.say("Time that the replay took"), words.duration(feed.seconds)))
    if feed.events_per_s:
        rows.append(Row(words.say("Bookings a second"), words.number(feed.events_per_s)))
    rows.append(
        Row(words.say("Seed"), str(report.seed), words.say("The same seed gives the same run again."))
    )
    return Section(words.say("What was played"), tuple(rows))

"""A run on a terminal: the verdict first, then the figures."""

from rich.console import Console
from rich.table import Table

from dawam.kernel import currency_of, minor_to_text
from dawam.simulation.report import FaultFigures, Report
from dawam.simulation.virtual import Run


def print_summary(run: Run, currency: str, console: Console) -> None:
    """The report for people."""
    report = run.report
    console.print()
    console.print(_verdict(report, broken=bool(run.problems)))
    console.print()
    if report.faults:
        console.print(_faults(report.faults))
    console.print(_figures(report, currency))
    for difference in run.reconciliation.differences[:20]:
        amount = minor_to_text(difference.amount_minor, currency_of(currency))
        console.print(f"  {difference.kind.value}: {amount} {difference.code}", highlight=False)


def _verdict(report: Report, *, broken: bool) -> str:
    wrong, shown = report.answers.wrong, report.answers.shown
    words = f"{wrong} wrong of {shown:,} balances shown"
    words += f", {report.advices.lost} decisions lost, {report.advices.applied_twice} applied twice"
    words += f", {report.reconciliation.unexplained_minor} minor units unexplained"
    colour, sign = ("red", "a promise was broken:") if broken else ("green", "every promise kept:")
    return f"[bold {colour}]{sign}[/] {words}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f} s"


def _faults(faults: list[FaultFigures]) -> Table:
    table = Table(title="Faults", title_justify="left")
    for column in ("fault", "pattern", "detected after", "stood in after", "recovered after its end"):
        table.add_column(column)
    for fault in faults:
        table.add_row(
            fault.kind,
            fault.pattern or "-",
            _seconds(fault.detected_after_s),
            _seconds(fault.stood_in_after_s),
            _seconds(fault.recovered_after_s),
        )
    return table


def _figures(report: Report, currency: str) -> Table:
    money = currency_of(currency)
    feed, answers, payments = report.feed, report.answers, report.payments
    advices, books, ledger = report.advices, report.reconciliation, report.ledger
    codes = ", ".join(f"{code} {count}" for code, count in payments.by_code.items())
    exposure = minor_to_text(payments.exposure_minor, money)
    cap = minor_to_text(payments.exposure_cap_minor, money)
    sides = "=" if ledger.debits_minor == ledger.credits_minor else "≠"
    journal = "verified" if ledger.journal_ok else "BROKEN"
    table = Table(show_header=False, title="Figures", title_justify="left")
    rows = {
        "feed": f"{feed.events:,} bookings on {feed.accounts:,} accounts, {feed.refused:,} refused "
        f"attempts; {feed.seconds:.1f} s, {feed.events_per_s:,.0f} bookings/s",
        "balances": f"{answers.balances_asked:,} asked, {answers.shown:,} shown, {answers.withheld:,} "
        f"withheld, {answers.wrong} wrong; the oldest shown was {answers.oldest_age_s:,.0f} s old",
        "payments": f"{payments.asked:,} asked: {codes}",
        "in stand-in": f"{payments.approved_in_stand_in:,} approved; exposure at most {exposure} of {cap}; "
        f"{payments.overdrawn_accounts} accounts overdrawn",
        "advices": f"{advices.made:,} made, {advices.applied:,} applied, {advices.already_applied:,} known "
        f"already, {advices.parked:,} parked, {advices.lost} lost, {advices.applied_twice} twice",
        "books": f"{books.agreeing:,} of {books.accounts:,} accounts agree; {books.unexplained_minor} minor "
        "units unexplained",
        "ledger": f"{ledger.records:,} records, debits {sides} credits, journal {journal}",
    }
    for name, words in rows.items():
        table.add_row(name, words)
    return table

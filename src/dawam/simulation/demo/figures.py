"""The figures that tick: what customers asked, who answered, and whether anything shown was wrong."""

from datetime import datetime

from rich.console import RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from dawam.kernel import Clock, currency_of, minor_to_text
from dawam.simulation.answers import AnswerBook
from dawam.simulation.demo.pace import EXPOSURE_CAP_MINOR
from dawam.simulation.demo.people import CURRENCY
from dawam.simulation.oracle import Oracle
from dawam.simulation.real import Watch
from dawam.simulation.receipts import PaymentBook
from dawam.standin import Mode

_LOOKS = {
    Mode.NORMAL: ("NORMAL", "green", "the primary answers, every answer is checked"),
    Mode.STANDING_IN: ("STANDING IN", "yellow", "Dawam answers in the primary's place"),
    Mode.RECOVERING: ("RECOVERING", "cyan", "customers go back by cohorts"),
}


def money(amount_minor: int) -> str:
    """`1,250.00 EGP`."""
    return minor_to_text(amount_minor, currency_of(CURRENCY))


class Figures:
    """Read from the customers' books and from the running node, never from Dawam's insides."""

    def __init__(
        self, answers: AnswerBook, payments: PaymentBook, oracle: Oracle, watch: Watch, clock: Clock
    ) -> None:
        self._answers = answers
        self._payments = payments
        self._oracle = oracle
        self._watch = watch
        self._clock = clock

    def judge(self) -> None:
        """Have the oracle judge what can be judged by now."""
        if self._oracle.heard_at is not None:
            self._answers.judge(until=self._oracle.heard_at)

    def line(self) -> str:
        """Everything in one line."""
        self.judge()
        book, paid = self._answers, self._payments
        return (
            f"mode {self._mode().value}; balances: {book.asked:,} asked, "
            f"{book.by_source.get('primary', 0):,} from the primary, "
            f"{book.by_source.get('stand-in', 0):,} from the stand-in, {book.withheld:,} withheld, "
            f"wrong={book.wrong}; payments: {paid.by_status('approved'):,} approved, "
            f"{paid.by_status('declined'):,} declined; exposure {money(self._exposure_minor())}"
        )

    def panel(self) -> RenderableType:
        """The same as a panel."""
        self.judge()
        book, paid = self._answers, self._payments
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(style="dim", width=9)
        table.add_column(ratio=1)
        table.add_row("mode", self._mode_text())
        asked = Text.assemble(
            (f"{book.asked:,}", "bold"),
            " asked   ",
            (f"{book.by_source.get('primary', 0):,}", "bold green"),
            " primary   ",
            (f"{book.by_source.get('stand-in', 0):,}", "bold yellow"),
            " stand-in   ",
            (f"{book.withheld:,}", "bold"),
            " withheld   ",
            (f"{book.wrong} wrong", "bold white on green" if not book.wrong else "bold white on red"),
        )
        table.add_row("balances", asked)
        approved, ours = paid.by_status("approved"), paid.approved_in_stand_in()
        table.add_row(
            "payments",
            Text.assemble(
                (f"{approved:,}", "bold"),
                f" approved ({ours:,} in stand-in)   ",
                (f"{paid.by_status('declined'):,}", "bold"),
                " declined",
            ),
        )
        table.add_row("exposure", self._exposure())
        return Panel(table, border_style=_LOOKS[self._mode()][1], padding=(0, 1))

    def _mode(self) -> Mode:
        state = self._watch.worst
        return state.mode if state else Mode.NORMAL

    def _mode_text(self) -> Text:
        state = self._watch.worst
        word, colour, meaning = _LOOKS[self._mode()]
        text = Text.assemble((word, f"bold {colour}"), (f"  {meaning}", "dim"))
        if state is not None and state.mode is Mode.RECOVERING:
            text.append(f", {state.share_percent} % are back", style="dim")
        if state is not None and state.mode is not Mode.NORMAL:
            text.append(f"  {_since(state.since, self._clock)}", style="bold")
        return text

    def _exposure(self) -> RenderableType:
        exposure_minor = self._exposure_minor()
        row = Table.grid(padding=(0, 2))
        row.add_row(
            ProgressBar(total=EXPOSURE_CAP_MINOR, completed=exposure_minor, width=24),
            Text(f"{money(exposure_minor)} of {money(EXPOSURE_CAP_MINOR)}"),
        )
        return row

    def _exposure_minor(self) -> int:
        return self._watch.books.exposure_minor if self._watch.books else 0


def _since(moment: datetime, clock: Clock) -> str:
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    return f"{seconds // 60:02}:{seconds % 60:02}"

"""The story in eight chapters: a normal day, a bad update, taken over, payments go on, what the public is
told, rollback, recovery, and the books that agree."""

import asyncio
import re
from datetime import datetime

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from dawam.kernel import FIELD_39
from dawam.simulation.answers import ChannelBalance
from dawam.simulation.demo.figures import money
from dawam.simulation.demo.pace import EXPOSURE_CAP_MINOR, Pace
from dawam.simulation.demo.people import AMINA, AMINA_MINOR
from dawam.simulation.demo.teller import Teller
from dawam.simulation.demo.town import Told, Town
from dawam.simulation.ending import Remains
from dawam.simulation.faults import FaultKind
from dawam.simulation.real import reconcile
from dawam.simulation.receipts import ChannelReceipt
from dawam.standin import Capability, Mode, ModeChange, Reconciliation

_LANGUAGES = ("ar", "fr", "en")
_PAYS_MINOR, _TOO_MUCH_MINOR = 15_000, 400_000
_PATTERN = re.compile(r"\bpattern=(\w+)")


class Story:
    """Told once; `problems` names every promise that was broken."""

    def __init__(self, town: Town, teller: Teller, pace: Pace) -> None:
        self._town = town
        self._teller = teller
        self._pace = pace
        self.problems: list[str] = []

    async def tell(self) -> None:
        """From a normal day to agreed books; customers come and go throughout."""
        await self._normal_day()
        broken_at = await self._bad_update()
        await self._taken_over(broken_at)
        await self._payments_go_on()
        await self._public_message()
        mended_at = await self._rollback()
        await self._recovery(mended_at)

    async def close(self) -> None:
        """The end, when all customers have left: the books."""
        self._teller.chapter("The books agree")
        town = self._town
        async with self._teller.step("comparing primary, mirror and decisions …"):
            reconciliation = await reconcile(town.stage.node)
            await town.truth.catch_up()
            town.answers.judge(until=town.clock.now())
            remains = await asyncio.to_thread(town.stage.remains)
        self._books(reconciliation, remains)
        self._judge(reconciliation, remains)

    async def _normal_day(self) -> None:
        self._teller.chapter("A normal day")
        self._teller.say(
            "Apps ask Dawam for balances; Dawam asks the primary, compares each answer with its own mirror "
            "of the bookings, and passes on only what it can prove. An oracle that shares no code with "
            "Dawam judges every amount that a customer is shown."
        )
        await asyncio.sleep(self._pace.normal_s)

    async def _bad_update(self) -> datetime:
        self._teller.chapter("A routine update of the primary goes wrong: every balance is 0")
        broken_at = await self._town.break_primary(FaultKind.ZERO)
        told, shown = await self._side_by_side()
        self._teller.show(_sides(told, shown))
        if shown.balance_minor != AMINA_MINOR:
            self.problems.append("Amina was shown a wrong balance")
        return broken_at

    async def _side_by_side(self) -> tuple[Told | None, ChannelBalance]:
        told, shown = await asyncio.gather(self._town.primary_says(AMINA), self._town.customer_sees(AMINA))
        return told, shown

    async def _taken_over(self, broken_at: datetime) -> None:
        change = await self._town.taken_over(broken_at)
        first_bad = await asyncio.to_thread(self._town.stage.control.first_bad_at)
        since = first_bad.get(FaultKind.ZERO, broken_at)
        after_s = (change.at - since).total_seconds()
        self._teller.chapter("Taken over")
        self._teller.say(
            f"[bold green]{after_s:.2f} seconds[/] after the primary's first wrong answer Dawam stands in "
            f"for all {len(Capability)} capabilities."
        )
        self._teller.say(
            f"reason [bold]{change.reason.value}[/], {_named(change)}; recorded with its evidence:"
        )
        self._teller.say(escape(change.evidence), style="dim")
        await asyncio.sleep(self._pace.look_s)

    async def _payments_go_on(self) -> None:
        self._teller.chapter("Payments go on")
        paid, refused = await self._town.pay(_PAYS_MINOR), await self._town.pay(_TOO_MUCH_MINOR)
        shown = await self._town.customer_sees(AMINA)
        self._teller.show(_payments(paid, refused))
        if shown.available_minor is not None:
            self._teller.say(
                f"Amina's {money(_PAYS_MINOR)} are held in the ledger: "
                f"{money(shown.available_minor)} are left to spend."
            )
        await asyncio.sleep(self._pace.payments_s)
        await self._town.watch.look()
        books = self._town.watch.books
        if books is not None:
            self._teller.say(
                f"{books.waiting:,} decisions wait for the primary: {money(books.exposure_minor)} at "
                f"risk, never more than the {money(EXPOSURE_CAP_MINOR)} that the institution allows."
            )
            if books.exposure_minor > EXPOSURE_CAP_MINOR:
                self.problems.append("the exposure passed its cap")
        if paid.status != "approved" or refused.status != "declined":
            self.problems.append("Amina's payments were not decided as they should be")

    async def _public_message(self) -> None:
        self._teller.chapter("The public is told at once, in three languages")
        for locale in _LANGUAGES:
            states = await self._town.stage.node.status(locale)
            notice = next(state.notice for state in states if state.capability is Capability.BALANCE)
            self._teller.say(escape(notice or "-"))
        await asyncio.sleep(self._pace.read_s)

    async def _rollback(self) -> datetime:
        self._teller.chapter("The update is rolled back")
        self._teller.say(
            "Dawam does not believe it at once: it asks the primary in the shadow until its answers prove "
            "right, then delivers every decision as an advice, applied once."
        )
        mended_at = self._town.clock.now()
        await self._town.mend_primary()
        return mended_at

    async def _recovery(self, mended_at: datetime) -> None:
        change = await self._town.recovering(mended_at)
        self._teller.chapter("Recovery, by cohorts of customers")
        seen = 0
        told = {0}
        while True:
            changes = [each for each in self._town.watch.changes if each.at >= change.at]
            for each in changes[seen:]:
                if each.mode is Mode.RECOVERING and each.share_percent not in told:
                    told.add(each.share_percent)
                    self._teller.say(
                        f"[cyan]{each.share_percent:>3} %[/] of the customers are back: advices applied, "
                        "balances agree"
                    )
            seen = len(changes)
            if self._town.watch.calm:
                break
            await asyncio.sleep(0.1)
        await self._town.calm()
        self._teller.say("[green]normal[/] again, nothing left to deliver")
        self._teller.show(_sides(*await self._side_by_side()))
        await asyncio.sleep(self._pace.read_s / 2)

    def _books(self, reconciliation: Reconciliation, remains: Remains) -> None:
        states = [state for _, state in remains.advices]
        delivered = states.count("applied") + states.count("already_applied")
        parked = states.count("parked")
        rows = {
            "reconciliation": f"{reconciliation.agreeing:,} of {reconciliation.accounts:,} accounts agree "
            f"with the primary, {reconciliation.differing} differ",
            "unexplained": f"{reconciliation.unexplained_minor} minor units",
            "stand-in decisions": f"{len(states):,}, of which {delivered:,} applied once by the primary"
            + (f", {parked} parked for two people to settle" if parked else ""),
            "balances shown": f"{self._town.answers.shown:,}, of which {self._town.answers.wrong} wrong",
            "mirror's ledger": f"{remains.records:,} records, debits "
            f"{'=' if remains.debits_minor == remains.credits_minor else '≠'} credits",
            "journal": "every record verified, from first to last" if remains.journal_ok else "BROKEN",
        }
        table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for name, words in rows.items():
            table.add_row(name, words)
        self._teller.show(table)

    def _judge(self, reconciliation: Reconciliation, remains: Remains) -> None:
        """Every promise, from the books of the customers, the primary and Dawam."""
        town = self._town
        states = remains.advices
        parked = [payment_id for payment_id, state in states if state == "parked"]
        kept = town.payments.check(town.oracle, parked=parked)
        broken = {
            "a wrong balance was shown": town.answers.wrong,
            "payments were lost": len(kept.lost),
            "payments were booked twice": len(kept.booked_twice),
            "declined payments were booked": len(kept.booked_though_declined),
            "a customer was told two things": len(town.payments.inconsistent),
            "accounts differ": reconciliation.differing,
            "minor units are unexplained": reconciliation.unexplained_minor,
            "accounts were overdrawn": town.oracle.overdrawn(),
            "the journal is broken": int(not remains.journal_ok),
            "debits and credits differ": remains.debits_minor - remains.credits_minor,
        }
        self.problems += [f"{what}: {count}" for what, count in broken.items() if count]


def _named(change: ModeChange) -> str:
    found = _PATTERN.search(change.evidence)
    return f"pattern [bold]{found[1]}[/]" if found else "no pattern"


def _sides(told: Told | None, shown: ChannelBalance) -> Table:
    """What the primary says, beside what the customer sees."""
    table = Table(
        box=box.ROUNDED, expand=False, title=f"wallet {AMINA}", title_style="dim", title_justify="left"
    )
    table.add_column("the primary answers", justify="center", min_width=24)
    table.add_column("the customer sees", justify="center", min_width=24)
    false = told is None or told.balance_minor != shown.balance_minor
    primary = Text(
        "no answer" if told is None else money(told.balance_minor), style="bold red" if false else "bold"
    )
    if shown.balance_minor is None or shown.as_of is None:
        customer = Text("withheld: nothing can be proved", style="bold")
        source = Text(shown.reason, style="dim")
    else:
        customer = Text(money(shown.balance_minor), style="bold green")
        source = Text(f"proved, from the {shown.source}, as of {shown.as_of:%H:%M:%S}", style="dim")
    table.add_row(primary, customer)
    table.add_row(Text("false" if false else "true", style="dim"), source)
    return table


def _payments(paid: ChannelReceipt, refused: ChannelReceipt) -> Table:
    """Two payments of Amina's with their codes."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("Amina pays a shop", "answer", "code", "ISO 8583", "decided by"):
        table.add_column(column)
    for amount_minor, receipt in ((_PAYS_MINOR, paid), (_TOO_MUCH_MINOR, refused)):
        colour = "green" if receipt.status == "approved" else "yellow"
        table.add_row(
            money(amount_minor),
            Text(receipt.status, style=f"bold {colour}"),
            receipt.code,
            FIELD_39.get(receipt.code, "-"),
            receipt.decided_by,
        )
    return table

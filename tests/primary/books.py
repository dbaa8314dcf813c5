"""A bank of dictionaries: what a healthy feed says, and what every balance was after every event."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dawam import ledger, primary
from dawam.ledger import Ledger
from dawam.primary import Event, Mirror, MirrorSettings, SnapshotLine
from dawam.storage import Storage

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PAYMENT = "01KAQZ0000000000000000000A"
OTHER_PAYMENT = "01KAQZ0000000000000000000B"


class Bank:
    """Books events one after another and remembers everything."""

    def __init__(self, currency: str = "EGP") -> None:
        self.currency = currency
        self.events: list[Event] = []
        self.balances: dict[str, int] = {}
        self.opening: dict[str, int] = {}

    def open(self, account: str, balance: int) -> None:
        self.balances[account] = self.opening[account] = balance

    def book(
        self,
        account: str,
        amount: int,
        *,
        drift: int = 0,
        kind: str = "transfer",
        payment_id: str | None = None,
        booked_at: datetime | None = None,
    ) -> Event:
        seq = len(self.events) + 1
        self.balances[account] = self.balances.get(account, 0) + amount + drift
        event = Event(
            seq=seq,
            event_id=f"E{seq}",
            account=account,
            amount_minor=amount,
            currency=self.currency,
            balance_after_minor=self.balances[account],
            booked_at=booked_at or START + timedelta(seconds=seq),
            kind=kind,
            payment_id=payment_id,
        )
        self.events.append(event)
        return event

    def balance_at(self, account: str, seq: int) -> int:
        """After every event up to `seq`."""
        balance = self.opening.get(account, 0)
        for event in self.events[:seq]:
            if event.account == account:
                balance = event.balance_after_minor
        return balance

    def lines(self) -> list[SnapshotLine]:
        last = {event.account: event.seq for event in self.events}
        return [
            SnapshotLine(
                account=account, currency=self.currency, balance_minor=balance, last_seq=last.get(account, 0)
            )
            for account, balance in self.balances.items()
        ]


class House:
    """A database with a mirror of one bank, which can be closed and opened again."""

    def __init__(
        self, file: Path | None = None, *, inline: bool = True, tolerance: int = 0, cache: int = 1000
    ) -> None:
        self.url = "sqlite://" if file is None else f"sqlite:///{file}"
        self.inline = inline
        self.settings = MirrorSettings(rounding_tolerance_minor=tolerance, cache_accounts=cache)
        self.open()

    def open(self) -> None:
        tables = [*ledger.TABLES, *primary.TABLES]
        self.storage = Storage.open(self.url, tables=tables, inline=self.inline)
        self.ledger = Ledger(self.storage, cache_accounts=1000)
        self.mirror = self.mirror_of("bank")

    def mirror_of(self, institution: str) -> Mirror:
        return Mirror.open(institution, storage=self.storage, ledger=self.ledger, settings=self.settings)

    def reopen(self) -> None:
        self.storage.close()
        self.open()

    def books_balance(self) -> bool:
        report = self.ledger.audit()
        return report.ok and all(
            total.debits_posted == total.credits_posted and total.debits_pending == total.credits_pending
            for total in self.ledger.totals()
        )

"""A database with something in every table, the same each time: for upgrades, copies and checks.

Run as a program it writes what a release leaves behind, for the upgrades of later ones:

    python -m tests.migrations.full tests/migrations/releases/{version_2,version_1}

makes `version_2.sql`, the database as text, and `version_2.json`, what that release answers about it. Both
are written once, by the code of that release, and never again.
"""

import asyncio
import json
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert

from dawam import ledger, standin
from dawam.kernel import PaymentKind, TimeOrderedIds, World, id_from_text, to_ns
from dawam.ledger import Account, AccountFlags, Ledger, Terms, Transfer, TransferFlags, TransferResult
from dawam.ledger.chart import Chart
from dawam.migrations import TABLES, migrate
from dawam.primary import Event, Mirror, MirrorSettings, SnapshotLine
from dawam.storage import Storage, Tx
from dawam.wallet import AdviceRequest, Booking, OpenAccount, PaymentRequest, Wallet

from . import seen

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
EGP, USD = 818, 840
ACCOUNTS = 40
HELD = "01KAQZ0000000000000000000A"
_ID = 1 << 100


class Clock:
    """A clock that moves a second whenever it is asked."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        """The next second."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def monotonic(self) -> float:
        """Seconds since the start."""
        return (self.moment - START).total_seconds()


def fill(storage: Storage, *, transfers: int = 400) -> Ledger:
    """Put something into every table."""
    books = Ledger(storage, cache_accounts=1000)
    clock = Clock()
    _fill_ledger(storage, books, clock, transfers)
    _fill_mirror(storage, books, clock)
    _fill_wallet(storage, books, clock)
    storage.write_now(lambda tx: _fill_standin(tx))
    return books


def _fill_ledger(storage: Storage, books: Ledger, clock: Clock, transfers: int) -> None:
    """Accounts of two currencies; plain, linked and late transfers; holds with each end there is."""
    entropy = Random(7)
    limited = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    accounts = [
        Account(
            id=_ID + number,
            ledger=EGP if number % 4 else USD,
            code=1 + number % 3,
            flags=limited if number > ACCOUNTS // 2 else 0,
            user_data_128=number << 70 if number % 5 == 0 else 0,
            user_data_64=number * 1000,
            user_data_32=number,
        )
        for number in range(1, ACCOUNTS + 1)
    ]
    storage.write_now(lambda tx: books.create_accounts(tx, accounts, now_ns=to_ns(clock.now())))
    by_ledger = {
        ledger: [account.id for account in accounts if account.ledger == ledger] for ledger in (EGP, USD)
    }
    made = 0
    while made < transfers:
        batch = [
            _transfer(_ID + 1000 + made + i, by_ledger, entropy) for i in range(min(50, transfers - made))
        ]
        made += len(batch)
        storage.write_now(lambda tx, b=batch: books.post_transfers(tx, b, now_ns=to_ns(clock.now())))  # type: ignore[misc]
    _holds(storage, books, clock, by_ledger[EGP])
    late = Account(id=_ID + 999, ledger=EGP, code=9, flags=AccountFlags.HISTORY)
    storage.write_now(lambda tx: books.create_accounts(tx, [late], now_ns=to_ns(clock.now())))


def _transfer(identifier: int, by_ledger: dict[int, list[int]], entropy: Random) -> Transfer:
    ledger = EGP if entropy.random() < 0.8 else USD
    debit, credit = entropy.sample(by_ledger[ledger], 2)
    return Transfer(
        id=identifier,
        debit_account_id=debit,
        credit_account_id=credit,
        amount=entropy.randrange(1, 100_000),
        user_data_128=entropy.getrandbits(128) if entropy.random() < 0.1 else 0,
        user_data_64=entropy.getrandbits(40),
        user_data_32=entropy.getrandbits(20),
        ledger=ledger,
        code=1 + entropy.randrange(5),
        effective_at=to_ns(START) - entropy.randrange(10**15) if entropy.random() < 0.1 else 0,
    )


def _holds(storage: Storage, books: Ledger, clock: Clock, ids: list[int]) -> None:
    """Holds that are open, posted whole and in part, voided, expired, and about to expire."""
    debit, credit = ids[0], ids[1]
    holds = [
        Transfer(
            id=_ID + 5000 + number,
            debit_account_id=debit,
            credit_account_id=credit,
            amount=1000 + number,
            timeout={4: 1, 5: 1_000_000}.get(number % 6, 0),
            ledger=EGP,
            code=7,
            flags=TransferFlags.PENDING,
        )
        for number in range(24)
    ]
    ends = [
        Transfer(id=_ID + 6000 + number, pending_id=hold.id, amount=amount, flags=flag)
        for number, hold in enumerate(holds)
        for kind, flag, amount in (
            (1, TransferFlags.POST_PENDING, 2**63 - 1),
            (2, TransferFlags.POST_PENDING, 500),
            (3, TransferFlags.VOID_PENDING, 0),
        )
        if number % 6 == kind
    ]
    pair = [
        Transfer(
            id=_ID + 7001 + second,
            debit_account_id=credit if second else debit,
            credit_account_id=debit if second else credit,
            amount=5,
            ledger=EGP,
            code=1,
            flags=0 if second else TransferFlags.LINKED,
        )
        for second in (0, 1)
    ]

    def verb(tx: Tx, batch: list[Transfer]) -> None:
        results = books.post_transfers(tx, batch, now_ns=to_ns(clock.now()))
        assert set(results) == {TransferResult.OK}, results

    for batch in (holds, ends, pair):
        storage.write_now(lambda tx, b=batch: verb(tx, b))  # type: ignore[misc]
    clock.now()
    storage.write_now(lambda tx: books.expire_pending(tx, now_ns=to_ns(clock.now())))


def _fill_mirror(storage: Storage, books: Ledger, clock: Clock) -> None:
    """A snapshot of a primary, events after it, holds of payments that were decided here."""
    mirror = Mirror.open(
        "bank", storage=storage, ledger=books, settings=MirrorSettings(rounding_tolerance_minor=1)
    )
    names = [f"وفاء-{number}" if number % 2 else f"EG{number:04}" for number in range(30)]
    balances = {name: 10_000 * (index + 1) for index, name in enumerate(names)}
    lines = [
        SnapshotLine(account=name, currency="EGP", balance_minor=balance, last_seq=index)
        for index, (name, balance) in enumerate(balances.items())
    ]
    asyncio.run(mirror.load_snapshot(lines, last_seq=100, as_of=START, now=clock.now()))
    events = []
    for seq in range(101, 161):
        name = names[seq % len(names)]
        amount = -50 * (seq % 7) - 1
        balances[name] += amount + (seq == 130)
        events.append(
            Event(seq=seq, event_id=f"E{seq}", account=name, amount_minor=amount, currency="EGP",
                  balance_after_minor=balances[name], booked_at=START + timedelta(seconds=seq),
                  kind="transfer")
        )  # fmt: skip
    asyncio.run(mirror.take(events, clock.now()))
    other = HELD[:-1] + "B"

    def holds(tx: Tx) -> None:
        mirror.hold(tx, HELD, names[0], 700, now=clock.now())
        mirror.hold(tx, other, names[1], 800, now=clock.now())

    storage.write_now(holds)
    storage.write_now(lambda tx: mirror.release(tx, other, now=clock.now()))


def _fill_wallet(storage: Storage, books: Ledger, clock: Clock) -> None:
    """Wallets with events, payments and advices of all outcomes."""
    entropy = Random(3)
    core = Wallet(storage, books, World(clock, TimeOrderedIds(clock, entropy), entropy))

    async def work() -> None:
        names = [f"w{number}" for number in range(12)]
        await core.open_many([OpenAccount(provider="vfc", currency="EGP", account=name) for name in names])
        await core.book_many([Booking(account=name, amount_minor=5_000) for name in names])
        await core.freeze("w11")
        for number in range(20):
            request = PaymentRequest(
                payment_id=f"p{number}", kind=PaymentKind.TRANSFER, currency="EGP", requested_at=START,
                debit_account=names[number % 12], credit_account=names[(number + 3) % 12],
                amount_minor=400 * number + 1)  # fmt: skip
            await core.pay(request)
            await core.advise(
                AdviceRequest(
                    advice_id=f"a{number}", payment_id=f"p{number}" if number % 3 else f"q{number}",
                    kind=request.kind, debit_account=request.debit_account,
                    credit_account=request.credit_account, amount_minor=request.amount_minor,
                    currency="EGP", decided_at=START)
            )  # fmt: skip

    asyncio.run(work())


def _fill_standin(tx: Tx) -> None:
    """Payments, advices in every state, frozen accounts and changes of mode, row by row."""
    table = {one.name: one for one in standin.TABLES}
    states = ["waiting", "applied", "already_applied", "parked", "written_off"]
    for number in range(25):
        payment_id = f"01KAQZ00000000000000000{number:03}"
        common: dict[str, Any] = {
            "payment_id": payment_id, "institution": "bank", "kind": "transfer",
            "debit_account": f"EG{number:04}", "credit_account": "EG0002", "amount_minor": 100 + number,
            "currency": "EGP", "decided_at": to_ns(START) + number, "bucket": number % 100}  # fmt: skip
        tx.execute(
            insert(table["payments"]).values(
                **common, key=f"key {number}", body_digest=bytes([number]) * 16, requested_at=to_ns(START),
                status=("pending", "approved", "declined")[number % 3], code="" if number % 3 else "limit",
                decided_by=("primary", "stand-in")[number % 2])
        )  # fmt: skip
        state = states[number % 5]
        settled = {"proposed_action": "write_off", "proposed_by": "mona", "settled_by": "omar"}
        tx.execute(
            insert(table["advices"]).values(
                **common, advice_id=payment_id[:-3] + f"{number + 500}", state=state, code="",
                attempts=number, seq=number if "applied" in state else None,
                **(settled if state == "written_off" else {}))
        )  # fmt: skip
    tx.execute(insert(table["frozen_accounts"]).values(institution="bank", account="EG0007", since=5))
    for mode, reason in (("standing_in", "unreachable"), ("recovering", "healthy"), ("normal", "healthy")):
        tx.execute(
            insert(table["mode_changes"]).values(
                institution="bank", capability="payment", mode=mode, reason=reason, share_percent=10,
                at=to_ns(START), evidence="probe: ٣ of 3 failed")
        )  # fmt: skip


def grow(storage: Storage) -> Ledger:
    """Add to a filled database what the first release could not keep: something in every table of today."""
    books, clock = Ledger(storage, cache_accounts=1000), Clock()
    clock.moment += timedelta(days=1)
    names = Chart(storage, books)
    account, other = _ID + 1, _ID + 2

    def verb(tx: Tx) -> None:
        assert books.set_terms(tx, account, Terms(balance_min=-1_000_000, debits_frozen=True), now_ns=now())
        assert books.set_terms(tx, account, Terms(overdraft=5), now_ns=now())
        assert books.annotate_account(tx, account, {"branch": "القاهرة"}, now_ns=now())
        assert books.annotate_transfer(tx, _ID + 1000, {"channel": "atm"}, now_ns=now())
        assert names.name_account(tx, "assets:cash", account)
        missing = Transfer(id=_ID + 9000, debit_account_id=account, credit_account_id=12345, amount=1,
                           ledger=EGP, code=1)  # fmt: skip
        post = Transfer(id=_ID + 9001, pending_id=_ID + 5000, amount=9, flags=TransferFlags.POST_PENDING)
        plain = Transfer(id=_ID + 9002, debit_account_id=other, credit_account_id=account, amount=1,
                         ledger=EGP, code=1)  # fmt: skip
        ends = [post, plain]
        burnt, *ended = books.post_transfers(tx, [missing, *ends], now_ns=now())
        assert burnt is not TransferResult.OK
        assert ended == [TransferResult.OK] * 2

    def now() -> int:
        return to_ns(clock.now())

    storage.write_now(verb)
    entropy = Random(5)
    seen.fill(storage, World(clock, TimeOrderedIds(clock, entropy), entropy))
    return books


def answers(storage: Storage, books: Ledger) -> dict[str, Any]:
    """What can be asked of the filled database that must never change, whatever its layout."""
    ids = [_ID + number for number in (*range(1, ACCOUNTS + 1), 999)]
    mirror = Mirror.open("bank", storage=storage, ledger=books, settings=MirrorSettings())
    balances = {name: mirror.balance(name) for name in mirror.accounts()}
    entropy = Random(1)
    core = Wallet(storage, books, World(Clock(), TimeOrderedIds(Clock(), entropy), entropy))
    return {
        "accounts": {hex(one): _account(books.account(one)) for one in ids},
        "statements": {hex(one): [_entry(entry) for entry in books.statement(one)] for one in ids[::7]},
        "as_of": {
            hex(one): [
                _account(books.balance_as_of(one, to_ns(START + timedelta(seconds=second))))
                for second in range(0, 24, 3)
            ]
            for one in ids[::5]
        },
        "pendings": {hex(_ID + 5000 + one): _text(books.pending(_ID + 5000 + one)) for one in range(24)},
        "held": _text(books.pending(id_from_text(HELD))),
        "totals": [
            [total.ledger, total.debits_pending, total.debits_posted, total.credits_pending,
             total.credits_posted, total.accounts, total.records]
            for total in books.totals()
        ],
        "mirror": {
            name: [found.balance_minor, found.held_minor, found.last_seq]
            for name, found in balances.items()
            if found is not None
        },
        "wallet": {f"w{one}": core.balance(f"w{one}").balance_minor for one in range(12)},
    }  # fmt: skip


def without_positions(found: dict[str, Any]) -> dict[str, Any]:
    """The answers but the positions in the journal, which another history of the same books may shift."""
    statements = {one: [entry[1:] for entry in entries] for one, entries in found["statements"].items()}
    return {**found, "statements": statements}


def _text(status: object) -> str | None:
    return None if status is None else str(status)


def _account(found: Account | None) -> list[int] | None:
    if found is None:
        return None
    return [found.ledger, found.code, found.flags, found.user_data_128, found.user_data_64,
            found.user_data_32, found.debits_pending, found.debits_posted, found.credits_pending,
            found.credits_posted, found.timestamp]  # fmt: skip


def _entry(entry: ledger.Entry) -> list[Any]:
    transfer = entry.transfer
    return [entry.seq, entry.side, hex(transfer.id), hex(transfer.debit_account_id),
            hex(transfer.credit_account_id), transfer.amount, hex(transfer.pending_id),
            hex(transfer.user_data_128), transfer.user_data_64, transfer.user_data_32, transfer.timeout,
            transfer.ledger, transfer.code, transfer.flags, transfer.effective_at, transfer.timestamp,
            entry.debits_pending, entry.debits_posted, entry.credits_pending,
            entry.credits_posted]  # fmt: skip


def main(target: str, former: str) -> None:
    """Write what this release leaves behind: what the former one left, migrated and grown."""
    stem = Path(target)
    file = stem.with_suffix(".tmp")
    connection = sqlite3.connect(file)
    connection.executescript(Path(former).with_suffix(".sql").read_text())
    connection.close()
    migrate(f"sqlite:///{file}", backup=False)
    storage = Storage.open(f"sqlite:///{file}", tables=TABLES, inline=True)
    books = grow(storage)
    stem.with_suffix(".json").write_text(json.dumps(answers(storage, books), ensure_ascii=False) + "\n")
    storage.close()
    connection = sqlite3.connect(file)
    stem.with_suffix(".sql").write_text("\n".join(connection.iterdump()) + "\n")
    connection.close()
    for rest in stem.parent.glob(file.name + "*"):
        rest.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])

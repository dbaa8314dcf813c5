"""The rules and the auditor's own books over stories drawn by chance, until every code was the answer."""

from collections import Counter
from random import Random

import msgspec

from dawam.ledger import Account, AccountResult, Terms, Transfer, TransferResult

from .plain_books import (
    IMPORTED,
    IMPORTED_ACCOUNT,
    INT_MAX,
    LINKED,
    MAX,
    PENDING,
    POST,
    SECOND,
    VOID,
    PlainBooks,
)
from .rules_alone import RulesAlone

replace = msgspec.structs.replace
STARTS = (1_700_000_000 * SECOND, 6_000_000_000 * SECOND)  # from the second on, long timeouts overflow
STEPS = (0, 1, 10, 60, 60, SECOND, 3 * SECOND, -5)
AGREED = (
    *[Terms()] * 6,
    Terms(balance_min=-30),
    Terms(balance_min=5, balance_max=80),
    Terms(balance_max=60),
    Terms(overdraft=10),
    Terms(overdraft=40, balance_min=-20),
    Terms(debits_frozen=True),
    Terms(credits_frozen=True),
)
WRONG_ACCOUNT = {
    "id": (0, INT_MAX, 1, 2, 3),
    "ledger": (0, 504, 818),
    "code": (0, 2),
    "flags": (0, 1, 6, 8, 16, 32, 64, 4096),
    "user_data_128": (1, INT_MAX),
    "user_data_64": (1, 2**64 - 1),
    "user_data_32": (1,),
    "debits_pending": (1,),
    "debits_posted": (1,),
    "credits_pending": (1,),
    "credits_posted": (1,),
    "timestamp": (0, 1, -1, MAX + 1),
    "terms": (Terms(), Terms(overdraft=9)),
}
WRONG_TRANSFER = {
    "id": (0, INT_MAX, 1, 2, 3),
    "debit_account_id": (0, INT_MAX, 98, 1, 2, 3),
    "credit_account_id": (0, INT_MAX, 99, 1, 2, 3),
    "amount": (0, 1, MAX, MAX - 5, MAX // 2, MAX + 1),
    "pending_id": (0, INT_MAX, 97, 1, 2, 3),
    "user_data_128": (1, INT_MAX),
    "user_data_64": (1, 2**64 - 1),
    "user_data_32": (1,),
    "timeout": (0, 1, 2**32 - 1),
    "ledger": (0, 504, 818),
    "code": (0, 2),
    "flags": (*(1 << bit for bit in range(10)), 2 | 64, 2 | 128, 4 | 8, 16 | 32),
    "effective_at": (0, 7),
    "timestamp": (0, 1, -1, MAX + 1),
}


class Teller(Random):
    """Draws verbs that are likely to be possible, and now and then breaks one in a field or two."""

    def __init__(self, seed):
        super().__init__(seed)
        self.fresh = 10
        self.is_rich = seed % 4 == 3  # amounts that overflow, and nothing that stops them first

    def events(self, books, now):
        opens = len(books.accounts) < 6 or self.random() < 0.15
        draw = self.account if opens else self.transfer
        events = [draw(books) for _ in range(self.randint(1, 5))]
        if self.random() < 0.25:
            events = self.imported(events, books, now, IMPORTED_ACCOUNT if opens else IMPORTED)
        wrong = WRONG_ACCOUNT if opens else WRONG_TRANSFER
        return opens, [self.broken(event, wrong) for event in events]

    def account(self, books):
        if books.accounts and self.random() < 0.3:
            there = self.choice(list(books.accounts.values()))
            fields = {name: there[name] for name in ("id", "ledger", "code", "flags", "user_data_64")}
            return Account(**fields, terms=Terms(**there["terms"]))
        flags = self.choice((0, 0, 0, 0, 1, 2, 4, 8, self.choice((0, 0, 32))))
        ledger, agreed = self.choice((818,) * 9 + (504,)), self.choice(AGREED)
        if self.is_rich:
            flags, agreed = 0, Terms()
        return Account(len(books.accounts) + 1, ledger, 1, flags, terms=agreed)

    def transfer(self, books):
        self.fresh = fresh = self.fresh + 1
        kind = self.random()
        holds = [held["id"] for held in books.transfers.values() if held["flags"] & PENDING]
        if kind < 0.2 and books.transfers:
            there = self.choice(list(books.transfers.values()))
            fields = {name: value for name, value in there.items() if name not in ("timestamp", "status")}
            return Transfer(**{**fields, "amount": there["amount"] + self.choice((0, 0, 0, 3))})
        if kind < 0.45 and holds:
            flags, amount = self.choice(((POST, MAX), (POST, 3), (VOID, 0), (VOID, 0), (VOID | LINKED, 0)))
            hold = self.choice((*holds[-6:], fresh))
            return Transfer(fresh, amount=amount, pending_id=hold, flags=flags)
        one, other = self.sample(list(books.accounts), 2)
        flags = self.choice((0, 0, 0, 1, 2, 2, 16, 32, 48, 18, 2 | self.choice((0, 0, 64, 128))))
        timeout = self.choice((0, 1, 2)) if flags & PENDING else 0
        amount = self.choice((9, MAX // 2, MAX // 3) if self.is_rich else (0, 4, 9, 25, 60))
        return Transfer(fresh, one, other, amount, timeout=timeout, ledger=818, code=1, flags=flags)

    def imported(self, events, books, now, flag):
        stamp = max(books.account_stamps + books.transfer_stamps) - self.choice((-1, -1, -1, 0, 3, 30))
        dated = []
        for event in events:
            stamp += self.choice((1, 1, 2, 0))
            timeless = {"timeout": 0} if flag == IMPORTED and self.random() < 0.9 else {}
            asked = self.choice((stamp, stamp, stamp, stamp, now + 9))
            dated.append(replace(event, flags=event.flags | flag, timestamp=asked, **timeless))
        return dated

    def broken(self, event, wrong):
        for _ in range(self.choice((0, 0, 0, 1, 1, 2))):
            field = self.choice(list(wrong))
            event = replace(event, **{field: self.choice(wrong[field])})
        return event


def tell(seed, seen):
    """One story of 150 verbs; counts the answers."""
    teller, rules, books = Teller(seed), RulesAlone(), PlainBooks()
    now = STARTS[seed % 2]
    for _ in range(150):
        now += teller.choice(STEPS)
        opens, events = teller.events(books, now)
        rows = [msgspec.to_builtins(event) for event in events]
        ask, expect, codes = (
            (rules.create_accounts, books.create_accounts, AccountResult)
            if opens
            else (rules.post_transfers, books.post_transfers, TransferResult)
        )
        done = ask(events, now)
        assert [result.name.lower() for result in done] == expect(rows, now), (seed, events)
        seen.update((codes, result) for result in done)
    assert {number: rules.account(number) for number in rules.accounts} == books.accounts, seed
    for ident, there in books.transfers.items():
        kept = {**msgspec.to_builtins(rules.transfer(ident)), "status": rules.pending(ident)}
        assert kept == there, seed
    assert rules.burnt == set(books.burnt)


def test_the_rules_agree_with_the_auditor_until_every_code_was_the_answer():
    seen = Counter()
    for seed in range(60):
        tell(seed, seen)
    every = {(codes, code) for codes in (AccountResult, TransferResult) for code in codes}
    assert {code.name for _, code in every - seen.keys()} == set()

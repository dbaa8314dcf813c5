"""One call of accounts to be opened, decided in order."""

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from dawam.ledger.model import Account, AccountFlags
from dawam.ledger.ranges import check_account
from dawam.ledger.results import AccountResult
from dawam.ledger.rules import LINKED, judge_account
from dawam.storage import Tx

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_IMPORTED = int(AccountFlags.IMPORTED)
_OK = AccountResult.OK
_NO_TIMESTAMPS: frozenset[int] = frozenset()


class Opening:
    """The accounts of one call."""

    def __init__(self, books: "Books", tx: Tx, now_ns: int, taken: Container[int] = _NO_TIMESTAMPS) -> None:
        self._books = books
        self._tx = tx
        self._now_ns = now_ns
        self._taken = taken
        self._importing = False

    def open(self, accounts: Sequence[Account]) -> list[AccountResult]:
        """Decide all of them in order; one result each."""
        for account in accounts:
            check_account(account)
        self._importing = bool(accounts) and bool(accounts[0].flags & _IMPORTED)
        self._books.load(self._tx, [account.id for account in accounts])
        results: list[AccountResult] = []
        while len(results) < len(accounts):
            start = len(results)
            results += [_OK] * self._open_many(accounts, start)
            start = len(results)
            if start == len(accounts):
                break
            if accounts[start].flags & LINKED:
                results += self._open_chain(accounts, start)
            else:
                results.append(self._open_one(accounts[start]))
        self._books.write_ahead(self._tx)
        return results

    def _open_many(self, accounts: Sequence[Account], start: int) -> int:
        """Open as many as follow each other that are new, single, and not refused; returns how many."""
        books = self._books
        if self._importing:
            return 0
        first = books.next_timestamp(self._now_ns)
        known: set[int] = set()
        taken: list[Account] = []
        for account in accounts[start:]:
            is_new = account.id not in books.cache.slots and account.id not in known
            if account.flags & LINKED or not is_new or judge_account(account, None, timestamp=first):
                break
            known.add(account.id)
            taken.append(account)
        if taken:
            books.open_accounts(taken, range(first, first + len(taken)))
        return len(taken)

    def _open_chain(self, accounts: Sequence[Account], start: int) -> list[AccountResult]:
        end = start
        while end < len(accounts) and accounts[end].flags & LINKED:
            end += 1
        is_open = end == len(accounts)
        chain = accounts[start:end] if is_open else accounts[start : end + 1]
        mark = self._books.mark()
        failed, reason = None, _OK
        for position, account in enumerate(chain):
            last_of_open = is_open and position == len(chain) - 1
            reason = AccountResult.LINKED_EVENT_CHAIN_OPEN if last_of_open else self._open_one(account)
            if reason is not _OK:
                failed = position
                break
        if failed is None:
            return [_OK] * len(chain)
        self._books.go_back(mark)
        results = [AccountResult.LINKED_EVENT_FAILED] * len(chain)
        results[failed] = reason
        if is_open:
            results[-1] = AccountResult.LINKED_EVENT_CHAIN_OPEN
        return results

    def _open_one(self, account: Account) -> AccountResult:
        books = self._books
        slot = books.cache.slots.get(account.id)
        timestamp = books.next_timestamp(self._now_ns)
        result = judge_account(
            account,
            None if slot is None else books.cache.row(slot),
            timestamp=timestamp,
            importing=self._importing,
            last=books.head.account_ns,
            taken=self._taken,
        )
        if result is _OK:
            books.open_accounts([account], [account.timestamp or timestamp])
        return result

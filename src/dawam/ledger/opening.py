"""One batch of accounts to be opened: decided in order, sealed into the journal, written at once."""

from collections.abc import Sequence
from typing import Any

from dawam.kernel import InvalidInput
from dawam.ledger import store
from dawam.ledger.journal import id_bytes, seal_account
from dawam.ledger.model import NO_TERMS, Account, AccountRow, Head
from dawam.ledger.ranges import check_account
from dawam.ledger.results import AccountResult
from dawam.ledger.rules import LINKED, judge_account
from dawam.ledger.rules.bits import IMPORTED_ACCOUNT
from dawam.storage import Tx


class Opening:
    """The accounts of one call. `known` are the accounts there are, by id; opened ones are added."""

    def __init__(self, head: Head, now_ns: int, known: dict[int, AccountRow]) -> None:
        self._head = head
        self._now_ns = now_ns
        self._known = known
        self._rows: list[tuple[Any, ...]] = []
        self.opened: dict[int, AccountRow] = {}

    def open(self, accounts: Sequence[Account]) -> list[AccountResult]:
        """Decide all of them in order; one result each."""
        results: list[AccountResult] = []
        while len(results) < len(accounts):
            start = len(results)
            if accounts[start].flags & LINKED:
                results.extend(self._open_chain(accounts, start))
            else:
                results.append(self._open_one(accounts[start]))
        return results

    def save(self, tx: Tx) -> None:
        """Write the rows."""
        if self._rows:
            store.add_accounts(tx, self._rows)

    def head(self) -> Head:
        """Where the journal ends after this batch."""
        return self._head

    def _open_chain(self, accounts: Sequence[Account], start: int) -> list[AccountResult]:
        end = start
        while end < len(accounts) and accounts[end].flags & LINKED:
            end += 1
        is_open = end == len(accounts)
        chain = accounts[start:end] if is_open else accounts[start : end + 1]
        head, length = self._head, len(self._rows)
        results: list[AccountResult] = []
        for position, account in enumerate(chain):
            if is_open and position == len(chain) - 1:
                results.append(AccountResult.LINKED_EVENT_CHAIN_OPEN)
                break
            results.append(self._open_one(account))
            if results[-1] is not AccountResult.OK:
                break
        if results[-1] is AccountResult.OK:
            return results
        self._head = head
        while len(self._rows) > length:
            self._rows.pop()
            self.opened.popitem()
        failed = [AccountResult.LINKED_EVENT_FAILED] * len(chain)
        failed[len(results) - 1] = results[-1]
        if is_open:
            failed[-1] = AccountResult.LINKED_EVENT_CHAIN_OPEN
        return failed

    def _open_one(self, account: Account) -> AccountResult:
        check_account(account)
        if account.user_data_64 >> 63:  # these columns are signed
            raise InvalidInput("account_field_out_of_range", field="user_data_64", bits=63)
        existing = self.opened.get(account.id) or self._known.get(account.id)
        if account.flags & IMPORTED_ACCOUNT or account.terms != NO_TERMS:  # not kept by these tables
            return AccountResult.RESERVED_FLAG
        result = judge_account(account, existing, timestamp=max(self._now_ns, self._head.timestamp + 1))
        if result is AccountResult.OK:
            self._record(account)
        return result

    def _record(self, account: Account) -> None:
        head = self._head
        number, timestamp = head.seq + 1, max(self._now_ns, head.timestamp + 1)
        row = (
            number,
            id_bytes(account.id),
            account.ledger,
            account.code,
            account.flags,
            id_bytes(account.user_data_128),
            account.user_data_64,
            account.user_data_32,
            timestamp,
        )
        seal = seal_account(head.seal, row)
        self._rows.append((*row, bytearray(seal)))
        self._head = Head(number, seal, timestamp, head.max_id, head.next_expiry)
        self.opened[account.id] = AccountRow(
            number,
            account.id,
            account.ledger,
            account.code,
            account.flags,
            account.user_data_128,
            account.user_data_64,
            account.user_data_32,
            timestamp,
        )

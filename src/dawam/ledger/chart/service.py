"""The chart's verbs and queries."""

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from dawam.kernel import ID_MAX, Conflict, NotFound, id_to_text
from dawam.ledger.chart import store
from dawam.ledger.chart.model import (
    Child,
    Named,
    SubtreeTotal,
    child_of,
    valid_branch,
    valid_path,
)
from dawam.ledger.model import Account
from dawam.storage import Rows, Storage, Tx

_END = "~"  # after every character of a path


class Books(Protocol):
    """What the chart asks of the ledger."""

    def account(self, account_id: int) -> Account | None:
        """The account as committed."""
        ...

    def account_in(self, tx: Tx, account_id: int) -> Account | None:
        """The account as the open transaction sees it."""
        ...


class Chart:
    """The paths of a ledger's accounts. Verbs take the open transaction; queries see what is committed."""

    def __init__(self, storage: Storage, ledger: Books) -> None:
        self._storage = storage
        self._ledger = ledger

    # Verbs

    def name_account(self, tx: Tx, path: str, account_id: int) -> bool:
        """Give an account its path; False when it already has this one.

        Raises: InvalidInput `chart_path_malformed`; NotFound `chart_account_unknown`; Conflict
        `chart_path_taken`, `chart_account_named`.
        """
        valid_path(path)
        if not 0 < account_id < ID_MAX or self._ledger.account_in(tx, account_id) is None:
            raise NotFound("chart_account_unknown", path=path)
        there = store.account_at(tx, path)
        if there == account_id:
            return False
        if there is not None:
            raise Conflict("chart_path_taken", path=path)
        named = store.path_of(tx, account_id)
        if named is not None:
            raise Conflict("chart_account_named", account=id_to_text(account_id), path=named)
        store.add(tx, path, account_id)
        return True

    def find_in(self, tx: Tx, path: str) -> int | None:
        """The account of a path as the open transaction sees it.

        Raises: InvalidInput `chart_path_malformed`.
        """
        return store.account_at(tx, valid_path(path))

    # Queries

    def find(self, path: str) -> int | None:
        """The account of a path.

        Raises: InvalidInput `chart_path_malformed`.
        """
        valid_path(path)
        return self._storage.read(lambda rows: store.account_at(rows, path))

    def path_of(self, account_id: int) -> str | None:
        """The path of an account; None when it has none."""
        if not 0 < account_id < ID_MAX:
            return None
        return self._storage.read(lambda rows: store.path_of(rows, account_id))

    def children(self, path: str) -> list[Child]:
        """What stands directly below a path or a root, in order; it costs their number, not the subtree's.

        Raises: InvalidInput `chart_path_malformed`.
        """
        valid_branch(path)
        return self._storage.read(lambda rows: _children(rows, path))

    def lines(self, path: str | None = None) -> Iterator[Named]:
        """Every line of the chart, or those at and below a path, in the order of the paths.

        Read page by page: what is named meanwhile may be among them or not.
        Raises: InvalidInput `chart_path_malformed`, at the first step.
        """
        if path is None:
            yield from self._pages(after="", beyond=_END)
            return
        own = None if path == valid_branch(path).partition(":")[0] else self.find(path)
        if own is not None:
            yield Named(path, own)
        yield from self._pages(after=f"{path}:", beyond=f"{path};")

    def totals(self, path: str) -> list[SubtreeTotal]:
        """The sums over the accounts at and below a path or a root, one a ledger, by its number.

        It reads each of them; a transfer committed meanwhile may be in one account's counters and not yet in
        the other's. Raises: InvalidInput `chart_path_malformed`.
        """
        sums: dict[int, SubtreeTotal] = {}
        for line in self.lines(path):
            account = self._ledger.account(line.account_id)
            if account is not None:
                before = sums.get(account.ledger) or SubtreeTotal(account.ledger)
                sums[account.ledger] = before.plus(account)
        return [sums[number] for number in sorted(sums)]

    def _pages(self, *, after: str, beyond: str) -> Iterator[Named]:
        while found := self._storage.read(partial(store.page, after=after, beyond=beyond)):
            yield from found
            after = found[-1].path


def _children(rows: Rows, branch: str) -> list[Child]:
    """Page by page; where a page ends inside a child, the next begins after all that is below that child."""
    found: dict[str, Child] = {}
    after, beyond = f"{branch}:", f"{branch};"
    while page := store.page(rows, after=after, beyond=beyond):
        for line in page:
            path = child_of(branch, line.path)
            known = found.get(path) or Child(path, None, is_branch=False)
            own = line.path == path
            found[path] = Child(
                path,
                line.account_id if own else known.account_id,
                is_branch=known.is_branch or not own,
            )
        last = page[-1].path
        child = child_of(branch, last)
        after = last if last == child else f"{child};"
    return [found[path] for path in sorted(found)]

"""The past: a balance as of a moment, a page of a statement; in a small ledger and a large one, by turns.

Pages are full ones in both: of accounts, and before entries, that have fifty entries to show. `lookup` is the
least that any answer must do, once for a balance and once an entry for a page: read one block, wherever it
is, by its primary key. What it takes longer in the large ledger is what another size alone costs.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from random import Random

import numpy as np

from dawam.ledger import Transfer
from dawam.ledger.store import block_at
from ledger_parts.books import Books, read_through, url_of
from ledger_parts.figures import Section, by_turns, percentile, told
from ledger_parts.run import Run
from ledger_parts.sizes import Sizes
from ledger_parts.transfers import Source, account_id, in_batches

PAGE = 50
_MS, _WORSE = 2.0, 1.5
_TURNS = 5
_KEPT_ENTRIES = 500
_LOOKUP = "lookup"
_QUESTIONS = {
    _LOOKUP: "one block by its primary key, by chance",
    "as_of": "balance as of a past moment",
    "as_of_hot": "balance of the hot account as of a past moment",
    "page": "newest page of 50",
    "page_past": "page of 50 before a past entry",
    "page_past_hot": "page of 50 of the hot account before a past entry",
}


class Entries:
    """How many entries each account has, and some entries before which there is a full page."""

    def __init__(self, seed: int, hot: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._hot = hot
        self._counts = np.zeros(hot + 1, np.int64)
        self._found: dict[bool, list[np.ndarray]] = {False: [], True: []}

    def take(self, transfers: Sequence[Transfer], first_seq: int) -> None:
        """Transfers whose records stand from a position on."""
        pairs = [(each.debit_account_id >> 64, each.credit_account_id >> 64) for each in transfers]
        numbers = np.array(pairs).ravel()
        seqs = first_seq + np.arange(len(numbers)) // 2
        for hot, found in self._found.items():
            places = np.flatnonzero((self._counts[numbers] >= PAGE) & ((numbers == self._hot) == hot))
            places = self._chance.permutation(places)[:_KEPT_ENTRIES]
            found.append(np.stack((numbers[places], seqs[places]), 1))
        self._counts += np.bincount(numbers, minlength=len(self._counts))

    def accounts(self) -> list[int]:
        """The accounts that have a full page, the hot one left out."""
        return np.flatnonzero(self._counts[: self._hot] >= PAGE).tolist()

    def before(self, *, hot: bool) -> list[tuple[int, int]]:
        """Account and position of entries before which there is a full page."""
        return [(number, seq) for number, seq in np.concatenate(self._found[hot]).tolist()]


class Past:
    """A ledger with a past, questions to it by chance, and how long each answer took."""

    def __init__(self, url: str, transfers: int, sizes: Sizes) -> None:
        self._count = sizes.busy_accounts
        self._chance = Random(sizes.seed)
        self._questions = max(sizes.questions // _TURNS, 1)
        self.took: dict[str, list[float]] = {name: [] for name in _QUESTIONS}
        self.books = Books(url)
        self.books.open_accounts(self._count + 1)
        self._opened_ns = self.books.now_ns
        entries = self._fill(transfers, sizes)
        self._last_seq = self.books.last_seq()
        self._full = entries.accounts()
        self._before, self._before_hot = entries.before(hot=False), entries.before(hot=True)
        if not (self._full and self._before and self._before_hot):
            raise SystemExit(f"no account has a page of {PAGE} among {transfers:,} transfers")
        self._check()

    def turn(self) -> float:
        """Ask some questions of each kind, kinds in turn. Returns nothing of use: see `took`."""
        makers = {name: getattr(self, f"_{name}") for name in _QUESTIONS}
        questions = [(name, makers[name]()) for _ in range(self._questions) for name in _QUESTIONS]
        for name, question in questions:
            started = time.perf_counter()
            answer = question()
            self.took[name].append(time.perf_counter() - started)
            if isinstance(answer, list) and len(answer) != PAGE:
                raise SystemExit(f"a page has {len(answer)} entries")
        return 0.0

    def ms(self, name: str, share: float = 0.5) -> float:
        """Milliseconds within which so many were answered, without the turn that does not count."""
        return percentile(self.took[name][self._questions :], share) * 1e3

    def _fill(self, total: int, sizes: Sizes) -> Entries:
        source, entries = Source(sizes.seed, self._count), Entries(sizes.seed, self._count + 1)
        done = 0
        for size in in_batches(total, sizes.batch):
            transfers = source.with_hot(size)
            first_seq = self.books.last_seq() + 1
            self.books.post(transfers)
            entries.take(transfers, first_seq)
            done += size
            told(f"{done:,} of {total:,} transfers posted", 10)
        return entries

    def _lookup(self) -> Callable[[], object]:
        seq = self._chance.randint(1, self._last_seq)
        return lambda: self.books.storage.read(lambda rows: block_at(rows, seq))

    def _as_of(self) -> Callable[[], object]:
        return self._balance(self._chance.randint(1, self._count))

    def _as_of_hot(self) -> Callable[[], object]:
        return self._balance(self._count + 1)

    def _page(self) -> Callable[[], object]:
        account = account_id(self._chance.choice(self._full))
        return lambda: self.books.ledger.statement(account, limit=PAGE)

    def _page_past(self) -> Callable[[], object]:
        return self._page_before(*self._chance.choice(self._before))

    def _page_past_hot(self) -> Callable[[], object]:
        return self._page_before(*self._chance.choice(self._before_hot))

    def _balance(self, number: int) -> Callable[[], object]:
        account, moment = account_id(number), self._chance.randint(self._opened_ns, self.books.now_ns)
        return lambda: self.books.ledger.balance_as_of(account, moment)

    def _page_before(self, number: int, seq: int) -> Callable[[], object]:
        account = account_id(number)
        return lambda: self.books.ledger.statement(account, before=seq, limit=PAGE)

    def _check(self) -> None:
        """What a page says of the past must be what the past itself says."""
        number, seq = self._before[0]
        account = account_id(number)
        for entry in self.books.ledger.statement(account, before=seq, limit=PAGE):
            then = self.books.ledger.balance_as_of(account, entry.transfer.timestamp)
            if then is None or then.balance_minor != entry.balance_minor:
                raise SystemExit(f"the past of account {number} contradicts its statement at {entry.seq}")


def _measured(title: str, urls: tuple[str, str], counts: tuple[int, int], sizes: Sizes) -> Section:
    with ExitStack() as stack:
        pasts = []
        for url, count in zip(urls, counts, strict=True):
            pasts.append(Past(url, count, sizes))
            stack.callback(pasts[-1].books.close)
        small, large = pasts
        for url in urls:
            read_through(url)
        by_turns({"small": small.turn, "large": large.turn}, turns=_TURNS)
    section = Section(f"{title}, history: {counts[0]:,} and {counts[1]:,} transfers")
    for name, what in _QUESTIONS.items():
        limits = ({}, {}) if name == _LOOKUP else ({"at_most": _MS}, {"at_most": _WORSE})
        section.add(f"{name}_ms", f"{what}, median", large.ms(name), "ms", **limits[0])
        section.add(f"{name}_p99_ms", "  99 in 100", large.ms(name, 0.99), "ms")
        section.add(f"{name}_small_ms", "  median in the small ledger", small.ms(name), "ms")
        growth = large.ms(name) / small.ms(name)
        section.add(f"{name}_large_to_small", "  large to small", growth, "", **limits[1])
    return section


def embedded(run: Run) -> Section:
    """On SQLite."""
    sizes = run.sizes
    with run.room("history") as room:
        urls = url_of(room, "small"), url_of(room, "large")
        return _measured("Embedded", urls, (sizes.small, sizes.history), sizes)


def on_postgresql(run: Run) -> Section:
    """On PostgreSQL."""
    sizes = run.sizes
    if run.server.missing:
        return Section("PostgreSQL, history", skipped=run.server.missing)
    if not sizes.history_postgresql:
        return Section("PostgreSQL, history", skipped="with --full only")
    urls = run.server.url(), run.server.url()
    section = _measured("PostgreSQL", urls, (sizes.small_postgresql, sizes.history_postgresql), sizes)
    for url in urls:
        run.server.drop(url)
    return section

"""Batches: posted by the ledger, and against the same transfers in a table that does nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from statistics import median

from dawam.ledger import Transfer
from ledger_parts.bare import Bare
from ledger_parts.books import Books, url_of
from ledger_parts.figures import Section, by_turns, ratio
from ledger_parts.rows import GIVEN, KEPT, Row, given, kept, tuned
from ledger_parts.run import Run
from ledger_parts.sizes import Sizes
from ledger_parts.staged import StagedRows
from ledger_parts.transfers import Source

_UNIFORM = "uniform"
_KINDS = {
    _UNIFORM: "uniform",
    "hot": "all on one hot account",
    "two_phase": "holds in a batch, their posts in the next",
    "interleaved": "hold, post, hold, post in one batch",
    "random_ids": "uniform, ids in no order",
}
_AGAINST_UNIFORM = {"hot": {"at_least": 0.8}, "two_phase": {"at_least": 0.6}}


def batches_of(kind: str, source: Source, sizes: Sizes) -> Iterator[list[Transfer]]:
    """The batches of one turn, each made when it is asked for, as if its message had just been read."""
    make: dict[str, Callable[[int], list[Transfer]]] = {
        _UNIFORM: source.uniform,
        "hot": source.hot,
        "two_phase": source.holds,
        "interleaved": source.holds_and_posts,
        "random_ids": source.with_random_ids,
    }
    for _ in range(sizes.turn):
        made = make[kind](sizes.batch)
        yield made
        if kind == "two_phase":
            yield source.posts(made)


class Posting:
    """A ledger to which transfers of one kind are posted."""

    def __init__(self, kind: str, url: str, sizes: Sizes) -> None:
        self._kind, self._sizes = kind, sizes
        self._source = Source(sizes.seed, sizes.busy_accounts)
        self.books = Books(url)
        self.books.open_accounts(sizes.busy_accounts)

    def turn(self) -> float:
        """Transfers a second."""
        count, seconds = 0, 0.0
        for batch in batches_of(self._kind, self._source, self._sizes):
            seconds += self.books.post(batch)
            count += len(batch)
            self._posted(batch)
        return count / seconds

    def _posted(self, batch: list[Transfer]) -> None:
        """Nothing is done with it any more."""


class Uniform(Posting):
    """The ledger whose transfers go into the bare tables too: `stored` and `given` are of its last turn."""

    def turn(self) -> float:
        """Transfers a second."""
        self.given: list[list[Transfer]] = []
        rate = super().turn()
        found = self.books.new_transfers()
        length = len(found) // len(self.given)
        self.stored = [found[at : at + length] for at in range(0, len(found), length)]
        return rate

    def _posted(self, batch: list[Transfer]) -> None:
        self.given.append(batch)


def _rate(insert: Callable[[list[Row]], float], batches: Iterable[list[Row]]) -> float:
    """Rows a second; each batch is made just before it is inserted."""
    count, seconds = 0, 0.0
    for rows in batches:
        seconds += insert(rows)
        count += len(rows)
    return count / seconds


def _posted_to(
    kinds: Iterable[str], urls: Mapping[str, str], run: Run, stack: ExitStack
) -> dict[str, Posting]:
    made = {}
    for kind in kinds:
        made[kind] = (Uniform if kind == _UNIFORM else Posting)(kind, urls[kind], run.sizes)
        stack.callback(made[kind].books.close)
    return made


def embedded(run: Run) -> Section:
    """On SQLite: figures, ratios and limits of one run."""
    sizes = run.sizes
    with run.room("batches") as room, ExitStack() as stack:
        made = _posted_to(_KINDS, {kind: url_of(room, kind) for kind in _KINDS}, run, stack)
        uniform = made[_UNIFORM]
        bare = {
            "same_rows": Bare(room / "same_rows.db", KEPT),
            "same_rows_tuned": Bare(room / "same_rows_tuned.db", KEPT),
            "given_unique": Bare(room / "given_unique.db", GIVEN, key="id"),
            "given": Bare(room / "given.db", GIVEN),
        }
        for table in bare.values():
            stack.callback(table.close)
        rows = {
            "same_rows": lambda: map(kept, uniform.stored),
            "same_rows_tuned": lambda: map(tuned, map(kept, uniform.stored)),
            "given_unique": lambda: map(given, uniform.given),
            "given": lambda: map(given, uniform.given),
        }
        contestants = {kind: posting.turn for kind, posting in made.items()} | {
            name: lambda name=name: _rate(bare[name].insert, rows[name]()) for name in bare
        }
        rates = by_turns(contestants, turns=sizes.turns)
    return _described_embedded(rates, sizes)


def _described_embedded(rates: dict[str, list[float]], sizes: Sizes) -> Section:
    section = _described(rates, f"Embedded, batches of {sizes.batch:,}, {sizes.busy_accounts:,} accounts")
    tables = {
        "same_rows": "bare SQLite: the same rows",
        "same_rows_tuned": "bare SQLite: the same rows, bound fastest",
        "given_unique": "bare SQLite: the caller's fields, ids unique",
        "given": "bare SQLite: the caller's fields",
    }
    for name, what in tables.items():
        section.add(f"{name}_per_s", what, median(rates[name]), "rows/s")
    for name, what in tables.items():
        target = {"at_least": 0.8} if name.startswith("same_rows") else {}
        section.add(
            f"uniform_to_{name}", f"uniform to {what}", ratio(rates[_UNIFORM], rates[name]), "", **target
        )
    return section


def _described(rates: dict[str, list[float]], title: str) -> Section:
    section = Section(title)
    for kind, what in _KINDS.items():
        if kind in rates:
            section.add(f"{kind}_per_s", what, median(rates[kind]), "transfers/s")
    for kind, what in _KINDS.items():
        if kind in rates and kind != _UNIFORM:
            target = _AGAINST_UNIFORM.get(kind, {})
            section.add(
                f"{kind}_to_uniform", f"{what}, to uniform", ratio(rates[kind], rates[_UNIFORM]), "", **target
            )
    return section


def on_postgresql(run: Run) -> Section:
    """On PostgreSQL: the same against `INSERT … SELECT` of the same rows."""
    sizes = run.sizes
    if run.server.missing:
        return Section("PostgreSQL, batches", skipped=run.server.missing)
    kinds = (_UNIFORM, "hot", "two_phase")
    urls = {name: run.server.url() for name in (*kinds, "insert_select")}
    with ExitStack() as stack:
        made = _posted_to(kinds, urls, run, stack)
        uniform = made[_UNIFORM]
        staged = StagedRows(urls["insert_select"])
        stack.callback(staged.close)
        contestants = {kind: posting.turn for kind, posting in made.items()} | {
            "insert_select": lambda: _rate(staged.insert, map(kept, uniform.stored))
        }
        rates = by_turns(contestants, turns=sizes.turns)
    for url in urls.values():
        run.server.drop(url)
    section = _described(rates, f"PostgreSQL, batches of {sizes.batch:,}, {sizes.busy_accounts:,} accounts")
    section.add(
        "insert_select_per_s",
        "bare PostgreSQL: INSERT … SELECT of the same rows",
        median(rates["insert_select"]),
        "rows/s",
    )
    to_limit = ratio(rates[_UNIFORM], rates["insert_select"])
    section.add("uniform_to_insert_select", "uniform to INSERT … SELECT", to_limit, "", at_least=0.3)
    return section

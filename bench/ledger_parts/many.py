"""A ledger of many accounts, built once a run: what it costs to open, and to prove a balance in it."""

import time
from dataclasses import dataclass
from pathlib import Path

from ledger_parts.books import Books, url_of
from ledger_parts.figures import told
from ledger_parts.sizes import Sizes
from ledger_parts.transfers import Source, in_batches


@dataclass(frozen=True)
class Many:
    """A closed ledger in a file."""

    url: str
    folder: Path
    accounts: int
    transfers: int
    tail: int
    opening_s: float
    built_s: float
    now_ns: int

    @property
    def bytes_on_disk(self) -> int:
        """What the database takes."""
        return sum(file.stat().st_size for file in self.folder.iterdir())


def build(folder: Path, sizes: Sizes) -> Many:
    """Open the accounts in batches, move money among them; the indexes are left as far behind as can be."""
    began = time.perf_counter()
    source = Source(sizes.seed, sizes.accounts)
    books = Books(url_of(folder, "many"))
    opening_s = books.open_accounts(sizes.accounts, sizes.batch)
    done = 0
    for size in in_batches(sizes.on_top, sizes.batch):
        books.post(source.uniform(size))
        done += size
        told(f"{done:,} of {sizes.on_top:,} transfers posted", 10)
    books.lengthen_tail(source, sizes.batch, sizes.tail)
    transfers, tail = books.last_seq() - sizes.accounts, books.tail()
    books.close()
    return Many(
        url=url_of(folder, "many"),
        folder=folder,
        accounts=sizes.accounts,
        transfers=transfers,
        tail=tail,
        opening_s=opening_s,
        built_s=time.perf_counter() - began,
        now_ns=books.now_ns,
    )

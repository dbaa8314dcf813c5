"""Bringing the indexes up to date with the journal: what `Recent` holds becomes rows."""

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from dawam.ledger import postings, store
from dawam.ledger.cache import LATEST, NUMBER
from dawam.ledger.history import store as past
from dawam.ledger.recent import Recent
from dawam.ledger.records import id_bytes
from dawam.ledger.rules import NEVER
from dawam.storage import Tx

if TYPE_CHECKING:
    from dawam.ledger.books import Books

RUN = 32
_SPAN = 64


def bring_up_to_date(tx: Tx, state: store.State | None, books: "Books") -> store.State:
    """Write all that is newer than the indexes; returns their new state."""
    both = (books.shown, books.fresh)
    slots = np.flatnonzero(books.cache.dirty)
    latest, numbers = books.cache.now[slots, LATEST], books.cache.facts[slots, NUMBER]
    newest = books.newest | dict(zip(numbers.tolist(), latest.tolist(), strict=True))
    store.point_accounts(tx, [(seq, number) for number, seq in sorted(newest.items())])
    _index_holds(tx, both)
    passed = [
        (number, *each) for recent in both for number, many in recent.waypoints.items() for each in many
    ]
    store.add_waypoints(tx, sorted(passed))
    posted = [*books.shown.posted, *books.fresh.posted]
    past.add_times(tx, postings.times(posted))
    past.add_postings(tx, postings.chunks(posted))
    late = [(number, *each) for recent in both for number, many in recent.lates.items() for each in many]
    if late:
        store.add_lates(tx, sorted(late))
    notes = {subject: seqs[-1] for recent in both for subject, seqs in recent.notes.items() if seqs}
    if notes:
        store.set_notes(
            tx, [(kind, id_bytes(identifier), seq) for (kind, identifier), seq in sorted(notes.items())]
        )
    ordered_id = _index_ids(tx, both, state.ordered_id if state else 0)
    new = store.State(books.head.seq, ordered_id, books.head.max_id)
    store.write_state(tx, new, first=state is None)
    return new


def _index_holds(tx: Tx, both: Sequence[Recent]) -> None:
    shown, fresh = both
    numbers = store.STATUS_NUMBERS
    rows: list[tuple[int, int, int | None]] = []
    for transfer_id, hold in chain(shown.holds.items(), fresh.holds.items()):
        status = numbers[fresh.statuses.get(transfer_id) or shown.statuses[transfer_id]]
        rows.append((hold.seq, status, None if status or hold.expires_at == NEVER else hold.expires_at))
    store.add_holds(tx, rows)


def _index_ids(tx: Tx, both: Sequence[Recent], ordered_id: int) -> int:
    """Ids in ascending order as runs, the others one by one; returns the largest id of a run."""
    runs: list[tuple[bytes, int, int]] = []
    singles: list[tuple[bytes, int]] = []
    run: tuple[int, int, int, int] | None = None  # the first id, first and last position, how many
    for identifier, seq in (item for recent in both for item in recent.ids.items()):
        if identifier <= ordered_id:
            singles.append((id_bytes(identifier), seq))
            continue
        ordered_id = identifier
        if run is not None and run[3] < RUN and seq - run[1] < _SPAN:
            run = (*run[:2], seq, run[3] + 1)
            continue
        if run is not None:
            runs.append((id_bytes(run[0]), *run[1:3]))
        run = (identifier, seq, seq, 1)
    if run is not None:
        runs.append((id_bytes(run[0]), *run[1:3]))
    singles += [(id_bytes(each), seq) for recent in both for each, seq in recent.burnt.items()]
    store.add_runs(tx, runs)
    store.add_ids(tx, sorted(singles))
    return ordered_id

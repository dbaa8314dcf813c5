"""What is kept beside the journal equals what the journal says, as far as it has been brought up to date."""

from dawam.kernel.merkle import Subtree
from dawam.ledger import records
from dawam.ledger.audit import store
from dawam.ledger.audit.replay import Replay
from dawam.ledger.store import STATUS_NUMBERS, read_state
from dawam.storage import Rows

Bad = tuple[int, str]


def compare(rows: Rows, replay: Replay) -> Bad | None:
    """The first index entry that differs, with the position that it is about, and a word for it."""
    state = read_state(rows)
    if state is None:
        return None if not replay.seq else (1, "state_differs")
    return (
        _compare_accounts(rows, replay, state.indexed_seq)
        or _compare_holds(rows, replay, state.indexed_seq)
        or _compare_waypoints(rows, replay, state.indexed_seq)
        or _compare_ids(rows, replay, state.indexed_seq)
        or _compare_notes(rows, replay, state.indexed_seq)
        or _compare_nodes(rows, replay)
        or _compare_sums(replay)
    )


def _compare_accounts(rows: Rows, replay: Replay, indexed: int) -> Bad | None:
    seen = 0
    for index in store.all_accounts(rows):
        book = replay.accounts.get(index.number)
        if book is None or book.id != index.id:
            return index.number, "account_unknown"
        seen += 1
        newer = book.last_seq > indexed and index.latest <= indexed
        if (index.latest != book.last_seq and not newer) or index.terms != book.terms:
            return index.number, "account_latest_differs"
    if seen < len(replay.accounts):
        return min(replay.accounts), "account_not_indexed"
    return None


def _compare_holds(rows: Rows, replay: Replay, indexed: int) -> Bad | None:
    known = {held.seq: STATUS_NUMBERS[held.status] for held in replay.held.values() if held.seq <= indexed}
    kept = dict(store.all_holds(rows))
    return _first_differing(known, kept, "pending_status_differs")


def _compare_waypoints(rows: Rows, replay: Replay, indexed: int) -> Bad | None:
    known = {each for each in replay.waypoints if each[2] <= indexed}
    differing = known.symmetric_difference(store.all_waypoints(rows))
    return (min(seq for _, _, seq in differing), "waypoint_differs") if differing else None


def _compare_ids(rows: Rows, replay: Replay, indexed: int) -> Bad | None:
    """Every indexed id is found, at its position: in a run or by itself."""
    singles = {records.id_of(identifier): seq for identifier, seq in store.all_ids(rows)}
    runs = [(records.id_of(each[0]), *each[1:]) for each in store.all_runs(rows)]
    reached = 0
    for identifier, first, last in runs:
        if replay.ids.get(identifier) != first or not reached < first <= last:
            return first, "id_run_differs"
        reached = last
    places = sorted((first, last) for _, first, last in runs)
    found = _in_runs(replay, places, indexed)
    found.update(singles)
    known = {identifier: seq for identifier, seq in replay.ids.items() if seq <= indexed}
    if found != known:
        differing = found.items() ^ known.items()
        return min(seq for _, seq in differing), "id_differs"
    return None


def _in_runs(replay: Replay, places: list[tuple[int, int]], indexed: int) -> dict[int, int]:
    """The ids that a search through the runs finds: ascending ones, between a run's first and last."""
    found: dict[int, int] = {}
    at, newest = 0, 0
    for identifier, seq in replay.ids.items():
        while at < len(places) and places[at][1] < seq:
            at += 1
        if seq > indexed or at == len(places):
            break
        if identifier in replay.burnt:
            continue
        if places[at][0] <= seq and identifier > newest:
            found[identifier] = seq
            newest = identifier
    return found


def _compare_notes(rows: Rows, replay: Replay, indexed: int) -> Bad | None:
    kept = {(kind, records.id_of(identifier)): seq for kind, identifier, seq in store.all_notes(rows)}
    for subject, seq in replay.notes.items():
        if seq <= indexed and kept.get(subject) != seq:
            return seq, "metadata_differs"
    unknown = [seq for subject, seq in kept.items() if subject not in replay.notes]
    return (min(unknown), "metadata_differs") if unknown else None


def _compare_nodes(rows: Rows, replay: Replay) -> Bad | None:
    kept = {Subtree(*row) for row in store.all_nodes(rows)}
    differing = kept.symmetric_difference(replay.nodes)
    if not differing:
        return None
    return min((node.number << node.level) + 1 for node in differing), "node_differs"


def _compare_sums(replay: Replay) -> Bad | None:
    sums: dict[int, int] = {}
    for book in replay.accounts.values():
        debits, credits_ = sum(book.counters[:2]), sum(book.counters[2:])
        sums[book.ledger] = sums.get(book.ledger, 0) + debits - credits_
    return (replay.seq, "ledger_unbalanced") if any(sums.values()) else None


def _first_differing(known: dict[int, int], kept: dict[int, int], word: str) -> Bad | None:
    differing = [seq for seq in known.keys() | kept.keys() if known.get(seq) != kept.get(seq)]
    return (min(differing), word) if differing else None

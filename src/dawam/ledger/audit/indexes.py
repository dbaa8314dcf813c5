"""What is kept beside the journal equals what the journal says, as far as it has been brought up to date."""

from itertools import zip_longest

from dawam.kernel.merkle import Subtree
from dawam.ledger.audit import store
from dawam.ledger.audit.postings import compare_postings
from dawam.ledger.audit.replay import Held, Replay
from dawam.ledger.model import PendingStatus
from dawam.ledger.rules import NEVER
from dawam.ledger.store import STATUS_NUMBERS
from dawam.storage import Rows

Bad = tuple[int, str]


def compare(rows: Rows, replay: Replay) -> Bad | None:
    """The first index entry that differs, with the position that it is about, and a word for it."""
    try:
        state = store.read_state(rows)
        places = [(row.one, row.indexed_seq) for row in state]
        if places != ([(1, replay.indexed)] if replay.seq else []) or not replay.indexed_is_sealed:
            return replay.seq, "state_differs"
        return (
            _compare_accounts(rows, replay)
            or _compare_holds(rows, replay)
            or _compare_waypoints(rows, replay)
            or _compare_times(rows, replay)
            or compare_postings(rows, replay)
            or _compare_lates(rows, replay)
            or _compare_ids(rows, replay, state)
            or _compare_notes(rows, replay)
            or _compare_nodes(rows, replay)
        )
    except store.MalformedRow as malformed:
        return malformed.args[0] or replay.seq, "index_malformed"


def _compare_accounts(rows: Rows, replay: Replay) -> Bad | None:
    for index, number in zip_longest(store.all_accounts(rows), replay.accounts):
        if index is None or (number is not None and number < index.number):
            return number, "account_not_indexed"
        if number != index.number or replay.accounts[number].id != index.id:
            return index.number, "account_unknown"
        book = replay.accounts[number]
        if (index.latest, index.terms) != (book.indexed_seq, book.terms):
            return number, "account_latest_differs"
    return None


def _compare_holds(rows: Rows, replay: Replay) -> Bad | None:
    known = {held.seq: _hold_row(held) for held in replay.held.values() if held.seq <= replay.indexed}
    kept = store.all_holds(rows)
    differing = [seq for seq in known.keys() | kept.keys() if known.get(seq) != kept.get(seq)]
    return (min(differing), "pending_status_differs") if differing else None


def _hold_row(held: Held) -> tuple[int, int | None]:
    ends = held.status is PendingStatus.PENDING and held.expires_at != NEVER
    return STATUS_NUMBERS[held.status], held.expires_at if ends else None


def _compare_waypoints(rows: Rows, replay: Replay) -> Bad | None:
    known = {each for each in replay.waypoints if each[2] <= replay.indexed}
    differing = known.symmetric_difference(store.all_waypoints(rows))
    return (min(each[2] for each in differing), "waypoint_differs") if differing else None


def _compare_times(rows: Rows, replay: Replay) -> Bad | None:
    differing = replay.times.symmetric_difference(store.all_times(rows))
    return (min(each[1] for each in differing), "time_differs") if differing else None


def _compare_lates(rows: Rows, replay: Replay) -> Bad | None:
    known = {each for each in replay.lates if each[1] <= replay.indexed}
    differing = known.symmetric_difference(store.all_lates(rows))
    return (min(each[1] for each in differing), "late_booking_differs") if differing else None


def _compare_ids(rows: Rows, replay: Replay, state: list[store.StateRow]) -> Bad | None:
    """Every indexed id is found, at its position: in a run or by itself, not both."""
    runs = store.all_runs(rows)
    ascending = _in_runs(replay, [run[1:] for run in runs])
    places = set(ascending.values())
    reached = 0
    for identifier, first, last in runs:
        if ascending.get(identifier) != first or not reached < first <= last or last not in places:
            return first, "id_run_differs"
        reached = last
    known = {identifier: seq for identifier, seq in replay.ids.items() if seq <= replay.indexed}
    alone = {item for item in known.items() if item[0] not in ascending}
    differing = alone ^ store.all_ids(rows).items()
    if differing:
        return min(seq for _, seq in differing), "id_differs"
    newest = (max(ascending, default=0), max(known, default=0))
    return (replay.seq, "state_differs") if any(row[2:] != newest for row in state) else None


def _in_runs(replay: Replay, places: list[tuple[int, int]]) -> dict[int, int]:
    """The ids that a search through the runs finds: ascending ones, between a run's first and last."""
    found: dict[int, int] = {}
    at, newest = 0, 0
    for identifier, seq in replay.ids.items():
        while at < len(places) and places[at][1] < seq:
            at += 1
        if seq > replay.indexed or at == len(places):
            break
        if identifier not in replay.burnt and places[at][0] <= seq and identifier > newest:
            found[identifier] = seq
            newest = identifier
    return found


def _compare_notes(rows: Rows, replay: Replay) -> Bad | None:
    differing = replay.indexed_notes.items() ^ store.all_notes(rows).items()
    return (min(seq for _, seq in differing), "metadata_differs") if differing else None


def _compare_nodes(rows: Rows, replay: Replay) -> Bad | None:
    kept = {Subtree(*row) for row in store.all_nodes(rows)}
    differing = kept.symmetric_difference(replay.nodes)
    if not differing:
        return None
    return min((node.number << max(node.level, 0)) + 1 for node in differing), "node_differs"

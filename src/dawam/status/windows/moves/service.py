"""Moving windows: the verbs of people, and what was moved."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dawam.kernel import Conflict
from dawam.status.notices import NoticeText
from dawam.status.windows.history import Act, Change, Times
from dawam.status.windows.model import (
    MaintenanceWindow,
    ShortNotice,
    WindowState,
    check_reason,
)
from dawam.status.windows.moves import store
from dawam.status.windows.moves.model import AskedMove, agreed, moved, times_at, told_moves
from dawam.status.windows.texts import proposal
from dawam.storage import Storage, Tx
from dawam.web import Locale

if TYPE_CHECKING:
    from dawam.status.windows.service import Windows


class Moves:
    """The moves of all windows."""

    def __init__(self, windows: "Windows", storage: Storage) -> None:
        self._windows = windows
        self._storage = storage

    async def move(
        self,
        window_id: str,
        times: Times,
        *,
        by: str,
        reason: str,
        once: str,
        texts: dict[Locale, NoticeText] | None = None,
    ) -> MaintenanceWindow:
        """Other times for a window that has not started; without `texts` they are proposed anew.

        With shorter notice than the rule says a plan asks for agreement again, and an announced window stays
        where it is until somebody agrees.
        Raises: what `model.moved` raises; Conflict `window_overlaps`; InvalidInput `window_reason_missing`,
        `window_text_too_long`, `id_malformed`; NotFound `window_unknown`.
        """
        said = check_reason(reason)

        def do(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            words = self.proposed(found, times) if texts is None else texts
            after = self._moved(tx, found, times, words, None, now)
            if now <= self._windows.latest_announcement(after):
                return self._take(tx, found, after, by=by, reason=said, now=now, change_id=once)
            if found.state is WindowState.PLANNED:
                short = ShortNotice(reason=said, asked_by=by)
                after = self._moved(tx, found, times, words, short, now)
                return self._take(tx, found, after, by=by, reason=said, now=now, change_id=once)
            asked = AskedMove(
                id=once, window_id=found.id, times=times, texts=words, reason=said, asked_by=by, asked_at=now
            )
            store.ask(tx, asked)
            self._windows.record(
                tx, found, Act.MOVE_ASKED, by=by, reason=said, now=now, change_id=once, asked=times
            )
            return found

        return await self._windows.do_once(window_id, once, do)

    async def agree(self, window_id: str, which: str, *, by: str, once: str) -> MaintenanceWindow:
        """A second person agrees to the very move that they saw, by its id, and it counts.

        Raises: Conflict `window_no_move_asked`, `window_overlaps`; Forbidden `window_own_approval`; what
        `model.moved` raises.
        """

        def do(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            asked = store.asked(tx, found.id)
            if asked is None or asked.id != which:
                raise Conflict("window_no_move_asked")
            short = agreed(asked, by=by, now=now)
            after = self._moved(tx, found, asked.times, asked.texts, short, now)
            return self._take(tx, found, after, by=by, reason=asked.reason, now=now, change_id=once)

        return await self._windows.do_once(window_id, once, do)

    async def drop(self, window_id: str, *, by: str, reason: str, once: str) -> MaintenanceWindow:
        """The move that waits will not be made. Raises: Conflict `window_no_move_asked`."""
        said = check_reason(reason)

        def do(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            if store.asked(tx, found.id) is None:
                raise Conflict("window_no_move_asked")
            self._windows.record(tx, found, Act.MOVE_DROPPED, by=by, reason=said, now=now, change_id=once)
            return found

        return await self._windows.do_once(window_id, once, do)

    def asked(self, window_id: str) -> AskedMove | None:
        """The move that waits for agreement, if one does."""
        return self._storage.read(lambda rows: store.asked(rows, window_id))

    def told(self, window_id: str) -> list[Change]:
        """Moves of which the public was told, the oldest first."""
        return told_moves(self._windows.history(window_id))

    def times_at(self, window: MaintenanceWindow, moment: datetime) -> Times:
        """The times that held at a moment; extensions of running work are left out."""
        return times_at(window, self._windows.history(window.id), moment)

    def proposed(self, window: MaintenanceWindow, times: Times) -> dict[Locale, NoticeText]:
        """The texts that would be proposed for the window at those times."""
        return proposal(
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            capabilities=window.capabilities,
            goes_on=window.goes_on,
            rules=self._windows.settings[window.institution],
        )

    def _moved(
        self,
        tx: Tx,
        window: MaintenanceWindow,
        times: Times,
        texts: dict[Locale, NoticeText],
        short_notice: ShortNotice | None,
        now: datetime,
    ) -> MaintenanceWindow:
        longest = timedelta(hours=self._windows.settings[window.institution].longest_hours)
        after = moved(window, times, texts, short_notice=short_notice, longest=longest, now=now)
        self._windows.check_free(tx, after, besides=window.id)
        return after

    def _take(
        self,
        tx: Tx,
        before: MaintenanceWindow,
        after: MaintenanceWindow,
        *,
        by: str,
        reason: str,
        now: datetime,
        change_id: str,
    ) -> MaintenanceWindow:
        self._windows.record(
            tx, after, Act.MOVED, by=by, reason=reason, now=now, change_id=change_id, moved_from=before.times
        )
        return after

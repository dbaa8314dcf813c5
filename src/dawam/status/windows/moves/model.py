"""The pure rules of a move.

In this order: the window has neither begun nor ended, and its start has not come; the new times are those of
a plan (the end after the start, the start not past, not too long) and others than before; a title and a text
in every language. Whether the time is free and the notice long enough is looked at after that (`service`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.kernel import Conflict, Forbidden, InvalidInput
from dawam.status.notices import NoticeText
from dawam.status.windows.history import Act, Change, Times
from dawam.status.windows.model import (
    OPEN,
    MaintenanceWindow,
    ShortNotice,
    check_texts,
    check_times,
)
from dawam.web import Locale


class AskedMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move of an announced window at short notice, which counts when an approver agrees to it.

    `id` is that of the form with which it was asked for.
    """

    id: str
    window_id: str
    times: Times
    texts: dict[Locale, NoticeText]
    reason: str
    asked_by: str
    asked_at: datetime


def moved(
    window: MaintenanceWindow,
    times: Times,
    texts: dict[Locale, NoticeText],
    *,
    short_notice: ShortNotice | None,
    longest: timedelta,
    now: datetime,
) -> MaintenanceWindow:
    """The window at its new times.

    Raises: Conflict `window_move_after_start`, `window_over`; InvalidInput `window_ends_before_start`,
    `window_in_past`, `window_too_long`, `window_move_nowhere`, `window_text_missing`, `window_text_too_long`.
    """
    if window.running or (window.state in OPEN and window.starts_at <= now):
        raise Conflict("window_move_after_start")
    if window.state not in OPEN:
        raise Conflict("window_over")
    check_times(times.starts_at, times.ends_at, longest=longest, now=now)
    if times == window.times:
        raise InvalidInput("window_move_nowhere")
    check_texts(texts)
    return msgspec.structs.replace(
        window,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        planned_ends_at=times.ends_at,
        texts=texts,
        sequence=window.sequence + 1,
        changed_at=now,
        moved_at=now,
        short_notice=short_notice,
    )


def agreed(asked: AskedMove, *, by: str, now: datetime) -> ShortNotice:
    """A second person agrees to a move. Raises: Forbidden `window_own_approval`."""
    if by == asked.asked_by:
        raise Forbidden("window_own_approval")
    return ShortNotice(reason=asked.reason, asked_by=asked.asked_by, approved_by=by, approved_at=now)


def told_moves(history: Sequence[Change]) -> list[Change]:
    """Moves of which the public was told, the oldest first; `history` in its order."""
    acts = [change.act for change in history]
    told_from = acts.index(Act.ANNOUNCED) if Act.ANNOUNCED in acts else len(acts)
    return [change for change in history[told_from:] if change.act is Act.MOVED]


def times_at(window: MaintenanceWindow, history: Sequence[Change], moment: datetime) -> Times:
    """The times that held at a moment; extensions of running work are left out."""
    for change in history:
        if change.moved_from is not None and change.at > moment:
            return change.moved_from
    return Times(window.starts_at, window.planned_ends_at)

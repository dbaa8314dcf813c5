"""What the console shows of moves, and the acts of its forms."""

from collections.abc import Awaitable, Callable
from typing import Any

from dawam.status.windows.history import Times
from dawam.status.windows.model import MaintenanceWindow, WindowState
from dawam.status.windows.pages.forms import Fields, once_of, texts_of, times_of, typed
from dawam.status.windows.pages.view import PLANNERS, View
from dawam.web.pages import Role, Rule, Visitor, for_staff

Do = Callable[[MaintenanceWindow, Fields, str], Awaitable[MaintenanceWindow]]
"""An act of a form on a window, by a member of the staff."""


def move_acts(view: View) -> list[tuple[str, Rule, Do]]:
    """The name, the rule and the act of each form about moves."""
    windows = view.windows

    async def move(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.moves.move(
            window.id,
            Times(*times_of(fields, windows.settings[window.institution].zone)),
            by=by,
            reason=fields.get("reason", ""),
            once=once_of(fields),
            texts=texts_of(fields, "moved_") if _own_words(view, window) else None,
        )

    async def agree(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.moves.agree(window.id, fields.get("which", ""), by=by, once=once_of(fields))

    async def keep(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.moves.drop(
            window.id, by=by, reason=fields.get("reason", ""), once=once_of(fields)
        )

    return [
        ("move", for_staff(*PLANNERS), move),
        ("agree", for_staff(Role.APPROVER), agree),
        ("keep", for_staff(*PLANNERS, Role.APPROVER), keep),
    ]


def moves_shown(view: View, window: MaintenanceWindow, visitor: Visitor) -> dict[str, Any]:
    """What the page of a window shows: the form, and a move that waits for agreement."""
    asked = view.windows.moves.asked(window.id)
    before_start = window.state in (WindowState.PLANNED, WindowState.ANNOUNCED)
    return {
        "may_move": before_start and visitor.may(*PLANNERS),
        "own_words": _own_words(view, window),
        "start_typed": typed(window.starts_at, view.windows.settings[window.institution].zone),
        "asked": asked,
        "may_agree": asked is not None and visitor.may(Role.APPROVER) and visitor.id != asked.asked_by,
        "may_keep": asked is not None and visitor.may(*PLANNERS, Role.APPROVER),
    }


def _own_words(view: View, window: MaintenanceWindow) -> bool:
    """Whether people wrote its texts: then only they can put other times in them."""
    return window.texts != view.windows.moves.proposed(window, window.times)

"""What windows ask of others; `app` wires them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dawam.primary import BookedHours
from dawam.standin import Capability, Window
from dawam.status.notices import NoticeText
from dawam.status.windows.model import MaintenanceWindow
from dawam.storage import Tx
from dawam.web import Locale


class Publish(Protocol):
    """Publishes a notice in the transaction of the act that it tells of."""

    def __call__(
        self,
        tx: Tx,
        *,
        institution: str,
        kind: str,
        subject_id: str,
        texts: Mapping[Locale, NoticeText],
        capabilities: tuple[Capability, ...],
        now: datetime,
    ) -> object:
        """`kind` is `window`, or `all_clear` when work has ended."""
        ...


class Note(Protocol):
    """Notes in the trail who did what, in the transaction of the act."""

    def __call__(
        self,
        tx: Tx,
        *,
        by: str,
        act: str,
        institution: str | None,
        subject: str,
        reason: str = "",
        now: datetime,
    ) -> object:
        """`subject` is the window's id; `by` a member's id or `system`."""
        ...


def _nothing(*_: object, **__: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything around; what is not given does nothing.

    `schedule` gets the windows of an institution that its stand-in must know; `healthy` says whether its
    primary is well (as far as maintenance hides nothing); `overran` opens an incident and
    `finished` ends it, both in the transaction; `changed` hears of every committed change, to tell pages;
    `booked` is what an institution's feed booked between two moments.
    """

    publish: Publish = _nothing
    note: Note = _nothing
    schedule: Callable[[str, Sequence[Window]], None] = _nothing
    healthy: Callable[[str], bool] = lambda _: True
    overran: Callable[[Tx, MaintenanceWindow, datetime], object] = _nothing
    finished: Callable[[Tx, MaintenanceWindow, datetime], object] = _nothing
    changed: Callable[[str], None] = _nothing
    booked: Callable[[str, datetime, datetime], BookedHours | None] = _nothing

"""All SQL of the windows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select, update

from dawam.kernel import from_ns, to_ns
from dawam.standin import Capability
from dawam.status.notices import NoticeText
from dawam.status.windows.history import Act, Change, Times
from dawam.status.windows.model import (
    OPEN,
    MaintenanceWindow,
    ShortNotice,
    WindowState,
)
from dawam.status.windows.tables import maintenance_windows, window_changes, window_reminders
from dawam.storage import Rows, Tx
from dawam.web import LOCALES, Locale

_table = maintenance_windows.c


def add(tx: Tx, window: MaintenanceWindow) -> None:
    """A new window."""
    tx.execute(insert(maintenance_windows).values(id=window.id, **_row(window)))


def save(tx: Tx, window: MaintenanceWindow) -> None:
    """A known window as it is now."""
    tx.execute(update(maintenance_windows).where(_table.id == window.id).values(**_row(window)))


def window(rows: Rows, window_id: str) -> MaintenanceWindow | None:
    """The window of an id."""
    found = _windows(rows, select(maintenance_windows).where(_table.id == window_id))
    return found[0] if found else None


def open_windows(rows: Rows) -> list[MaintenanceWindow]:
    """What is neither finished nor cancelled, by start."""
    states = [state.value for state in OPEN]
    return _windows(
        rows,
        select(maintenance_windows).where(_table.state.in_(states)).order_by(_table.starts_at, _table.id),
    )


def upcoming(
    rows: Rows, *, institution: str | None, states: Collection[WindowState], limit: int
) -> list[MaintenanceWindow]:
    """Windows in one of the states, the next first."""
    wanted = (
        select(maintenance_windows)
        .where(_table.state.in_([state.value for state in states]))
        .order_by(_table.starts_at, _table.id)
        .limit(limit)
    )
    return _windows(rows, wanted if institution is None else wanted.where(_table.institution == institution))


def between(
    rows: Rows, *, institution: str, start: datetime, end: datetime, public: bool
) -> list[MaintenanceWindow]:
    """Windows that touch a stretch of time, by start; with `public`, only those that were announced."""
    wanted = (
        select(maintenance_windows)
        .where(_table.institution == institution, _table.starts_at < to_ns(end))
        .where(or_(_table.ends_at > to_ns(start), _table.finished_at > to_ns(start)))
        .order_by(_table.starts_at, _table.id)
    )
    return _windows(rows, wanted.where(_table.announced_at.is_not(None)) if public else wanted)


def past(rows: Rows, *, institutions: Sequence[str] | None, limit: int) -> list[MaintenanceWindow]:
    """Finished and cancelled ones, the latest first."""
    wanted = (
        select(maintenance_windows)
        .where(_table.state.in_([WindowState.FINISHED.value, WindowState.CANCELLED.value]))
        .order_by(_table.starts_at.desc(), _table.id.desc())
        .limit(limit)
    )
    return _windows(rows, wanted if institutions is None else wanted.where(_in(institutions)))


def note_change(tx: Tx, window: MaintenanceWindow, change: Change) -> None:
    """One act, for ever."""
    old = change.moved_from
    tx.execute(
        insert(window_changes).values(
            id=change.id,
            window_id=window.id,
            act=change.act.value,
            at=to_ns(change.at),
            by=change.by,
            reason=change.reason,
            starts_at=to_ns(change.times.starts_at),
            ends_at=to_ns(change.times.ends_at),
            old_starts_at=_ns(old.starts_at if old else None),
            old_ends_at=_ns(old.ends_at if old else None),
        )
    )


def change_is_known(rows: Rows, change_id: str) -> bool:
    """Whether an act of that id was done."""
    table = window_changes.c
    return rows.execute(select(table.id).where(table.id == change_id)).first() is not None


def history(rows: Rows, window_id: str) -> list[Change]:
    """Every act on a window, the oldest first."""
    table = window_changes.c
    found = rows.execute(
        select(window_changes).where(table.window_id == window_id).order_by(table.at, table.id)
    )
    return [
        Change(
            id=row.id,
            act=Act(row.act),
            at=from_ns(row.at),
            by=row.by,
            reason=row.reason,
            times=Times(from_ns(row.starts_at), from_ns(row.ends_at)),
            moved_from=None
            if row.old_starts_at is None
            else Times(from_ns(row.old_starts_at), from_ns(row.old_ends_at)),
        )
        for row in found
    ]


def note_reminder(tx: Tx, window_id: str, before_s: int, now: datetime) -> None:
    """A reminder has gone out, or is past."""
    tx.execute(insert(window_reminders).values(window_id=window_id, before_s=before_s, at=to_ns(now)))


def reminded(rows: Rows, window_id: str) -> frozenset[int]:
    """Which reminders are done with, in seconds before the start."""
    table = window_reminders.c
    found = rows.execute(select(table.before_s).where(table.window_id == window_id))
    return frozenset(row.before_s for row in found)


def forget_reminders(tx: Tx, window_id: str) -> None:
    """All of them are to come again."""
    tx.execute(delete(window_reminders).where(window_reminders.c.window_id == window_id))


def _in(institutions: Sequence[str]) -> Any:
    return _table.institution.in_(list(institutions))


def _windows(rows: Rows, wanted: Select[Any]) -> list[MaintenanceWindow]:
    return [_window(row) for row in rows.execute(wanted)]


def said_columns(texts: Mapping[Locale, NoticeText]) -> dict[str, str]:
    """A title and a text in each language, as columns."""
    return {
        f"{part}_{locale}": getattr(texts[locale], part) for locale in LOCALES for part in ("title", "body")
    }


def texts_in(row: Any) -> dict[Locale, NoticeText]:
    """The texts of a row that has them."""
    return {
        locale: NoticeText(getattr(row, f"title_{locale}"), getattr(row, f"body_{locale}"))
        for locale in LOCALES
    }


def _row(window: MaintenanceWindow) -> dict[str, object]:
    short = window.short_notice
    return {
        "institution": window.institution,
        "state": window.state.value,
        "scope": window.scope,
        "starts_at": to_ns(window.starts_at),
        "ends_at": to_ns(window.ends_at),
        "planned_ends_at": to_ns(window.planned_ends_at),
        "capabilities": ",".join(window.capabilities),
        "goes_on": ",".join(window.goes_on),
        **said_columns(window.texts),
        "sequence": window.sequence,
        "created_by": window.created_by,
        "created_at": to_ns(window.created_at),
        "changed_at": to_ns(window.changed_at),
        "announced_at": _ns(window.announced_at),
        "moved_at": _ns(window.moved_at),
        "started_at": _ns(window.started_at),
        "finished_at": _ns(window.finished_at),
        "overran_at": _ns(window.overran_at),
        "short_reason": short.reason if short else None,
        "short_asked_by": short.asked_by if short else None,
        "short_approved_by": short.approved_by if short else None,
        "short_approved_at": _ns(short.approved_at) if short else None,
    }


def _window(row: Any) -> MaintenanceWindow:
    return MaintenanceWindow(
        id=row.id,
        institution=row.institution,
        state=WindowState(row.state),
        scope=row.scope,
        starts_at=from_ns(row.starts_at),
        ends_at=from_ns(row.ends_at),
        planned_ends_at=from_ns(row.planned_ends_at),
        capabilities=_capabilities(row.capabilities),
        goes_on=_capabilities(row.goes_on),
        texts=texts_in(row),
        sequence=row.sequence,
        created_by=row.created_by,
        created_at=from_ns(row.created_at),
        changed_at=from_ns(row.changed_at),
        announced_at=_moment(row.announced_at),
        moved_at=_moment(row.moved_at),
        started_at=_moment(row.started_at),
        finished_at=_moment(row.finished_at),
        overran_at=_moment(row.overran_at),
        short_notice=_short_notice(row),
    )


def _short_notice(row: Any) -> ShortNotice | None:
    if row.short_reason is None:
        return None
    return ShortNotice(
        reason=row.short_reason,
        asked_by=row.short_asked_by,
        approved_by=row.short_approved_by,
        approved_at=_moment(row.short_approved_at),
    )


def _capabilities(words: str) -> tuple[Capability, ...]:
    return tuple(Capability(word) for word in words.split(",") if word)


def _ns(moment: datetime | None) -> int | None:
    return None if moment is None else to_ns(moment)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else from_ns(at)

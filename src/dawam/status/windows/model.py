"""The pure rules of a maintenance window.

    planned -> announced -> started -> (extended)* -> finished
       |           |
       +-----------+--> cancelled       (both can be moved: `moves`)

A window is *planned* by a person, *announced* to the public by a person, and then *starts* and *finishes* by
itself. Only before its start can it be cancelled; after it, it is finished early. An extension moves the end
of a running window, never back. A window whose end has passed while the primary is not well *overran*: it
stays open until the primary is well or a person finishes it.

Rules of a plan, in this order: known institution, known capabilities, at least one; what goes on is among
them; the end after the start; the start not past; no longer than allowed; title and text in every language;
no other window of the institution on the same capability at that time; announced in time, or with a reason.
Out of scope: who may do what (`pages`), when it is done (`service`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

import msgspec

from dawam.kernel import Conflict, Forbidden, InvalidInput
from dawam.standin import Capability
from dawam.status.notices import NoticeText
from dawam.status.windows.history import Times
from dawam.web import LOCALES, Locale

TITLE_MAX = 120
BODY_MAX = 2_000
SCOPE_MAX = 300
REASON_MAX = 400
OWN_NAMES: dict[Locale, str] = {"ar": "العربية", "fr": "français", "en": "English"}
"""Each language by its own name."""


class WindowState(StrEnum):
    """Where a window stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    STARTED = "started"
    EXTENDED = "extended"
    FINISHED = "finished"
    CANCELLED = "cancelled"


RUNNING = frozenset({WindowState.STARTED, WindowState.EXTENDED})
OPEN = RUNNING | {WindowState.PLANNED, WindowState.ANNOUNCED}
PUBLIC = RUNNING | {WindowState.ANNOUNCED, WindowState.FINISHED}
"""States that only a window has that was announced; a cancelled one may have been."""


class ShortNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Why a window may be announced later than the rule says, and who agreed."""

    reason: str
    asked_by: str
    approved_by: str | None = None
    approved_at: datetime | None = None


class MaintenanceWindow(msgspec.Struct, frozen=True, kw_only=True):
    """An announced time of work. `goes_on` are those of `capabilities` that the stand-in keeps going."""

    id: str
    institution: str
    state: WindowState
    scope: str
    starts_at: datetime
    ends_at: datetime
    planned_ends_at: datetime
    """The end that was announced; extensions do not change it, moves do."""
    capabilities: tuple[Capability, ...]
    goes_on: tuple[Capability, ...]
    texts: dict[Locale, NoticeText]
    sequence: int = 0
    created_by: str
    created_at: datetime
    changed_at: datetime
    announced_at: datetime | None = None
    moved_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    overran_at: datetime | None = None
    short_notice: ShortNotice | None = None

    @property
    def times(self) -> Times:
        """From start to end."""
        return Times(self.starts_at, self.ends_at)

    @property
    def public(self) -> bool:
        """Whether the public was ever told of it."""
        return self.announced_at is not None

    @property
    def running(self) -> bool:
        """Whether work is under way."""
        return self.state in RUNNING

    @property
    def stopped(self) -> tuple[Capability, ...]:
        """What does not go on."""
        return tuple(one for one in self.capabilities if one not in self.goes_on)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person plans, before it is a window; `id` comes from the form, so that it counts once."""

    id: str
    institution: str
    scope: str
    starts_at: datetime
    ends_at: datetime
    capabilities: tuple[str, ...]
    goes_on: tuple[str, ...] = ()
    texts: dict[Locale, NoticeText]
    short_notice_reason: str = ""


def check_draft(draft: Draft, *, institutions: Iterable[str], longest: timedelta, now: datetime) -> None:
    """Whether a plan can stand, before other windows and the notice rule are looked at.

    Raises: InvalidInput `window_institution_unknown`, `window_capability_unknown`,
    `window_capability_missing`, `window_goes_on_unaffected`, `window_scope_missing`,
    `window_ends_before_start`, `window_in_past`, `window_too_long`, `window_text_missing`,
    `window_text_too_long`.
    """
    if draft.institution not in institutions:
        raise InvalidInput("window_institution_unknown", institution=draft.institution[:40])
    check_capabilities(draft.capabilities, draft.goes_on)
    if not draft.scope.strip():
        raise InvalidInput("window_scope_missing")
    check_times(draft.starts_at, draft.ends_at, longest=longest, now=now)
    check_texts(draft.texts)
    check_length(draft.scope, SCOPE_MAX)


def check_capabilities(capabilities: Sequence[str], goes_on: Sequence[str]) -> None:
    """Known, at least one, and what goes on is among them."""
    for name in (*capabilities, *goes_on):
        if name not in set(Capability):
            raise InvalidInput("window_capability_unknown", capability=name[:40])
    if not capabilities:
        raise InvalidInput("window_capability_missing")
    for name in goes_on:
        if name not in capabilities:
            raise InvalidInput("window_goes_on_unaffected", capability=name)


def check_times(starts_at: datetime, ends_at: datetime, *, longest: timedelta, now: datetime) -> None:
    """The end after the start, the start not past, not too long."""
    if ends_at <= starts_at:
        raise InvalidInput("window_ends_before_start")
    if starts_at <= now:
        raise InvalidInput("window_in_past")
    if ends_at - starts_at > longest:
        raise InvalidInput("window_too_long", hours=_hours(longest))


def check_texts(texts: Mapping[Locale, NoticeText]) -> None:
    """A title and a text in each language, none too long."""
    for locale in LOCALES:
        said = texts.get(locale)
        if said is None or not said.title.strip() or not said.body.strip():
            raise InvalidInput("window_text_missing", language=OWN_NAMES[locale])
        check_length(said.title, TITLE_MAX)
        check_length(said.body, BODY_MAX)


def check_length(said: str, longest: int) -> None:
    """Raises: InvalidInput `window_text_too_long`."""
    if len(said) > longest:
        raise InvalidInput("window_text_too_long", characters=longest)


def check_reason(reason: str) -> str:
    """The reason, trimmed. Raises: InvalidInput `window_reason_missing`, `window_text_too_long`."""
    if not reason.strip():
        raise InvalidInput("window_reason_missing")
    check_length(reason, REASON_MAX)
    return reason.strip()


def check_free(
    starts_at: datetime,
    ends_at: datetime,
    capabilities: Iterable[str],
    others: Iterable[MaintenanceWindow],
    *,
    zone: tzinfo = UTC,
) -> None:
    """No other open window of the institution on one of the capabilities meanwhile; `zone` is for its words.

    Raises: Conflict `window_overlaps`, which names the other window.
    """
    for other in others:
        shared = [name for name in other.capabilities if name in set(capabilities)]
        if other.state in OPEN and shared and other.starts_at < ends_at and starts_at < other.ends_at:
            raise Conflict(
                "window_overlaps",
                scope=other.scope,
                starts_at=_clock(other.starts_at.astimezone(zone)),
                ends_at=_clock(other.ends_at.astimezone(zone)),
            )


def planned(draft: Draft, *, by: str, now: datetime) -> MaintenanceWindow:
    """The window of a checked draft."""
    order = list(Capability)
    reason = draft.short_notice_reason.strip()
    return MaintenanceWindow(
        id=draft.id,
        institution=draft.institution,
        state=WindowState.PLANNED,
        scope=draft.scope.strip(),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        planned_ends_at=draft.ends_at,
        capabilities=tuple(one for one in order if one in draft.capabilities),
        goes_on=tuple(one for one in order if one in draft.goes_on),
        texts=draft.texts,
        created_by=by,
        created_at=now,
        changed_at=now,
        short_notice=ShortNotice(reason=reason, asked_by=by) if reason else None,
    )


def announced(window: MaintenanceWindow, *, latest: datetime, now: datetime) -> MaintenanceWindow:
    """Told to the public; after `latest` only with a reason that a second person approved.

    Raises: Conflict `window_not_planned`, `window_start_passed`, `window_notice_too_short`,
    `window_approval_missing`.
    """
    if window.state is not WindowState.PLANNED:
        raise Conflict("window_not_planned")
    if window.starts_at <= now:
        raise Conflict("window_start_passed")
    if now > latest:
        check_short_notice(window.short_notice, latest=latest)
    return _changed(window, now, state=WindowState.ANNOUNCED, announced_at=now)


def check_short_notice(short: ShortNotice | None, *, latest: datetime) -> None:
    """Whether a late announcement has its reason and its second person."""
    if short is None:
        raise Conflict("window_notice_too_short", latest=_clock(latest))
    if short.approved_by is None:
        raise Conflict("window_approval_missing")


def approved(window: MaintenanceWindow, *, seen: int, by: str, now: datetime) -> MaintenanceWindow:
    """The second person agrees to a late announcement of the window as it was at a `sequence`.

    Raises: Conflict `window_not_planned`, `window_nothing_to_approve`; Forbidden `window_own_approval`; then
    Conflict `window_changed`.
    """
    if window.state is not WindowState.PLANNED:
        raise Conflict("window_not_planned")
    short = window.short_notice
    if short is None or short.approved_by is not None:
        raise Conflict("window_nothing_to_approve")
    if by == short.asked_by:
        raise Forbidden("window_own_approval")
    if seen != window.sequence:
        raise Conflict("window_changed")
    return _changed(
        window,
        now,
        short_notice=msgspec.structs.replace(short, approved_by=by, approved_at=now),
    )


def reworded(
    window: MaintenanceWindow, texts: dict[Locale, NoticeText], *, now: datetime
) -> MaintenanceWindow:
    """Other texts. Raises: Conflict `window_over`; InvalidInput `window_text_missing`, `…_too_long`."""
    if window.state not in OPEN:
        raise Conflict("window_over")
    check_texts(texts)
    return _changed(window, now, texts=texts, sequence=window.sequence + 1)


def started(window: MaintenanceWindow, *, now: datetime) -> MaintenanceWindow:
    """Work begins. Raises: Conflict `window_not_announced`."""
    if window.state is not WindowState.ANNOUNCED:
        raise Conflict("window_not_announced")
    return _changed(window, now, state=WindowState.STARTED, started_at=now)


def extended(
    window: MaintenanceWindow, ends_at: datetime, *, longest: timedelta, now: datetime
) -> MaintenanceWindow:
    """A later end of running work.

    Raises: Conflict `window_not_running`; InvalidInput `window_extension_not_later`,
    `window_extension_in_past`, `window_too_long`.
    """
    if not window.running:
        raise Conflict("window_not_running")
    if ends_at <= window.ends_at:
        raise InvalidInput("window_extension_not_later")
    if ends_at <= now:
        raise InvalidInput("window_extension_in_past")
    if ends_at - window.starts_at > longest:
        raise InvalidInput("window_too_long", hours=_hours(longest))
    return _changed(
        window,
        now,
        state=WindowState.EXTENDED,
        ends_at=ends_at,
        sequence=window.sequence + 1,
        overran_at=None,
    )


def overran(window: MaintenanceWindow, *, now: datetime) -> MaintenanceWindow:
    """The end has passed and the primary is not well. Raises: Conflict `window_not_running`."""
    if not window.running:
        raise Conflict("window_not_running")
    return _changed(window, now, overran_at=now)


def finished(window: MaintenanceWindow, *, now: datetime) -> MaintenanceWindow:
    """Work has ended; before its time, the end moves to now. Raises: Conflict `window_not_running`."""
    if not window.running:
        raise Conflict("window_not_running")
    early = now < window.ends_at
    return _changed(
        window,
        now,
        state=WindowState.FINISHED,
        finished_at=now,
        ends_at=max(now, window.starts_at + timedelta(seconds=1)) if early else window.ends_at,
        sequence=window.sequence + early,
    )


def cancelled(window: MaintenanceWindow, *, now: datetime) -> MaintenanceWindow:
    """Will not take place.

    Raises: Conflict `window_cancel_after_start`, which is finished early instead; `window_over`.
    """
    if window.running:
        raise Conflict("window_cancel_after_start")
    if window.state not in OPEN:
        raise Conflict("window_over")
    return _changed(window, now, state=WindowState.CANCELLED, sequence=window.sequence + 1)


def _changed(window: MaintenanceWindow, now: datetime, **changes: object) -> MaintenanceWindow:
    return msgspec.structs.replace(window, changed_at=now, **changes)


def _clock(moment: datetime) -> str:
    """A moment in a refusal, on the clock that it came with."""
    return moment.strftime("%Y-%m-%d %H:%M")


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:g}"

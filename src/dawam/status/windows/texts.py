"""What the public reads at each step of a window, made from templates in every language.

The announcement's texts are a proposal that a person edits; what follows (reminder, start, extension, end) is
made of its title and the facts as they are then, so that no old time is repeated. Digits, dates and lists by
CLDR.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from dawam.standin import CAPABILITY_NAMES, Capability
from dawam.status.notices import NoticeText
from dawam.status.windows.history import Act, Times
from dawam.status.windows.model import (
    TITLE_MAX,
    MaintenanceWindow,
)
from dawam.status.windows.settings import MaintenanceSettings
from dawam.web import LOCALES, Locale, text
from dawam.web.pages import clock_time, day, in_a_list


def proposal(
    *,
    starts_at: datetime,
    ends_at: datetime,
    capabilities: Sequence[Capability],
    goes_on: Sequence[Capability],
    rules: MaintenanceSettings,
) -> dict[Locale, NoticeText]:
    """The announcement in every language: nature, times, what works and what does not."""
    return {
        locale: NoticeText(
            _put(
                "Planned maintenance on {day}",
                locale,
                day=day(starts_at, locale, rules.zone, rules.country),
            ),
            " ".join(_body(locale, starts_at, ends_at, capabilities, goes_on, rules)),
        )
        for locale in LOCALES
    }


def _body(
    locale: Locale,
    starts_at: datetime,
    ends_at: datetime,
    capabilities: Sequence[Capability],
    goes_on: Sequence[Capability],
    rules: MaintenanceSettings,
) -> Iterable[str]:
    yield _put(
        "We are improving our system from {start} to {end}.",
        locale,
        start=said(starts_at, locale, rules),
        end=_end(starts_at, ends_at, locale, rules),
    )
    yield from _will_work(goes_on, [one for one in capabilities if one not in goes_on], locale)


def _will_work(goes_on: Sequence[Capability], stopped: Sequence[Capability], locale: Locale) -> Iterable[str]:
    if goes_on:
        yield _put("These go on through our standby system: {list}.", locale, list=listed(goes_on, locale))
    if stopped:
        yield _put("These will not be available meanwhile: {list}.", locale, list=listed(stopped, locale))


def announcement(
    window: MaintenanceWindow, act: Act, rules: MaintenanceSettings, moved_from: Times | None = None
) -> dict[Locale, NoticeText]:
    """What is published when a window comes to a step; of a move, with the times before it."""
    if act in (Act.ANNOUNCED, Act.REWORDED):
        return window.texts
    if moved_from is not None:
        return {locale: _move(window, moved_from, locale, rules) for locale in LOCALES}
    step = _STEPS[act]
    return {locale: step(window, locale, rules) for locale in LOCALES}


def _reminder(window: MaintenanceWindow, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    return _about(window, "Reminder: {title}", locale, window.texts[locale].body)


def _move(window: MaintenanceWindow, old: Times, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    parts = [
        _put(
            "The planned work is moved. It was announced from {start} to {end}.",
            locale,
            start=said(old.starts_at, locale, rules),
            end=_end(old.starts_at, old.ends_at, locale, rules),
        ),
        _put(
            "The new time is from {start} to {end}.",
            locale,
            start=said(window.starts_at, locale, rules),
            end=_end(window.starts_at, window.ends_at, locale, rules),
        ),
    ]
    works = _will_work(window.goes_on, window.stopped, locale)
    return _about(window, "Maintenance is moved: {title}", locale, " ".join([*parts, *works]))


def _start(window: MaintenanceWindow, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    parts = [
        _put(
            "The planned work has begun and is to end at {end}.",
            locale,
            end=_end(window.starts_at, window.ends_at, locale, rules),
        )
    ]
    return _about(
        window, "Maintenance has begun: {title}", locale, " ".join([*parts, *_works(window, locale)])
    )


def _extension(window: MaintenanceWindow, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    parts = [
        _put(
            "The planned work takes longer than announced; the new end is {end}.",
            locale,
            end=said(window.ends_at, locale, rules),
        )
    ]
    return _about(
        window, "Maintenance goes on for longer: {title}", locale, " ".join([*parts, *_works(window, locale)])
    )


def _end_of_work(window: MaintenanceWindow, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    body = _put(
        "The planned work ended at {end}. Everything returns to the usual system step by step.",
        locale,
        end=said(window.finished_at or window.ends_at, locale, rules),
    )
    return _about(window, "Maintenance has ended: {title}", locale, body)


def _cancellation(window: MaintenanceWindow, locale: Locale, rules: MaintenanceSettings) -> NoticeText:
    body = _put(
        "The work announced for {start} will not take place. Everything works as usual.",
        locale,
        start=said(window.starts_at, locale, rules),
    )
    return _about(window, "Maintenance is cancelled: {title}", locale, body)


def _works(window: MaintenanceWindow, locale: Locale) -> Iterable[str]:
    if window.goes_on:
        yield _put(
            "These go on through our standby system: {list}.", locale, list=listed(window.goes_on, locale)
        )
    if window.stopped:
        yield _put("These are not available meanwhile: {list}.", locale, list=listed(window.stopped, locale))


_STEPS: dict[Act, Callable[[MaintenanceWindow, Locale, MaintenanceSettings], NoticeText]] = {
    Act.REMINDED: _reminder,
    Act.STARTED: _start,
    Act.EXTENDED: _extension,
    Act.FINISHED: _end_of_work,
    Act.FINISHED_EARLY: _end_of_work,
    Act.CANCELLED: _cancellation,
}


def _about(window: MaintenanceWindow, pattern: str, locale: Locale, body: str) -> NoticeText:
    whole = _put(pattern, locale, title=window.texts[locale].title)
    return NoticeText(whole if len(whole) <= TITLE_MAX + 80 else window.texts[locale].title, body)


def _put(pattern: str, locale: Locale, **params: str) -> str:
    """A text with its params as they are: what it is made into is escaped where it is shown."""
    filled: str = text(pattern, locale)
    for name, value in params.items():
        filled = filled.replace(f"{{{name}}}", value)
    return filled


def listed(capabilities: Iterable[Capability], locale: Locale) -> str:
    """Capabilities as a list in a sentence."""
    return in_a_list([text(CAPABILITY_NAMES[one], locale) for one in capabilities], locale)


def said(when: datetime, locale: Locale, rules: MaintenanceSettings) -> str:
    """A moment in a sentence: weekday, date and time of day."""
    return _put(
        "{day} at {time}",
        locale,
        day=day(when, locale, rules.zone, rules.country, length="full"),
        time=clock_time(when, locale, rules.zone, rules.country),
    )


def _end(starts_at: datetime, ends_at: datetime, locale: Locale, rules: MaintenanceSettings) -> str:
    """The end: only the time of day, where the day is the same."""
    first, last = starts_at.astimezone(rules.zone), ends_at.astimezone(rules.zone)
    if first.date() == last.date():
        return str(clock_time(ends_at, locale, rules.zone, rules.country))
    return said(ends_at, locale, rules)

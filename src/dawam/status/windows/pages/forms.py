"""What people type when they plan: times on the institution's clock, capabilities, texts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dawam.kernel import InvalidInput
from dawam.standin import Capability
from dawam.status.notices import NoticeText
from dawam.status.windows.model import Draft
from dawam.status.windows.settings import MaintenanceSettings
from dawam.status.windows.texts import proposal
from dawam.web import LOCALES, Locale

Fields = dict[str, str]
_MINUTES = "%Y-%m-%dT%H:%M"
_TIME_MAX = 19
_YEARS = range(2000, 2201)


def moment_of(said: str, zone: ZoneInfo) -> datetime:
    """A browser's `2026-12-04T02:00` on a clock, as a moment.

    Raises: InvalidInput `window_time_invalid`, and `window_time_skipped` for an hour that daylight saving
    leaves out.
    """
    try:
        naive = datetime.fromisoformat(said.strip())
    except ValueError:
        raise InvalidInput("window_time_invalid", value=said[:40]) from None
    odd = naive.tzinfo is not None or len(said.strip()) > _TIME_MAX or "T" not in said
    if odd or naive.year not in _YEARS:
        raise InvalidInput("window_time_invalid", value=said[:40])
    found = naive.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != naive:
        raise InvalidInput("window_time_skipped", value=naive.strftime("%Y-%m-%d %H:%M"))
    return found


def typed(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a browser's field for local times has it."""
    return moment.astimezone(zone).strftime(_MINUTES)


def chosen(fields: Mapping[str, str], prefix: str) -> tuple[Capability, ...]:
    """The capabilities whose box is ticked."""
    return tuple(one for one in Capability if fields.get(f"{prefix}_{one.value}") == "on")


def once_of(fields: Mapping[str, str]) -> str:
    """The id of a form, with which it counts once."""
    return fields.get("once", "")


def texts_of(fields: Mapping[str, str], prefix: str = "") -> dict[Locale, NoticeText]:
    """What was typed in each language; may be empty."""

    def typed_in(name: str) -> str:
        return fields.get(f"{prefix}{name}", "").strip()

    return {locale: NoticeText(typed_in(f"title_{locale}"), typed_in(f"body_{locale}")) for locale in LOCALES}


def times_of(fields: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end. Raises: InvalidInput `window_time_missing`, and what `moment_of` raises."""
    for name in ("starts_at", "ends_at"):
        if not fields.get(name, "").strip():
            raise InvalidInput("window_time_missing")
    return moment_of(fields["starts_at"], zone), moment_of(fields["ends_at"], zone)


def draft_of(fields: Mapping[str, str], rules: MaintenanceSettings) -> Draft:
    """The form as a draft, not yet checked."""
    starts_at, ends_at = times_of(fields, rules.zone)
    return Draft(
        id=fields.get("once", ""),
        institution=fields.get("institution", ""),
        scope=fields.get("scope", ""),
        starts_at=starts_at,
        ends_at=ends_at,
        capabilities=chosen(fields, "affected"),
        goes_on=chosen(fields, "goes_on"),
        texts=texts_of(fields),
        short_notice_reason=fields.get("short_notice_reason", ""),
    )


def filled(fields: Fields, rules: MaintenanceSettings, *, anew: bool) -> Fields:
    """The form with the proposed texts where there are none; with `anew`, everywhere.

    Raises: what `times_of` raises.
    """
    starts_at, ends_at = times_of(fields, rules.zone)
    said: dict[Locale, NoticeText] = proposal(
        starts_at=starts_at,
        ends_at=ends_at,
        capabilities=chosen(fields, "affected"),
        goes_on=chosen(fields, "goes_on"),
        rules=rules,
    )
    found = dict(fields)
    for locale in LOCALES:
        for name, words in (("title", said[locale].title), ("body", said[locale].body)):
            if anew or not found.get(f"{name}_{locale}", "").strip():
                found[f"{name}_{locale}"] = words
    return found


def with_choice(fields: Fields, choice: str) -> Fields:
    """The form with an advised start and end, given as `start/end` on the institution's clock."""
    start, _, end = choice[:60].partition("/")
    return {**fields, "starts_at": start, "ends_at": end}


def blank(institution: str, rules: MaintenanceSettings, given: Mapping[str, Any]) -> Fields:
    """An empty form of an institution: all affected, what the stand-in usually keeps going on."""
    found = {f"affected_{one.value}": "on" for one in Capability}
    found |= {f"goes_on_{one.value}": "on" for one in rules.unhindered}
    return {**found, "institution": institution, **given}

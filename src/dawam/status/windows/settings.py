"""What an institution decides about its maintenance. Page: docs/maintenance.md."""

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dawam.standin import Capability

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Annotated[float, msgspec.Meta(gt=0)]


class NoticeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many working days before its start a window of up to so many hours is announced."""

    up_to_hours: Hours
    working_days: Annotated[int, msgspec.Meta(ge=0, le=60)]


class HoursOfDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of the day on the institution's clock; an end before the begin is on the next day."""

    begins: time
    ends: time


class MaintenanceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The jurisdiction's rules and the institution's habits."""

    country: str = "EG"
    """ISO 3166-1 alpha-2: whose public holidays, and whose weekend unless `weekend` says otherwise."""
    time_zone: str = "Africa/Cairo"
    """The clock on which hours, days and notices are reckoned."""
    weekend: tuple[Weekday, ...] | None = None
    """Days without work, such as `["fri", "sat"]`."""
    longest_hours: Hours = 72.0
    """No window may be longer, extensions included."""
    notice: tuple[NoticeRule, ...] = (
        NoticeRule(up_to_hours=4, working_days=5),
        NoticeRule(up_to_hours=24, working_days=10),
        NoticeRule(up_to_hours=72, working_days=15),
    )
    """When a window must be announced; the last rule also holds for longer ones."""
    reminders_hours: tuple[Hours, ...] = (168.0, 24.0, 1.0)
    """How long before its start the public is reminded."""
    overrun_after_s: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    """How long after its end the primary may take to be well before the window overran."""
    pay_days: tuple[Annotated[int, msgspec.Meta(ge=-1, le=31)], ...] = ()
    """Days of the month on which salaries are paid; -1 is its last day."""
    avoid_weekend: bool = False
    """Whether the jurisdiction wants no maintenance at weekends."""
    friday_prayer: HoursOfDay | None = None
    prayers: tuple[HoursOfDay, ...] = ()
    ramadan_evening: HoursOfDay | None = None
    """Hours after iftar in which people shop and send money."""
    load_file: str | None = None
    """A CSV of operations per hour: `action,month,day,hour,count`, the first day of the month being 0."""
    load_year: Annotated[int, msgspec.Meta(ge=1970, le=2200)] | None = None
    """Which year the file is from; with it the advice knows days of the week."""
    load_weeks: Annotated[int, msgspec.Meta(ge=2, le=52)] = 8
    """Without a file: how many weeks back the bookings of the institution's feed are counted."""
    unhindered: tuple[Capability, ...] = (
        Capability.BALANCE,
        Capability.STATEMENT,
        Capability.PAYMENT,
        Capability.WITHDRAWAL,
    )
    """What goes on by stand-in unless the planner says otherwise."""

    def __post_init__(self) -> None:
        """A known zone and country, a day 0 nowhere, rules from short to long."""
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"time_zone {self.time_zone!r} is not in the IANA database") from None
        if len(self.country) != 2 or not self.country.isalpha() or not self.country.isupper():
            raise ValueError("country must be two capital letters of ISO 3166-1, such as EG")
        if 0 in self.pay_days:
            raise ValueError("pay_days are 1 to 31, or -1 for the last day of the month")
        lengths = [rule.up_to_hours for rule in self.notice]
        if lengths != sorted(lengths):
            raise ValueError("notice must go from short windows to long ones")

    @property
    def zone(self) -> ZoneInfo:
        """The clock on which everything is reckoned."""
        return ZoneInfo(self.time_zone)

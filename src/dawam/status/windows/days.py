"""Which days are like which: working days, public holidays, pay days, Ramadan; and when notice is due.

All days are those of the institution's own clock. Sources: the library `holidays`; the Umm al-Qura calendar
by hijridate. Dates of Islamic holidays that lie ahead are estimates, as the library says in their names.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from hijridate import Gregorian
from holidays import HolidayBase, country_holidays

from dawam.kernel import InvalidInput
from dawam.status.windows.settings import WEEKDAYS, HoursOfDay, MaintenanceSettings
from dawam.web import Locale

_RAMADAN = 9
_FRIDAY = 4


class Days:
    """The calendar of one institution."""

    def __init__(self, settings: MaintenanceSettings) -> None:
        """Raises: InvalidInput `window_country_unknown`."""
        self.zone = settings.zone
        self._settings = settings
        self._named: dict[Locale, HolidayBase] = {}
        try:
            self._holidays = country_holidays(settings.country)
        except NotImplementedError:
            raise InvalidInput("window_country_unknown", country=settings.country) from None
        chosen = settings.weekend
        self._weekend = (
            frozenset(WEEKDAYS.index(day) for day in chosen)
            if chosen is not None
            else frozenset(int(day) for day in self._holidays.weekend)
        )

    def weekend(self, day: date) -> bool:
        """Whether the day is without work each week."""
        return day.weekday() in self._weekend

    def holiday(self, day: date) -> bool:
        """Whether the day is a public holiday."""
        return day in self._holidays

    def holiday_name(self, day: date, locale: Locale) -> str:
        """What the public holiday is called, in the language if the library has it; empty on other days."""
        if locale not in self._named:
            spoken = self._holidays.supported_languages
            language = next((one for one in spoken if one.startswith(locale)), None)
            self._named[locale] = country_holidays(self._settings.country, language=language)
        return str(self._named[locale].get(day) or "")

    def working(self, day: date) -> bool:
        """Whether people work on the day."""
        return not self.weekend(day) and not self.holiday(day)

    def pay_day(self, day: date) -> bool:
        """Whether salaries are paid on the day."""
        last = monthrange(day.year, day.month)[1]
        return any(day.day == (last if wanted == -1 else wanted) for wanted in self._settings.pay_days)

    def ramadan(self, day: date) -> bool:
        """Whether the day is in Ramadan; False outside the calendar's years."""
        try:
            return Gregorian(day.year, day.month, day.day).to_hijri().month == _RAMADAN
        except (OverflowError, ValueError):
            return False

    def friday(self, day: date) -> bool:
        """Whether the day is a Friday."""
        return day.weekday() == _FRIDAY

    def midnight(self, day: date) -> datetime:
        """The moment with which the day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def span(self, day: date, hours: HoursOfDay) -> tuple[datetime, datetime]:
        """The moments between which those hours of the day lie."""
        over_midnight = timedelta(days=hours.ends <= hours.begins)
        begins = datetime.combine(day, hours.begins, self.zone)
        ends = datetime.combine(day + over_midnight, hours.ends, self.zone)
        return begins.astimezone(UTC), ends.astimezone(UTC)


def days_of_notice(length: timedelta, settings: MaintenanceSettings) -> int:
    """How many working days before its start a window of that length is announced."""
    hours = length.total_seconds() / 3600
    for rule in settings.notice:
        if hours <= rule.up_to_hours:
            return rule.working_days
    return settings.notice[-1].working_days if settings.notice else 0


def latest_announcement(
    starts_at: datetime, length: timedelta, settings: MaintenanceSettings, days: Days
) -> datetime:
    """The last moment at which a window may be announced without leave.

    So many whole working days lie between it and the day of the start: it is the midnight with which the
    first of them begins. Weekends and holidays do not count. Without a rule it is the start itself.
    """
    day, left = starts_at.astimezone(days.zone).date(), days_of_notice(length, settings)
    if not left:
        return starts_at
    while left:
        day -= timedelta(days=1)
        left -= days.working(day)
    return days.midnight(day)


def noticed_from(now: datetime, length: timedelta, settings: MaintenanceSettings, days: Days) -> datetime:
    """The first start for which an announcement made now is in time."""
    if not days_of_notice(length, settings):
        return now
    day = now.astimezone(days.zone).date()
    while latest_announcement(days.midnight(day), length, settings, days) < now:
        day += timedelta(days=1)
    return days.midnight(day)

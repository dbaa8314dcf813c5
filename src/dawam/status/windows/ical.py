"""Windows as an iCalendar, for people's own calendars.

Rules: UID is the window's id and never changes; SEQUENCE counts the changes that matter to a calendar (times,
texts, cancellation); STATUS is CONFIRMED or CANCELLED; DTSTAMP and LAST-MODIFIED are the last change, so that
the same windows give the same bytes. Times are UTC. There is no METHOD: it would make the file a message of
scheduling, with an organizer, and would have to stand in the media type too (RFC 5545, 3.7.2). What steers
text is written out, since TEXT may hold no control character (3.3.11). Sources: RFC 5545, RFC 7986.
"""

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event, vDuration

from dawam.status.notices import harmless
from dawam.status.windows.model import MaintenanceWindow, WindowState
from dawam.web import Locale, text

_PRODUCT = "-//Dawam//Maintenance windows//EN"
_REFRESH = timedelta(hours=1)


def calendar_of(windows: Sequence[MaintenanceWindow], *, name: str, locale: Locale, origin: str) -> bytes:
    """The calendar of one institution in one language; `windows` are those that the public was told of."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    titled = harmless(text("Maintenance of {institution}", locale, institution=name))
    calendar.add("name", titled)
    calendar.add("x-wr-calname", titled)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for window in windows:
        calendar.add_component(_event(window, locale=locale, origin=origin))
    return bytes(calendar.to_ical())


def _event(window: MaintenanceWindow, *, locale: Locale, origin: str) -> Event:
    said = window.texts[locale]
    event = Event()
    event.add("uid", f"{window.id}@dawam")
    event.add("sequence", window.sequence)
    event.add("dtstamp", window.changed_at.replace(microsecond=0))
    event.add("last-modified", window.changed_at.replace(microsecond=0))
    event.add("created", window.created_at.replace(microsecond=0))
    event.add("dtstart", window.starts_at)
    event.add("dtend", window.ends_at)
    event.add("summary", harmless(said.title), parameters={"LANGUAGE": locale})
    event.add("description", harmless(said.body), parameters={"LANGUAGE": locale})
    event.add("status", "CANCELLED" if window.state is WindowState.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{origin}/{locale}/windows/{window.id}")
    return event

"""The iCalendar feed, read back by the library, asked for again with good and bad conditions."""

import asyncio
import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from dawam.status.notices import NoticeText

from .stage import HOURS, NIGHT, Browser, Desk, texts

FEED = "/feeds/misr/windows.ics"


@pytest.fixture
def desk():
    return Desk()


DURATION = re.compile(r"P(\d+W|(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)")


def events(answer):
    """The events by their id. Rules: RFC 5545, 3.1 (lines), 3.3.11 (text), 3.6 and 3.6.1 (what must stand
    there once), 3.7.2 (no METHOD without one in the media type), 3.8.2.2 (an end after the start).
    """
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    *lines, nothing = answer.content.split(b"\r\n")
    assert nothing == b""
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", b"".join(lines))
    calendar = Calendar.from_ical(answer.content)
    assert [part.errors for part in calendar.walk()] == [[]] * len(calendar.walk())
    once(calendar, "PRODID", "VERSION", "CALSCALE", "NAME", "REFRESH-INTERVAL")
    assert (str(calendar["version"]), "method" in calendar) == ("2.0", False)
    assert DURATION.fullmatch(calendar["x-published-ttl"])
    found = {}
    for event in calendar.walk("VEVENT"):
        once(
            event, "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "SEQUENCE", "STATUS", "URL"
        )
        assert event.start < event.end
        assert str(event["status"]) in ("CONFIRMED", "CANCELLED")
        assert all(event[name].dt.utcoffset() == timedelta() for name in ("dtstamp", "dtstart", "dtend"))
        assert str(event["uid"]) not in found
        found[str(event["uid"])] = event
    return found


def once(part, *names):
    for name in names:
        assert name in part, name
        assert not isinstance(part[name], list), name


def ask(desk, **headers):
    return Browser(desk).client.get(
        FEED, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_an_announced_window_is_an_event_and_a_planned_one_is_not(desk):
    window = asyncio.run(desk.announced())
    asyncio.run(desk.windows.plan(desk.draft(starts_at=NIGHT + timedelta(days=2)), by="amal"))
    answer = ask(desk)
    (event,) = events(answer).values()
    assert str(event["uid"]) == f"{window.id}@dawam"
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert (event.start, event.end) == (NIGHT, NIGHT + 2 * HOURS)
    assert event["summary"] == texts()["en"].title
    assert event["last-modified"].dt == event["dtstamp"].dt == desk.clock.now()


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_the_feed_speaks_the_language_that_is_asked_for(desk, locale):
    asyncio.run(desk.announced())
    by_query = Browser(desk).client.get(f"{FEED}?lang={locale}", headers={"accept-language": "de"})
    by_header = ask(desk, accept_language=f"{locale};q=0.9")
    for answer in (by_query, by_header):
        (event,) = events(answer).values()
        assert event["summary"] == texts()[locale].title
        assert answer.headers["content-language"] == locale


def test_a_cancelled_window_keeps_its_uid_and_counts_on(desk):
    window = asyncio.run(desk.announced())
    desk.clock.moment += timedelta(hours=5)
    asyncio.run(desk.windows.cancel(window.id, by="amal", reason="later", once=desk.new_id()))
    (event,) = events(ask(desk)).values()
    assert str(event["uid"]) == f"{window.id}@dawam"
    assert (event["sequence"], event["status"]) == (1, "CANCELLED")
    assert event["last-modified"].dt == desk.clock.now()


def test_nothing_is_sent_again_that_has_not_changed(desk):
    window = asyncio.run(desk.announced())
    first = ask(desk)
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    assert ask(desk).content == first.content
    for headers in (
        {"if_none_match": tag},
        {"if_none_match": f'"other", W/{tag}'},
        {"if_none_match": "*"},
        {"if_modified_since": changed},
        {"if_none_match": tag, "if_modified_since": "nonsense"},
    ):
        again = ask(desk, **headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    desk.clock.moment += timedelta(minutes=1)
    asyncio.run(desk.windows.cancel(window.id, by="amal", reason="later", once=desk.new_id()))
    assert ask(desk, if_none_match=tag).status_code == 200
    assert ask(desk, if_modified_since=changed).status_code == 200
    assert ask(desk, if_none_match='"other"', if_modified_since=changed).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        "",
        "Tue, 99 Dec 2026 25:00:00 GMT",
        "0",
        "-1",
        "Tue, 08 Dec 99999 02:00:00 GMT",
        "2026-12-08T02:00:00Z",
        "x" * 5_000,
        '"' * 2_000,
        "\u00ff\u00fe",
    ],
)
def test_bad_conditions_are_as_if_they_were_not_there(desk, value):
    asyncio.run(desk.announced())
    raw = value.encode("latin-1")
    client = Browser(desk).client
    for name in ("if-modified-since", "if-none-match"):
        answer = client.get(FEED, headers={name: raw})
        assert answer.status_code == 200
        assert len(events(answer)) == 1


def test_an_empty_calendar_is_a_calendar(desk):
    answer = ask(desk)
    assert answer.status_code == 200
    assert events(answer) == {}
    assert "last-modified" not in answer.headers


def test_a_hostile_text_cannot_leave_its_line(desk):
    said = {
        one: NoticeText("a;b,c\\\r\nEND:VEVENT", "x\r\nBEGIN:VEVENT\r\nUID:evil")
        for one in ("ar", "fr", "en")
    }
    window = asyncio.run(desk.announced(texts=said))
    found = events(ask(desk))
    assert list(found) == [f"{window.id}@dawam"]


def test_what_steers_text_is_written_out(desk):
    said = {
        one: NoticeText("\u202e a\x7f\u2028b", "\x01ديوان Société 🏦 " * 90) for one in ("ar", "fr", "en")
    }
    asyncio.run(desk.announced(texts=said))
    for locale in said:
        (event,) = events(Browser(desk).client.get(f"{FEED}?lang={locale}")).values()
        assert event["summary"] == "\\u202e a\\u007f\\u2028b"
        assert event["description"].startswith("\\u0001ديوان Société 🏦 ")

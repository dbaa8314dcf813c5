"""The pages of maintenance: for whom, in which language, with and without mistakes."""

import asyncio
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dawam.kernel import InvalidInput
from dawam.status.notices import NoticeText
from dawam.status.windows import WindowState
from dawam.status.windows.pages.forms import moment_of

from .stage import NIGHT, RULES, Browser, Desk, plan_fields, texts

PLAN = "/console/windows/plan"
HOSTILE = 'Core"><script>alert(1)</script>\u202etxt\u202c'


def announced(desk, **options):
    return asyncio.run(desk.announced(**options))


def planned(desk, **options):
    return asyncio.run(desk.windows.plan(desk.draft(**options), by="amal"))


@pytest.fixture
def desk():
    return Desk()


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_a_window_is_public_once_it_is_announced_in_every_language(desk, locale):
    window = planned(desk)
    browser = Browser(desk, locale=locale)
    assert browser.get(f"/windows/{window.id}").status_code == 404
    asyncio.run(desk.windows.announce(window.id, by="amal", once=desk.new_id()))
    page = browser.get(f"/windows/{window.id}")
    assert page.status_code == 200
    assert texts()[locale].title in page.text
    assert f'lang="{locale}"' in page.text


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_the_calendar_shows_its_month_and_what_was_announced_only(desk, locale):
    window = announced(desk)
    secret = planned(desk, starts_at=NIGHT + timedelta(days=1))
    page = Browser(desk, locale=locale).get("/calendar/misr?month=2026-12")
    assert page.status_code == 200
    assert window.id in page.text
    assert secret.id not in page.text
    assert ("١٤٤٨" in page.text) is (locale == "ar")


@pytest.mark.parametrize("month", ["2026-13", "x", "0001-01", "9999-12", "2026-12-01", "\u0662\u0660"])
def test_a_month_that_is_none_is_told_and_this_month_shown(desk, month):
    page = Browser(desk).get(f"/calendar/misr?month={month}")
    assert page.status_code == 422
    assert 'id="problem"' in page.text


def test_what_does_not_exist_is_not_found(desk):
    browser = Browser(desk, "amal")
    paths = ["/windows/nothing", "/calendar/nobody", "/console/windows/nothing"]
    assert [browser.get(path).status_code for path in paths] == [404] * 3
    assert browser.client.get("/feeds/nobody/windows.ics").status_code == 404


def test_a_hostile_text_is_shown_and_never_obeyed(desk):
    said = {one: NoticeText(HOSTILE, f"{HOSTILE}\nsecond line") for one in ("ar", "fr", "en")}
    window = announced(desk, scope=HOSTILE, texts=said)
    for browser, path in (
        (Browser(desk), f"/windows/{window.id}"),
        (Browser(desk), "/calendar/misr?month=2026-12"),
        (Browser(desk, "amal"), "/console/windows"),
        (Browser(desk, "amal"), "/console/windows/calendar?institution=misr&month=2026-12"),
        (Browser(desk, "vera"), f"/console/windows/{window.id}"),
    ):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text, path
        assert "\\u202e" in page.text


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_a_window_is_planned_by_its_form_and_a_form_sent_twice_makes_one(desk, locale):
    browser = Browser(desk, "amal", locale=locale)
    fields = {**plan_fields(desk), **browser.form(PLAN)}
    first, again = browser.post(PLAN, fields), browser.post(PLAN, fields)
    assert (first.status_code, again.status_code) == (303, 303), first.text
    assert first.headers["location"] == again.headers["location"]
    (window,) = desk.windows.upcoming(public=False)
    assert window.starts_at == NIGHT
    assert first.headers["location"] == f"/{locale}/console/windows/{window.id}"
    assert browser.get(f"/console/windows/{window.id}").status_code == 200


def test_the_rule_of_notice_is_shown_in_the_digits_of_the_language(desk):
    shown = {
        one: re.sub("[\u2066-\u2069]", "", Browser(desk, "amal", locale=one).get(PLAN).text)
        for one in ("ar", "en")
    }
    assert "up to 4 h: 5 working days" in shown["en"]
    assert "حتى ٤ من الساعات: ٥ من أيام العمل" in shown["ar"]


def test_the_same_form_with_another_content_is_refused(desk):
    browser = Browser(desk, "amal")
    fields = {**plan_fields(desk), **browser.form(PLAN)}
    browser.post(PLAN, fields)
    assert browser.post(PLAN, {**fields, "scope": "something else"}).status_code == 409


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": "2026-12-08T01:00"},
        {"starts_at": "2026-11-01T02:00", "ends_at": "2026-11-01T03:00"},
        {"ends_at": "2026-12-20T01:00"},
        {"starts_at": "tomorrow"},
        {"starts_at": ""},
        {"starts_at": "2027-04-30T00:30", "ends_at": "2027-04-30T03:00"},
        {"affected_balance": "", "affected_payment": "", "goes_on_balance": ""},
        {"goes_on_cheque": "on"},
        {"title_fr": ""},
        {"body_ar": " "},
        {"title_en": "x" * 121},
        {"scope": ""},
        {"institution": "nobody"},
        {"starts_at": "2026-11-24T02:00", "ends_at": "2026-11-24T04:00"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_a_mistake_shows_the_form_again_with_the_reason_and_what_was_typed(desk, wrong, locale):
    browser = Browser(desk, "amal", locale=locale)
    answer = browser.post(PLAN, {**plan_fields(desk), **browser.form(PLAN), **wrong})
    assert answer.status_code in (409, 422)
    assert 'id="problem"' in answer.text
    assert texts()["en"].body in answer.text
    assert desk.windows.upcoming(public=False) == []


def test_the_form_proposes_texts_and_quiet_hours_without_a_script(tmp_path):
    file = tmp_path / "load.csv"
    lines = [f"12,{day},{hour},{hour}" for day in range(28) for hour in range(24)]
    file.write_text("\n".join(["month,day,hour,count", *lines]))
    desk = Desk(rules={"misr": msgspec.structs.replace(RULES, load_file=str(file), load_year=2026)})
    browser = Browser(desk, "amal")
    bare = {one: two for one, two in plan_fields(desk).items() if not one.startswith(("title", "body"))}
    page = browser.post(PLAN, {**bare, **browser.form(PLAN), "act": "look"})
    assert page.status_code == 200
    assert texts()["ar"].title in page.text
    assert "It would meet about 5 operations." in page.text
    assert "Counted in the file of operations, over 28 days" in page.text
    chosen = browser.post(PLAN, {**bare, **browser.form(PLAN), "choose": "2026-12-09T00:00/2026-12-09T02:00"})
    assert 'value="2026-12-09T00:00"' in chosen.text
    part = browser.post("/console/windows/advice", {**bare, **browser.form(PLAN)})
    assert part.status_code == 200
    assert "<html" not in part.text


def test_the_acts_of_a_window_in_the_console(desk):
    window = planned(desk)
    path = f"/console/windows/{window.id}"
    browser = Browser(desk, "amal")
    said = browser.form(path)
    once = [browser.post(f"{path}/announce", said).status_code for _ in range(2)]
    assert once == [303, 303]
    assert len(desk.told.published) == 1
    early = browser.post(
        f"{path}/extend", {**browser.form(path), "ends_at": "2026-12-08T05:00", "reason": "x"}
    )
    assert early.status_code == 409
    without = browser.post(f"{path}/cancel", {**browser.form(path), "reason": " "})
    assert without.status_code == 422
    done = browser.post(f"{path}/cancel", {**browser.form(path), "reason": "not ready"})
    assert done.status_code == 303
    assert desk.windows.known(window.id).state is WindowState.CANCELLED
    assert "not ready" in browser.get(path).text


def test_nobody_agrees_to_their_own_short_notice(desk):
    soon = desk.clock.now() + timedelta(days=1)
    window = asyncio.run(desk.windows.plan(desk.draft(starts_at=soon, short_notice_reason="leak"), by="badr"))
    path = f"/console/windows/{window.id}"
    assert "/approve" not in Browser(desk, "badr").get(path).text
    own = Browser(desk, "badr").post(f"{path}/approve", Browser(desk, "badr").form(path))
    assert own.status_code == 403
    assert Browser(desk, "amal").post(f"{path}/approve", Browser(desk, "amal").form(path)).status_code == 403
    early = Browser(desk, "amal").post(f"{path}/announce", Browser(desk, "amal").form(path))
    assert early.status_code == 409


def test_who_may_not_plan_reads_only(desk):
    window = planned(desk)
    vera = Browser(desk, "vera")
    assert vera.get("/console/windows").status_code == 200
    assert vera.get(f"/console/windows/{window.id}").status_code == 200
    assert vera.get(PLAN).status_code == 403
    assert "/cancel" not in vera.get(f"/console/windows/{window.id}").text
    assert Browser(desk).get("/console/windows").status_code in (302, 303, 307)


def test_a_member_for_one_institution_does_not_see_another(desk):
    window = planned(desk)
    omar = Browser(desk, "omar")
    assert omar.get(f"/console/windows/{window.id}").status_code == 404
    assert window.id not in omar.get("/console/windows").text
    assert omar.get("/console/windows/calendar?institution=misr").status_code == 404
    fields = {**plan_fields(desk), **omar.form(PLAN)}
    assert omar.post(PLAN, fields).status_code == 422
    assert omar.post(f"/console/windows/{window.id}/announce", fields).status_code == 404


@pytest.mark.parametrize(
    "said", ["0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59", "2500-01-01T00:00"]
)
def test_a_year_that_no_calendar_has_is_no_time(said):
    with pytest.raises(InvalidInput, match="window_time_invalid"):
        moment_of(said, ZoneInfo("Africa/Cairo"))

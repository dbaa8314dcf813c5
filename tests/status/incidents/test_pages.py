"""The pages of incidents: public, console, report and PDF."""

import asyncio
import re

import pytest
from litestar.testing import TestClient

from dawam.status.incidents import TEMPLATES, Finding, Ports, console_routes, page_routes
from dawam.status.notices import TEMPLATES as NOTICE_TEMPLATES
from dawam.status.notices import NoticeText
from dawam.web.pages import Face, Kind, PageSettings, Role, Visitor, page_app

from .conftest import AWAY, BACK, NORMAL, WORDS, Play, touched

HTML = {"accept": "text/html"}
HOSTILE = "<script>alert(1)</script> \u202egnp"
MARKUP = '#panic() $x^2$ *b* \\u{41} {{ 1 }} "quoted"\n'
LOCALES = ["ar", "fr", "en"]


class Staff:
    """Sessions of members whose cookie's value is their role, and where they work."""

    def visitor(self, key):
        role, _, place = key.partition(".")
        if role not in [one.value for one in Role]:
            return None
        places = (place,) if place else ()
        return Visitor(
            kind=Kind.STAFF, id=f"m-{role}", roles=frozenset({Role(role)}), institutions=places, key=key
        )


class Pages:
    """A browser of one member of the staff."""

    def __init__(self, client):
        self.client = client

    def as_(self, who):
        self.client.cookies.clear()
        self.client.cookies.set("dawam", who)
        return self

    def get(self, path, status=200):
        answer = self.client.get(path, headers=HTML, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    def post(self, page, path, status=303, **fields):
        text = self.get(page).text
        token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
        once = re.search(r'name="once" value="([^"]+)"', text)[1]
        data = {"csrf": token, "once": once, **fields}
        answer = self.client.post(path, data=data, headers=HTML, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def play(storage):
    return Play(
        storage, ports=Ports(customers=lambda _: 1_000, affected=lambda *_: [touched("=c-1"), touched("c-2")])
    )


@pytest.fixture
def pages(play):
    face = Face(play.world, PageSettings(), templates=[TEMPLATES, NOTICE_TEMPLATES])
    routes = [*page_routes(face, play.incidents), *console_routes(face, play.incidents)]
    with TestClient(page_app(routes, face=face, sessions=Staff())) as client:
        yield Pages(client)


def fields(texts=WORDS):
    return {
        f"{name}_{locale}": getattr(said, name)
        for locale, said in texts.items()
        for name in ("title", "body")
    }


def findings(words="A cable."):
    return {locale: Finding(words, words) for locale in LOCALES}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_public_sees_what_is_the_matter_at_every_step(play, pages, locale):
    play.change(AWAY)
    incident = play.one()
    path = f"/{locale}/incidents/{incident.id}"
    first = pages.get(path).text
    assert play.notices.last_of(incident.id).texts[locale].title in first
    play.change(BACK, share=10)
    pages.get(path)
    play.pass_s(130)
    play.change(NORMAL)
    pages.get(path)
    pages.get(f"{path}/report", status=404)
    play.act(play.incidents.close(incident.id, findings(), by="m-1"))
    assert "/report" in pages.get(path).text
    assert "A cable." in pages.get(f"{path}/report").text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("words", ["A cable.", MARKUP + HOSTILE])
def test_the_report_is_a_pdf_whatever_was_written(play, pages, locale, words):
    play.change(AWAY)
    incident = play.one()
    play.act(play.incidents.expect(incident.id, None, by="m-1"))
    play.change(NORMAL)
    play.act(play.incidents.close(incident.id, findings(words), by="m-1"))
    answer = pages.get(f"/{locale}/incidents/{incident.id}/report.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == pages.get(f"/{locale}/incidents/{incident.id}/report.pdf").content
    page = pages.get(f"/{locale}/incidents/{incident.id}/report").text
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_a_hostile_notice_is_shown_and_never_obeyed(play, pages):
    play.change(AWAY)
    incident = play.one()
    texts = dict.fromkeys(LOCALES, NoticeText(HOSTILE, HOSTILE))
    play.act(play.incidents.confirm(incident.id, texts, by="m-1"))
    pages.as_("viewer")
    for path in (f"/en/incidents/{incident.id}", f"/en/console/incidents/{incident.id}"):
        page = pages.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "alert(1)" in page


@pytest.mark.parametrize("locale", LOCALES)
def test_the_staff_see_a_list_and_one_with_its_evidence(play, pages, locale):
    pages.as_("viewer")
    pages.get(f"/{locale}/console/incidents")
    play.change(AWAY)
    play.change(AWAY, institution="atlas")
    incident = play.incidents.open_incidents("nile-bank")[0]
    assert incident.id in pages.get(f"/{locale}/console/incidents").text
    page = pages.get(f"/{locale}/console/incidents/{incident.id}").text
    assert "3 failures in a row" in page
    assert 'name="title_ar"' not in page


def test_a_member_sees_only_their_own_institutions(play, pages):
    play.change(AWAY)
    incident = play.one()
    pages.as_("viewer.atlas")
    assert incident.id not in pages.get("/en/console/incidents").text
    pages.get(f"/en/console/incidents/{incident.id}", status=404)
    pages.as_("viewer.nile-bank")
    pages.get(f"/en/console/incidents/{incident.id}")


def test_the_public_does_not_see_the_console(play, pages):
    pages.get("/en/console/incidents", status=302)


def test_a_communicator_leads_an_incident_to_its_report(play, pages):
    play.change(AWAY)
    incident = play.one()
    pages.as_("communicator")
    page = f"/en/console/incidents/{incident.id}"
    pages.post(page, f"{page}/confirm", **fields())
    pages.post(page, f"{page}/eta", eta="2026-03-02T12:30")
    pages.post(page, f"{page}/eta", unknown="on")
    pages.post(page, f"{page}/update", **fields())
    pages.post(page, f"{page}/impact", impact_eur="120000")
    pages.post(page, f"{page}/major", reason="many clients")
    pages.post(page, f"{page}/reported", report="initial")
    play.change(NORMAL)
    said = {f"{name}_{locale}": "A cable." for locale in LOCALES for name in ("cause", "measures")}
    pages.post(page, f"{page}/close", **said)
    after = play.one()
    assert after.state == "closed"
    assert after.etas[0].eta.isoformat() == "2026-03-02T10:30:00+00:00"
    assert after.impact_eur == 120_000
    pages.get(page)


@pytest.mark.parametrize(
    ("form", "entered", "status", "words"),
    [
        ("eta", {"eta": "2020-01-01T10:00"}, 422, "lies in the past"),
        ("eta", {"eta": "soon"}, 422, "not a date"),
        ("eta", {}, 422, "not a date"),
        ("eta", {"eta": "9999-12-31T23:59"}, 422, "days away"),
        ("confirm", {"title_en": "Only English", "body_en": "x"}, 422, "language ar is missing"),
        ("close", {}, 409, "cannot be closed"),
        ("impact", {"impact_eur": "much"}, 422, "cannot be used"),
        ("impact", {"impact_eur": "5", "once": "1" * 41}, 422, "cannot be used"),
        ("major", {}, 422, "is empty"),
        ("reported", {"report": "initial"}, 409, "not classified"),
    ],
)
def test_what_cannot_be_is_shown_again_with_the_reason(play, pages, form, entered, status, words):
    play.change(AWAY)
    page = f"/en/console/incidents/{play.one().id}"
    pages.as_("operator")
    answer = pages.post(page, f"{page}/{form}", status=status, **entered)
    assert words in answer.text.replace("\u2068", "").replace("\u2069", "")
    for value in entered.values():
        if form not in ("close", "reported", "impact"):
            assert value in answer.text


@pytest.mark.parametrize("role", ["viewer", "approver", "administrator"])
@pytest.mark.parametrize("form", ["confirm", "update", "eta", "close", "major", "impact", "reported"])
def test_who_may_not_speak_is_refused(play, pages, role, form):
    play.change(AWAY)
    incident = play.one()
    pages.as_(role)
    answer = pages.client.post(f"/en/console/incidents/{incident.id}/{form}", headers=HTML)
    assert answer.status_code == 403


def test_administrators_take_the_list_and_a_spreadsheet_takes_none_of_it_for_a_formula(play, pages):
    play.change(AWAY)
    play.pass_s(60)
    path = f"/en/console/incidents/{play.one().id}/affected.csv"
    pages.as_("communicator").get(path, status=403)
    answer = pages.as_("administrator").get(path)
    assert answer.text.splitlines()[0] == "account,why,first_at"
    assert sorted(line.split(",")[0] for line in answer.text.splitlines()[1:]) == ["'=c-1", "c-2"]


def test_a_form_sent_twice_publishes_once(play, pages):
    play.change(AWAY)
    incident = play.one()
    pages.as_("communicator")
    page = f"/en/console/incidents/{incident.id}"
    text = pages.get(page).text
    token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
    data = {"csrf": token, "once": "0" * 26, **fields()}
    for _ in range(2):
        answer = pages.client.post(f"{page}/confirm", data=data, headers=HTML, follow_redirects=False)
        assert answer.status_code == 303
    assert len(play.titles()) == 2


def test_the_work_goes_on_until_it_is_stopped(play):
    async def some():
        work = asyncio.create_task(play.incidents.run())
        await asyncio.sleep(0.05)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    play.change(AWAY, work=False)
    asyncio.run(some())
    assert play.one().state == "detected"

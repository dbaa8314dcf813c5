"""Atom, JSON Feed, CAP: read by strangers' parsers, asked again and again, with hostile words in them."""

import re
from datetime import timedelta
from email.utils import format_datetime

import pytest
from litestar.testing import TestClient
from lxml import etree

from dawam.kernel import id_to_text
from dawam.status.notices import grouped

from .stage import HOSTILE, SETTINGS, START, TEXTS, Incident, Stage, said

A = {"a": "http://www.w3.org/2005/Atom"}
C = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
INFO_ORDER = [
    "language",
    "category",
    "event",
    "responseType",
    "urgency",
    "severity",
    "certainty",
    "onset",
    "expires",
    "senderName",
    "headline",
    "description",
    "web",
    "parameter",
    "area",
]
ALERT_ORDER = [
    "identifier",
    "sender",
    "sent",
    "status",
    "msgType",
    "scope",
    "references",
    "incidents",
    "info",
]
CAP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00")


def atom(client, path="/feeds/misr/en.atom"):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return etree.fromstring(answer.content)


def one(element, path, spaces=A):
    (found,) = element.xpath(path, namespaces=spaces)
    return found


def cap(client, name):
    answer = client.get(f"/feeds/misr/cap/{name}.xml")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/cap+xml")
    alert = etree.fromstring(answer.content)
    names = [etree.QName(child).localname for child in alert]
    assert sorted(names, key=ALERT_ORDER.index) == names
    for info in alert.findall("c:info", C):
        inner = [etree.QName(child).localname for child in info]
        assert sorted(inner, key=INFO_ORDER.index) == inner
        assert {"category", "event", "urgency", "severity", "certainty"} <= set(inner)
        assert info.findtext("c:area/c:areaDesc", namespaces=C)
    assert not re.search(r"[ ,<&]", alert.findtext("c:identifier", namespaces=C))
    assert not re.search(r"[ ,<&]", alert.findtext("c:sender", namespaces=C))
    assert CAP_TIME.fullmatch(alert.findtext("c:sent", namespaces=C))
    return alert


def of(alert, name):
    return alert.findtext(f"c:{name}", namespaces=C)


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_an_atom_feed_holds_the_notices_of_a_language(client, lone, locale):
    notice = lone.publish()
    feed = atom(client, f"/feeds/misr/{locale}.atom")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == locale
    assert one(feed, "a:id/text()") == f"tag:status.example.com,2026:feed/misr/{locale}"
    assert one(feed, "a:entry/a:id/text()") == f"tag:status.example.com,2026:notice/{notice.id}"
    assert one(feed, "a:entry/a:title/text()") == TEXTS[locale].title
    assert grouped(notice.code) in one(feed, "a:entry/a:content/text()")
    assert one(feed, "a:author/a:name/text()") == "Bank of Egypt"
    assert one(feed, "a:updated/text()") == one(feed, "a:entry/a:updated/text()")
    assert one(feed, "a:link[@rel='self']/@href") == f"https://status.example.com/feeds/misr/{locale}.atom"


def test_an_empty_feed_is_a_feed(client):
    feed = atom(client)
    assert one(feed, "a:updated/text()").startswith("1970-01-01T00:00:00")
    assert feed.xpath("a:entry", namespaces=A) == []
    assert client.get("/feeds/misr/en.json").json()["items"] == []


def test_pages_of_a_feed_hold_every_notice_once(client, lone):
    published = []
    for number in range(45):
        lone.clock.pass_s(1)
        published.append(lone.publish(subject=f"i-{number}").id)
    path, ids = "/feeds/misr/en.atom", []
    json_path, json_ids = "/feeds/misr/en.json", []
    while path:
        feed = atom(client, path)
        ids += feed.xpath("a:entry/a:id/text()", namespaces=A)
        path = (feed.xpath("a:link[@rel='next']/@href", namespaces=A) or [""])[0]
        path = path.removeprefix(SETTINGS.origin)
    while json_path:
        found = client.get(json_path).json()
        json_ids += [item["id"] for item in found["items"]]
        json_path = found.get("next_url", "").removeprefix(SETTINGS.origin)
    assert [word.rpartition("/")[2] for word in ids] == published[::-1]
    assert json_ids == ids


def test_a_json_feed_says_what_its_version_wants(client, lone):
    notice = lone.publish()
    answer = client.get("/feeds/misr/ar.json")
    feed = answer.json()
    assert answer.headers["content-type"].startswith("application/feed+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["title"] == TEXTS["ar"].title
    assert item["url"].endswith(f"/ar/check?code={grouped(notice.code)}")
    assert item["tags"] == ["incident", "balance", "payment"]


@pytest.mark.parametrize("path", ["/feeds/misr/en.atom", "/feeds/misr/fr.json", "/feeds/misr/cap/index.xml"])
def test_a_reader_that_has_the_feed_gets_it_again_only_when_it_changed(client, lone, path):
    lone.publish()
    first = client.get(path)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    assert client.get(path, headers={"if-none-match": f'"x", {tag}'}).status_code == 304
    assert client.get(path, headers={"if-none-match": tag.removeprefix("W/")}).status_code == 304
    assert client.get(path, headers={"if-none-match": "*"}).status_code == 304
    assert client.get(path, headers={"if-modified-since": date}).status_code == 304
    assert client.get(path, headers={"if-modified-since": date, "if-none-match": '"x"'}).status_code == 200
    earlier = format_datetime(START - timedelta(days=1), usegmt=True)
    assert client.get(path, headers={"if-modified-since": earlier}).status_code == 200
    lone.clock.pass_s(60)
    lone.publish(subject="i-2")
    lone.publisher.changed("misr")
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200
    assert client.get(path, headers={"if-modified-since": date}).status_code == 200


@pytest.mark.parametrize(
    "said_badly",
    ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 GMT", "0", "W/", '"', "," * 5_000, "x" * 9_000, "\xff\xfe"],
)
@pytest.mark.parametrize("header", ["if-none-match", "if-modified-since"])
def test_bad_conditions_are_as_if_they_were_not_there(client, lone, header, said_badly):
    lone.publish()
    headers = {header: said_badly.encode("latin-1")}
    for path in ("/feeds/misr/en.atom", "/feeds/misr/cap/index.xml", "/en/status/misr/now"):
        assert client.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/misr/de.atom",
        "/feeds/misr/en.rss",
        "/feeds/nobody/en.atom",
        "/feeds/misr/en.atom?before=x",
        "/feeds/misr/en.atom?before=" + "é" * 26,
        "/feeds/misr/cap/nothing.xml",
        "/feeds/misr/cap/x.json",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_page_begins_only_after_a_notice_of_the_same_institution(client, lone):
    notice = lone.publish(institution="atlas")
    answer = client.get(f"/feeds/misr/en.atom?before={notice.id}", headers={"accept": "*/*"})
    assert (answer.status_code, answer.json()["code"]) == (404, "feed_page_unknown")
    assert client.get(f"/feeds/misr/cap/{notice.id}.xml").status_code == 404


def test_a_warning_speaks_every_language(client, lone):
    notice = lone.publish()
    alert = cap(client, notice.id)
    assert (of(alert, "identifier"), of(alert, "msgType")) == (notice.id, "Alert")
    assert of(alert, "references") is None
    infos = alert.findall("c:info", C)
    assert [of(info, "language") for info in infos] == ["ar", "fr", "en"]
    assert [of(info, "headline") for info in infos] == [TEXTS[one].title for one in ("ar", "fr", "en")]
    weights = {
        (of(i, "urgency"), of(i, "severity"), of(i, "certainty"), of(i, "responseType")) for i in infos
    }
    assert weights == {("Immediate", "Moderate", "Observed", "Monitor")}


def test_updates_and_the_all_clear_refer_to_all_before(client, lone):
    first = lone.publish()
    lone.clock.pass_s(60)
    second = lone.publish()
    lone.clock.pass_s(60)
    last = lone.publish(kind="all_clear")
    update, cancel = cap(client, second.id), cap(client, last.id)
    assert (of(update, "msgType"), of(cancel, "msgType")) == ("Update", "Cancel")
    assert of(update, "references") == f"status.example.com,{first.id},2026-11-22T08:00:00-00:00"
    assert [told.split(",")[1] for told in of(cancel, "references").split()] == [first.id, second.id]
    assert {of(info, "responseType") for info in cancel.findall("c:info", C)} == {"AllClear"}


def test_the_notice_that_closes_an_incident_cancels_its_warnings(client, lone):
    first = lone.publish()
    lone.clock.pass_s(60)
    last = lone.publish()
    lone.incidents.open.append(Incident("i-1", START, closed_at=lone.clock.now()))
    assert of(cap(client, first.id), "msgType") == "Alert"
    assert of(cap(client, last.id), "msgType") == "Cancel"


def test_a_notice_that_was_taken_back_is_cancelled_by_a_message_of_its_own(client, lone):
    notice = lone.publish()
    assert client.get(f"/feeds/misr/cap/{notice.id}-withdrawn.xml").status_code == 404
    before = client.get(f"/feeds/misr/cap/{notice.id}.xml").content
    lone.clock.pass_s(60)
    lone.withdraw(notice)
    assert client.get(f"/feeds/misr/cap/{notice.id}.xml").content == before
    cancel = cap(client, f"{notice.id}-withdrawn")
    assert of(cancel, "msgType") == "Cancel"
    assert of(cancel, "references").split(",")[1] == notice.id
    assert {of(info, "responseType") for info in cancel.findall("c:info", C)} == {"None"}
    index = atom(client, "/feeds/misr/cap/index.xml")
    assert index.xpath("a:entry/a:summary/text()", namespaces=A) == ["Cancel", "Alert"]
    feed = atom(client)
    assert one(feed, "a:entry/a:title/text()").startswith("Taken back: ")
    assert one(feed, "a:entry/a:updated/text()") > one(feed, "a:entry/a:published/text()")


def test_announced_work_is_a_warning_of_what_is_ahead(client, lone):
    import asyncio

    from dawam.status.windows import Draft

    starts = START + timedelta(days=9)
    draft = Draft(
        id=id_to_text(lone.world.ids.next()),
        institution="misr",
        scope="core",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        capabilities=("balance",),
        texts=said(),
    )
    asyncio.run(lone.windows.plan(draft, by="amal"))
    notice = lone.publish(subject=draft.id, kind="window")
    info = cap(client, notice.id).find("c:info", C)
    assert (of(info, "urgency"), of(info, "certainty")) == ("Future", "Likely")
    assert (of(info, "onset"), of(info, "expires")) == (
        "2026-12-01T08:00:00-00:00",
        "2026-12-01T09:00:00-00:00",
    )


def test_moved_work_is_an_update_with_the_new_time_and_the_first_warning_keeps_the_old(client, lone):
    import asyncio

    from dawam.status.windows import Draft, Ports, Times

    lone.windows.ports = Ports(publish=lone.notices.publish)
    new_id = lambda: id_to_text(lone.world.ids.next())  # noqa: E731
    starts = START + timedelta(days=20)
    draft = Draft(
        id=new_id(),
        institution="misr",
        scope="core",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        capabilities=("balance",),
        texts=said(),
    )
    asyncio.run(lone.windows.plan(draft, by="amal"))
    asyncio.run(lone.windows.announce(draft.id, by="amal", once=new_id()))
    first = lone.notices.of_subject(draft.id)[0]
    before = client.get(f"/feeds/misr/cap/{first.id}.xml").content
    lone.clock.pass_s(60)
    later = Times(starts + timedelta(days=1), starts + timedelta(days=1, hours=2))
    asyncio.run(lone.windows.moves.move(draft.id, later, by="amal", reason="late", once=new_id()))
    lone.clock.pass_s(60)
    last = max(lone.notices.of_subject(draft.id), key=lambda one: one.sequence)
    update = cap(client, last.id)
    assert of(update, "msgType") == "Update"
    assert of(update, "references") == f"status.example.com,{first.id},2026-11-22T08:00:00-00:00"
    for info in update.findall("c:info", C):
        assert (of(info, "onset"), of(info, "expires"), of(info, "urgency")) == (
            "2026-12-13T08:00:00-00:00",
            "2026-12-13T10:00:00-00:00",
            "Future",
        )
    assert client.get(f"/feeds/misr/cap/{first.id}.xml").content == before
    assert b"2026-12-12T08:00:00-00:00" in before


def test_hostile_words_stay_words_in_every_form():
    hostile = HOSTILE.replace("\x00", "\x01").replace("\ud800", "\ufffe")
    stage = Stage(names={"misr": hostile, "atlas": "A"})
    notice = stage.publish(said(hostile, hostile + "\n]]></description>"))
    with TestClient(stage.app()) as client:
        for locale in ("ar", "fr", "en"):
            feed = atom(client, f"/feeds/misr/{locale}.atom")
            assert one(feed, "a:entry/a:title/text()").startswith("<script>alert(1)</script>\\u202e]]>&")
            item = client.get(f"/feeds/misr/{locale}.json").json()["items"][0]
            assert item["title"].startswith("<script>alert(1)</script>\\u202e")
        info = cap(client, notice.id).find("c:info", C)
        assert of(info, "headline").startswith("<script>alert(1)</script>\\u202e")
        for path in ("/feeds/misr/en.atom", f"/feeds/misr/cap/{notice.id}.xml", "/feeds/misr/cap/index.xml"):
            raw = client.get(path).text
            assert "<script" not in raw
            assert "\u202e" not in raw

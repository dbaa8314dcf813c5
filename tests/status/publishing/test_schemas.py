"""Every feed in every language is what its standard says, whatever happened and whatever was written."""

import asyncio
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from lxml import etree

from dawam.kernel import id_to_text
from dawam.status.windows import Draft

from .schemas import ATOM, CAP, CAP_SCHEMA, atom, cap, json_feed
from .stage import HOSTILE, SETTINGS, START, Incident, Stage, said

LOCALES = ("ar", "fr", "en")
LINES = HOSTILE.replace("\x00", "\x01").replace("\ud800", "\ufffe")
LONG = "ديوان Société — \U0001f3e6 " * 400


def nothing(stage):
    """An institution of which nothing was ever said."""


def updates_and_an_end(stage):
    for kind in ("incident", "incident", "all_clear"):
        stage.publish(kind=kind)
        stage.clock.pass_s(60)


def taken_back(stage):
    stage.publish()
    stage.clock.pass_s(60)
    wrong = stage.publish()
    stage.clock.pass_s(60)
    stage.withdraw(wrong)
    stage.clock.pass_s(60)
    stage.publish()


def closed(stage):
    stage.publish()
    stage.clock.pass_s(60)
    stage.incidents.open.append(Incident("i-1", START, closed_at=stage.clock.now()))
    stage.publish()


def work(stage, *, cancelled=False):
    starts = START + timedelta(days=9)
    draft = Draft(
        id=id_to_text(stage.world.ids.next()),
        institution="misr",
        scope="core",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        capabilities=("balance",),
        texts=said(),
    )
    asyncio.run(stage.windows.plan(draft, by="amal"))
    asyncio.run(stage.windows.announce(draft.id, by="amal", once=id_to_text(stage.world.ids.next())))
    stage.publish(subject=draft.id, kind="window")
    stage.clock.pass_s(timedelta(days=1).total_seconds())
    if cancelled:
        asyncio.run(
            stage.windows.cancel(draft.id, by="amal", reason="later", once=id_to_text(stage.world.ids.next()))
        )
    else:
        stage.clock.at = starts + timedelta(minutes=5)
    stage.publish(subject=draft.id, kind="window")


def work_cancelled(stage):
    work(stage, cancelled=True)


def hostile_words(stage):
    wrong = stage.publish(said(LINES, LINES + "\n]]></description>\r\n\t\x7f"))
    stage.clock.pass_s(60)
    stage.withdraw(wrong)
    stage.publish(said(LONG[:200], LONG[:4_000]))


def many(stage):
    for number in range(45):
        stage.publish(subject=f"i-{number}")
        stage.clock.pass_s(1)


STORIES = [nothing, updates_and_an_end, taken_back, closed, work, work_cancelled, hostile_words, many]


def told(story):
    stage = Stage(names={"misr": LINES if story is hostile_words else "Bank of Egypt", "atlas": "Atlas"})
    story(stage)
    return stage


def every_page(client, path, read, following):
    """All pages of a feed, from the first."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, path
        feed = read(answer.content)
        yield feed
        path = following(feed).removeprefix(SETTINGS.origin)


@pytest.mark.parametrize("story", STORIES)
def test_every_feed_in_every_language_is_valid(story):
    with TestClient(told(story).app()) as client:
        for locale in LOCALES:
            base = f"/feeds/misr/{locale}"
            entries = [
                entry
                for feed in every_page(
                    client,
                    f"{base}.atom",
                    atom,
                    lambda feed: next(iter(feed.xpath("a:link[@rel='next']/@href", namespaces=ATOM)), ""),
                )
                for entry in feed.findall("a:entry", ATOM)
            ]
            items = [
                item
                for feed in every_page(client, f"{base}.json", json_feed, lambda feed: feed.next_url)
                for item in feed.items
            ]
            assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [i.id for i in items]
            assert bool(entries) == (story is not nothing)


@pytest.mark.parametrize("story", STORIES)
def test_every_warning_is_valid_and_can_be_found(story):
    with TestClient(told(story).app()) as client:
        found = set()
        for locale in LOCALES:
            index = atom(client.get("/feeds/misr/cap/index.xml", headers={"accept-language": locale}).content)
            assert index.get("{http://www.w3.org/XML/1998/namespace}lang") == locale
            for href in index.xpath("a:entry/a:link[@rel='alternate']/@href", namespaces=ATOM):
                alert = cap(client.get(href.removeprefix(SETTINGS.origin)).content)
                found.add(alert.findtext("c:identifier", namespaces=CAP))
                referred = alert.findtext("c:references", namespaces=CAP) or ""
                for reference in referred.split():
                    _, identifier, sent = reference.split(",")
                    earlier = cap(client.get(f"/feeds/misr/cap/{identifier}.xml").content)
                    assert earlier.findtext("c:sent", namespaces=CAP) == sent
        assert bool(found) == (story is not nothing)


def test_the_checks_can_fail():
    stage = told(updates_and_an_end)
    with TestClient(stage.app()) as client:
        feed = client.get("/feeds/misr/en.atom").content
        index = client.get("/feeds/misr/cap/index.xml")
        (href, *_) = etree.fromstring(index.content).xpath(
            "a:entry/a:link[@rel='alternate']/@href", namespaces=ATOM
        )
        alert = client.get(href.removeprefix(SETTINGS.origin)).content
    for broken in (
        feed.replace(b"<updated>", b"<updated>on ", 1),
        feed.replace(b'xml:lang="en"', b'xml:lang="en_GB"'),
        feed.replace(b"<author>", b"<contributor>").replace(b"</author>", b"</contributor>"),
    ):
        with pytest.raises((etree.DocumentInvalid, AssertionError)):
            atom(broken)
    for broken in (
        alert.replace(b"-00:00</sent>", b"Z</sent>"),
        alert.replace(b"<scope>Public</scope>", b"<scope>All</scope>"),
        alert.replace(b"<sender>status.", b"<sender>the status."),
    ):
        with pytest.raises((etree.DocumentInvalid, AssertionError)):
            cap(broken)
    assert not CAP_SCHEMA.validate(etree.fromstring(alert.replace(b"Infra", b"Bank")))

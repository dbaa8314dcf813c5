"""What the standards say of a feed, as something that says no: schemas where there are, rules where not."""

import re
from datetime import datetime
from pathlib import Path

import msgspec
from lxml import etree

FOLDER = Path(__file__).parents[2] / "schemas"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
RULE = "{http://www.ascc.net/xml/schematron}rule"
GRAMMAR = etree.parse(FOLDER / "atom.rng")
ATOM_GRAMMAR = etree.RelaxNG(GRAMMAR)
CAP_SCHEMA = etree.XMLSchema(etree.parse(FOLDER / "CAP-v1.2.xsd"))
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:[A-Za-z0-9/._~%-]+")
CAP_NAME = re.compile(r"[^\s,<&]+")
CAP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00")


def atom(body):
    """The feed. Rules: RFC 4287's grammar and the rules beside it; 4.1.1 (alternates), 4.2.6 (ids)."""
    feed = etree.fromstring(body)
    ATOM_GRAMMAR.assertValid(feed)
    for rule in GRAMMAR.iter(RULE):
        for element in feed.xpath(f"descendant-or-self::{rule.get('context')}", namespaces=spaces(rule)):
            for check in rule:
                assert element.xpath(check.get("test"), namespaces=spaces(rule)), check.text
    for element in (feed, *feed.findall("a:entry", ATOM)):
        kinds = [
            (link.get("type"), link.get("hreflang"))
            for link in element.findall("a:link", ATOM)
            if link.get("rel") == "alternate"
        ]
        assert len(set(kinds)) == len(kinds)
    ids = feed.xpath("//a:id/text()", namespaces=ATOM)
    assert len(set(ids)) == len(ids)
    assert all(TAG_URI.fullmatch(one) for one in ids)
    return feed


def spaces(rule):
    return {prefix: space for prefix, space in rule.nsmap.items() if prefix}


def cap(body):
    """The alert. Rules: the XSD; CAP 1.2, 3.2.1 (identifier, sender, references), 3.2.2 (one block a
    language, what a public warning needs), 3.3.2 (times).
    """
    alert = etree.fromstring(body)
    CAP_SCHEMA.assertValid(alert)
    said = {etree.QName(one).localname: one.text for one in alert}
    assert CAP_NAME.fullmatch(said["identifier"])
    assert CAP_NAME.fullmatch(said["sender"])
    for reference in said.get("references", "").split():
        sender, identifier, sent = reference.split(",")
        assert CAP_NAME.fullmatch(sender)
        assert CAP_NAME.fullmatch(identifier)
        assert CAP_TIME.fullmatch(sent)
        assert datetime.fromisoformat(sent) <= datetime.fromisoformat(said["sent"])
    assert (said["msgType"] in ("Update", "Cancel")) == ("references" in said)
    infos = alert.findall("c:info", CAP)
    languages = [info.findtext("c:language", namespaces=CAP) for info in infos]
    assert len(set(languages)) == len(languages) > 0
    for time in alert.iterfind(".//c:*", CAP):
        if etree.QName(time).localname in ("sent", "effective", "onset", "expires"):
            assert CAP_TIME.fullmatch(time.text)
    for element in alert.iter():
        assert len(element) or (element.text or "").strip(), element.tag
    return alert


class Author(msgspec.Struct, forbid_unknown_fields=True):
    name: str = ""
    url: str = ""
    avatar: str = ""


class Attachment(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    mime_type: str
    title: str = ""
    size_in_bytes: int = 0
    duration_in_seconds: int = 0


class Item(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    url: str = ""
    external_url: str = ""
    title: str = ""
    content_html: str | None = None
    content_text: str | None = None
    summary: str = ""
    image: str = ""
    banner_image: str = ""
    date_published: datetime | None = None
    date_modified: datetime | None = None
    authors: list[Author] = []
    tags: list[str] = []
    language: str = ""
    attachments: list[Attachment] = []


class JsonFeed(msgspec.Struct, forbid_unknown_fields=True):
    """JSON Feed 1.1, all of it: https://www.jsonfeed.org/version/1.1/"""

    version: str
    title: str
    items: list[Item]
    home_page_url: str = ""
    feed_url: str = ""
    description: str = ""
    user_comment: str = ""
    next_url: str = ""
    icon: str = ""
    favicon: str = ""
    authors: list[Author] = []
    language: str = ""
    expired: bool = False
    hubs: list[dict[str, str]] = []


EXTENSION = re.compile(r"_[A-Za-z][^.]*")


def without_extensions(said):
    """What is left when names of one's own are taken out: those are objects, and begin with an underscore."""
    if isinstance(said, list):
        return [without_extensions(one) for one in said]
    if not isinstance(said, dict):
        return said
    for name in said:
        assert not EXTENSION.fullmatch(name) or isinstance(said[name], dict)
    return {name: without_extensions(one) for name, one in said.items() if not EXTENSION.fullmatch(name)}


def json_feed(body):
    """The feed. Rules: names and types of version 1.1; every item has content, and an id of its own."""
    feed = msgspec.convert(without_extensions(msgspec.json.decode(body)), JsonFeed)
    assert feed.version == "https://jsonfeed.org/version/1.1"
    assert feed.title
    assert all(author.name or author.url or author.avatar for author in feed.authors)
    assert all(item.content_html is not None or item.content_text is not None for item in feed.items)
    assert all(item.date_published.tzinfo and item.date_modified.tzinfo for item in feed.items)
    assert len({item.id for item in feed.items}) == len(feed.items)
    addresses = [feed.home_page_url, feed.feed_url, *(item.url for item in feed.items)]
    addresses += [attachment.url for item in feed.items for attachment in item.attachments]
    assert all(address.startswith("https://") for address in addresses)
    return feed

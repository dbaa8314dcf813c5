"""Every text that a page says stands in Arabic and French: in templates, and in the code beside them."""

import ast
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from dawam.web.locale import catalogue, plurals

from .raise_sites import SOURCE, constants, literals, name_of, said
from .test_catalogues import FRENCH_SPACE, LATIN_MARK, msgids

PLACE = re.compile(r"\{(\w+)\}")
FORMS = {"ar": 6, "fr": 2}
TEMPLATES = sorted(file for file in SOURCE.rglob("templates/**/*.html") if "report_page" not in file.parts)
CATALOGUES = {locale: sorted((SOURCE / "web" / "locale" / locale).glob("*.po")) for locale in FORMS}


@cache
def extracted() -> list[tuple[str, str, tuple[str | None, ...]]]:
    """Place, function and texts of every call of `t` and `tn` in a template."""
    return [
        (
            f"{file.relative_to(SOURCE)}:{line}",
            function,
            (said,) if isinstance(said, str) else tuple(said or ()),
        )
        for file in TEMPLATES
        for line, function, said, _ in babel_extract(BytesIO(file.read_bytes()), ["t", "tn"], [], {})
    ]


@cache
def in_code() -> tuple[set[str], set[tuple[str, str]]]:
    """The texts that code gives to `text` and the pairs that it gives to `text_n`."""
    single: set[str] = set()
    counted: set[tuple[str, str]] = set()
    for file in SOURCE.rglob("*.py"):
        if file.name == "store.py" or "storage" in file.parts:
            continue  # where `text` is SQL
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = name_of(node.func)
            if called == "text":
                single |= constants(node.args[0])
            if called == "text_n" and len(node.args) > 1:
                counted |= {
                    (one, many) for one in constants(node.args[0]) for many in constants(node.args[1])
                }
    return single, counted


def singles() -> set[str]:
    found = {texts[0] for _, function, texts in extracted() if function == "t" and texts and texts[0]}
    return found | in_code()[0]


def pairs() -> set[tuple[str, str]]:
    found = {
        (texts[0], texts[1])
        for _, function, texts in extracted()
        if function == "tn" and len(texts) > 1 and texts[0] and texts[1]
    }
    return found | in_code()[1]


def messages(locale: str) -> list[tuple[Path, Message]]:
    found = []
    for path in CATALOGUES[locale]:
        with path.open("rb") as file:
            found += [(path, message) for message in read_po(file, locale=locale) if message.id]
    return found


def test_there_is_something_to_translate() -> None:
    assert len(singles()) > 50


@pytest.mark.parametrize("locale", FORMS)
def test_every_text_of_a_page_is_translated(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    assert sorted(text for text in singles() if not translated.get(text)) == []


@pytest.mark.parametrize("locale", FORMS)
def test_every_counted_text_has_all_forms_of_the_language(locale: str) -> None:
    counted = plurals(locale)  # type: ignore[arg-type]
    lacking = [
        one for one, _ in pairs() if len([form for form in counted.get(one, ()) if form]) != FORMS[locale]
    ]
    assert sorted(lacking) == []


def test_a_text_is_a_literal_so_that_it_can_be_found() -> None:
    """`t(title)` with a text from code is translated where that text stands; of `tn` both must be seen."""
    assert [place for place, function, texts in extracted() if function == "tn" and not all(texts[:2])] == []


@pytest.mark.parametrize("locale", FORMS)
def test_no_entry_is_left_of_a_text_that_is_gone(locale: str) -> None:
    known = literals() | said() | set(msgids()) | singles() | {one for one, _ in pairs()}
    gone = [
        f"{path.name}: {id_of(message)}" for path, message in messages(locale) if id_of(message) not in known
    ]
    assert gone == []


def id_of(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


@pytest.mark.parametrize("locale", FORMS)
def test_no_place_is_lost_or_made_up(locale: str) -> None:
    wrong = []
    for path, message in messages(locale):
        if not message.pluralizable:
            if sorted(PLACE.findall(message.id)) != sorted(PLACE.findall(message.string)):
                wrong.append(f"{path.name}: {message.id}")
            continue
        wanted = set(PLACE.findall(message.id[1])) - {"n"}  # a form for one or two may have its word alone
        for form in message.string:
            if set(PLACE.findall(form)) - {"n"} != wanted:
                wrong.append(f"{path.name}: {message.id[0]}")
    assert wrong == []


@pytest.mark.parametrize("locale", FORMS)
def test_an_entry_stands_once_and_is_not_fuzzy(locale: str) -> None:
    fuzzy = [id_of(message) for _, message in messages(locale) if message.fuzzy]
    assert fuzzy == []
    for path in CATALOGUES[locale]:
        heads = re.findall(r"^msgid .*(?:\n\".*)*", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted({head for head in heads if heads.count(head) > 1}) == [], path.name


@pytest.mark.parametrize("locale", FORMS)
def test_catalogues_agree_where_they_say_the_same(locale: str) -> None:
    """The same English text has one translation, for all catalogues are read as one."""
    said_by: dict[str, set[str]] = {}
    for _, message in messages(locale):
        said_by.setdefault(id_of(message), set()).add(str(message.string))
    assert sorted(text for text, strings in said_by.items() if len(strings) > 1) == []


@pytest.mark.parametrize("locale", FORMS)
def test_every_catalogue_counts_alike(locale: str) -> None:
    heads = {
        path.read_text(encoding="utf-8").split("Plural-Forms: ")[1].split("\\n")[0]
        for path in CATALOGUES[locale]
    }
    assert len(heads) == 1


def test_french_keeps_its_spaces_and_arabic_its_marks() -> None:
    french = [form for forms in plurals("fr").values() for form in forms]
    assert [form for form in french if FRENCH_SPACE.search(form) or "'" in form] == []
    arabic = [form for forms in plurals("ar").values() for form in forms]
    assert [form for form in arabic if LATIN_MARK.search(form)] == []

"""Every error code has a status, a text in three languages and a line in docs/errors.md."""

import ast
import re

import pytest
from babel.messages.pofile import read_po

from dawam.channels import notices
from dawam.web import text
from dawam.web.locale import catalogue
from dawam.web.problems import STATUS_BY_CODE, STATUS_BY_KIND
from dawam.web.texts import SLICES, TEXTS, TITLES, WORDS

from .raise_sites import FAILURES, ROOT, SOURCE, codes, literals, said, sites_in

PLACE = re.compile(r"\{(\w+)\}")
LATIN_MARK = re.compile(r"[,;?](?=\s|$)")
FRENCH_SPACE = re.compile(r"[^\u202f\s][;!?](?=\s|$)|[^\u00a0\s]:(?=\s|$)| [:;!?](?=\s|$)")
ALARMING = re.compile(
    r"system is down|out of order|النظام (?:معطل|متوقف|واقع)|السيستم|(?:système|service) est en panne",
    re.IGNORECASE,
)
NOTICES = [*notices.WHY.values(), *notices.HERE.values(), *notices.RETURNING.values()]


def msgids() -> list[str]:
    texts = [line for says in TEXTS.values() for line in says]
    return [*TITLES.values(), *texts, *WORDS.values(), *NOTICES]


def row(code: str, kind: str) -> str:
    """The line of a code in docs/errors.md."""
    says = TEXTS[code]
    status = STATUS_BY_CODE.get(code) or STATUS_BY_KIND[kind]
    return f"| `{code}` | {status} | {says.detail} | {says.action} |"


def test_the_scan_finds_codes_given_plainly_by_name_and_by_condition() -> None:
    tree = ast.parse(
        "_D = 'd'\n"
        "def f(x):\n"
        "    code = 'b' if x else 'c'\n"
        "    place = {'line': 1}\n"
        "    raise InvalidInput(code, x=1, **place)\n"
        "def g(**more):\n"
        "    raise NotFound('a', **more)\n"
        "def h():\n"
        "    raise Conflict(_D)\n"
    )
    found = [(set(site.codes), site.kind, site.params) for site in sites_in(tree)]
    assert found == [
        ({"b", "c"}, "invalid_input", {"x", "line"}),
        ({"a"}, "not_found", None),
        ({"d"}, "conflict", frozenset()),
    ]


def test_every_code_is_lower_case_words() -> None:
    assert [code for code in codes() if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)] == []


def test_every_code_has_an_english_text() -> None:
    missing = sorted(set(codes()) - set(TEXTS))
    assert not missing, " ".join(missing)


def test_no_text_is_left_of_a_code_that_nobody_raises() -> None:
    assert sorted(set(TEXTS) - set(codes())) == []


def test_a_code_has_its_text_in_one_slice_only() -> None:
    written = [code for texts in SLICES.values() for code in texts]
    assert sorted({code for code in written if written.count(code) > 1}) == []


def test_every_text_says_what_and_what_to_do() -> None:
    assert [code for code, says in TEXTS.items() if not says.detail or not says.action] == []


def test_every_kind_has_a_title_and_a_status() -> None:
    assert set(FAILURES.values()) == set(TITLES) == set(STATUS_BY_KIND)


def test_every_status_belongs_to_a_known_code() -> None:
    assert sorted(set(STATUS_BY_CODE) - set(TEXTS)) == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_text_is_translated(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    missing = [msgid for msgid in [*msgids(), *sorted(said())] if not translated.get(msgid)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_no_translation_is_left_of_a_text_that_is_gone(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    assert sorted(set(translated) - literals() - set(msgids())) == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_translation_keeps_every_param(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    different = [
        msgid
        for msgid, string in translated.items()
        if sorted(PLACE.findall(msgid)) != sorted(PLACE.findall(string))
    ]
    assert different == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_catalogue_holds_nothing_fuzzy_nothing_twice_and_no_plural(locale: str) -> None:
    path = SOURCE / "web" / "locale" / f"{locale}.po"
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale=locale) if message.id]
    assert [message.id for message in messages if message.fuzzy or message.pluralizable] == []
    assert [message.id for message in messages if not message.string] == []
    heads = re.findall(r"^msgid .*(?:\n\".*)*", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({head for head in heads if heads.count(head) > 1}) == []


def test_the_page_of_errors_says_what_the_texts_say() -> None:
    page = ROOT / "docs" / "errors.md"
    written = page.read_text(encoding="utf-8").splitlines()
    wanted = [row(code, kind) for code, kind in sorted(codes().items()) if code in TEXTS]
    missing = [line for line in wanted if line not in written]
    assert not missing, "\n" + "\n".join(missing)
    stale = [line for line in written if re.match(r"\| `[a-z]", line) and line not in wanted]
    assert not stale, "\n" + "\n".join(stale)


def test_arabic_texts_are_arabic() -> None:
    latin = [msgid for msgid in msgids() if not re.search(r"[\u0600-\u06ff]", text(msgid, "ar"))]
    assert latin == []


def test_arabic_texts_have_arabic_marks_and_no_half_isolate() -> None:
    wrong = [
        string
        for string in catalogue("ar").values()
        if LATIN_MARK.search(string) or string.count("\u2068") != string.count("\u2069")
    ]
    assert wrong == []


def test_french_texts_keep_narrow_spaces_and_curved_apostrophes() -> None:
    french = catalogue("fr").values()
    assert [string for string in french if FRENCH_SPACE.search(string) or "'" in string] == []


def test_a_translated_reason_keeps_its_letters_when_shown_as_a_param() -> None:
    for msgid in WORDS.values():
        for locale in ("ar", "fr"):
            assert text(msgid, locale) in text("{reason}", locale, reason=text(msgid, locale))


@pytest.mark.parametrize("locale", ["en", "ar", "fr"])
def test_no_text_alarms(locale: str) -> None:
    lines = [text(msgid, locale) for msgid in msgids()]  # type: ignore[arg-type]
    assert [line for line in lines if ALARMING.search(line)] == []

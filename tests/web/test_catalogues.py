"""Every error code has a status, a text in three languages and a line in docs/errors.md."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dawam.web import text
from dawam.web.locale import catalogue
from dawam.web.problems import STATUS_BY_CODE, STATUS_BY_KIND
from dawam.web.texts import TEXTS, TITLES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dawam"
FAILURES = {
    "DawamError": "failure",
    "InvalidInput": "invalid_input",
    "NotFound": "not_found",
    "Conflict": "conflict",
    "Forbidden": "forbidden",
    "Unavailable": "unavailable",
    "IntegrityBroken": "integrity_broken",
}
COMPOSED = {f"primary_{fault}": "unavailable" for fault in ("unreachable", "timeout", "error", "malformed")}
"""Codes that are put together where they are raised."""
PLACE = re.compile(r"\{(\w+)\}")


def constants(node: ast.expr) -> set[str]:
    """The texts that an expression may be: a constant, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return set()


def codes_in(tree: ast.Module) -> dict[str, str]:
    """Code -> kind of every failure that a file makes."""
    found = {}
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        named = {
            target.id: constants(node.value)
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAILURES:
                first = node.args[0] if node.args else ast.Constant(None)
                codes = named.get(first.id, set()) if isinstance(first, ast.Name) else constants(first)
                found.update(dict.fromkeys(codes, FAILURES[node.func.id]))
    return found


@cache
def codes() -> dict[str, str]:
    found = dict(COMPOSED)
    for file in sorted(SOURCE.rglob("*.py")):
        found.update(codes_in(ast.parse(file.read_text(encoding="utf-8"))))
    return found


def msgids() -> list[str]:
    return [*TITLES.values(), *(line for says in TEXTS.values() for line in says)]


def test_the_scan_finds_codes_given_plainly_by_name_and_by_condition() -> None:
    tree = ast.parse(
        "def f(x):\n"
        "    code = 'b' if x else 'c'\n"
        "    raise InvalidInput(code, x=1)\n"
        "def g():\n"
        "    raise NotFound('a')\n"
    )
    assert codes_in(tree) == {"a": "not_found", "b": "invalid_input", "c": "invalid_input"}


def test_every_code_is_lower_case_words() -> None:
    assert [code for code in codes() if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)] == []


def test_every_code_has_an_english_text() -> None:
    missing = sorted(set(codes()) - set(TEXTS))
    assert not missing, " ".join(missing)


def test_every_text_says_what_and_what_to_do() -> None:
    assert [code for code, says in TEXTS.items() if not says.detail or not says.action] == []


def test_every_kind_has_a_title_and_a_status() -> None:
    assert set(FAILURES.values()) == set(TITLES) == set(STATUS_BY_KIND)


def test_every_status_belongs_to_a_known_code() -> None:
    assert sorted(set(STATUS_BY_CODE) - set(TEXTS)) == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_text_is_translated(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    missing = [msgid for msgid in msgids() if not translated.get(msgid)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_translation_keeps_every_param(locale: str) -> None:
    translated = catalogue(locale)  # type: ignore[arg-type]
    different = [
        msgid
        for msgid, string in translated.items()
        if sorted(set(PLACE.findall(msgid))) != sorted(set(PLACE.findall(string)))
    ]
    assert different == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_catalogue_holds_nothing_fuzzy_and_nothing_twice(locale: str) -> None:
    path = SOURCE / "web" / "locale" / f"{locale}.po"
    with path.open("rb") as file:
        assert [message.id for message in read_po(file, locale=locale) if message.fuzzy and message.id] == []
    heads = re.findall(r"^msgid .*(?:\n\".*)*", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({head for head in heads if heads.count(head) > 1}) == []


def test_every_code_has_a_line_in_the_docs() -> None:
    page = ROOT / "docs" / "errors.md"
    written = page.read_text(encoding="utf-8") if page.exists() else ""
    missing = [code for code in sorted({*codes(), *TEXTS}) if f"`{code}`" not in written]
    assert not missing, " ".join(missing)


def test_arabic_texts_are_arabic() -> None:
    latin = [msgid for msgid in msgids() if not re.search(r"[\u0600-\u06ff]", text(msgid, "ar"))]
    assert latin == []

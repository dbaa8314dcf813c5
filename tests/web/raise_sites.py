"""Where failures are made in the source, read from its syntax: code, kind, params, place."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from jinja2.ext import babel_extract

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
COMPOSED = [f"primary_{fault}" for fault in ("unreachable", "timeout", "error", "malformed")]
"""Codes that are put together where they are raised."""

QUOTED = re.compile(r'\bsay\("([^"]*)"')

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


class Site(NamedTuple):
    """One place that makes a failure; `params` is None where the syntax does not tell them."""

    place: str
    codes: frozenset[str]
    kind: str
    params: frozenset[str] | None


def constants(node: ast.expr) -> frozenset[str]:
    """The texts that an expression may be: a constant, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return frozenset({node.value})
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return frozenset()


def assigned(scope: Scope) -> dict[str, ast.expr]:
    """What a scope's plain names were set to."""
    return {
        target.id: node.value
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def params_of(call: ast.Call, names: dict[str, ast.expr]) -> frozenset[str] | None:
    """The keywords of a call; those of a `**name` from the dict that the name was set to."""
    found: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is not None:
            found.add(keyword.arg)
            continue
        spread = names.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else None
        if not isinstance(spread, ast.Dict):
            return None
        found.update(name for key in spread.keys if key is not None for name in constants(key))
    return frozenset(found)


def sites_in(tree: ast.Module, file: str = "") -> list[Site]:
    """Every failure that a file makes, once."""
    top = assigned(tree)
    scopes: Sequence[Scope] = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found: dict[int, Site] = {}
    for scope in scopes:
        names = {**top, **assigned(scope)}
        for call in calls(scope):
            first = call.args[0] if call.args else ast.Constant(None)
            if isinstance(first, ast.Name):
                first = names.get(first.id, first)
            kind = FAILURES[call.func.id]  # type: ignore[attr-defined]  # calls() gives such only
            site = Site(f"{file}:{call.lineno}", constants(first), kind, params_of(call, names))
            found[id(call)] = site
    return list(found.values())


def calls(scope: Scope) -> Iterator[ast.Call]:
    """The calls that make a failure."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAILURES:
            yield node


@cache
def sites() -> tuple[Site, ...]:
    """Every place of the source, and the composed codes."""
    found = [Site("primary/link.py", frozenset(COMPOSED), "unavailable", frozenset({"detail"}))]
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found += sites_in(tree, str(file.relative_to(SOURCE)))
    return tuple(found)


@cache
def codes() -> dict[str, str]:
    """Code -> kind."""
    return {code: site.kind for site in sites() for code in site.codes}


@cache
def literals() -> frozenset[str]:
    """Every text that stands in the source, and in quotes in its templates."""
    in_code = (
        node.value
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return frozenset(in_code) | said_in_templates() | translated_in_templates()


@cache
def translated_in_templates() -> frozenset[str]:
    """Every text that a page's template gives to `t`, or to `tn` for one."""
    folders = [folder for folder in SOURCE.rglob("templates") if folder.is_dir()]
    return frozenset(
        messages[0] if isinstance(messages, tuple) else messages
        for folder in folders
        for file in folder.rglob("*.html")
        for _, _, messages, _ in babel_extract(BytesIO(file.read_bytes()), ["t", "tn"], [], {})
        if messages and (messages if isinstance(messages, str) else messages[0])
    )


@cache
def said_in_templates() -> frozenset[str]:
    """Every text that a template gives to `say`."""
    return frozenset(
        quoted
        for file in SOURCE.rglob("templates/**/*")
        if file.is_file()
        for quoted in QUOTED.findall(file.read_text(encoding="utf-8"))
    )


@cache
def said() -> frozenset[str]:
    """Every text that a page gives to `say`: in its templates and in the code beside them."""
    return said_in_templates() | frozenset(
        text
        for folder in SOURCE.rglob("templates")
        for file in folder.parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and name_of(node.func) == "say"
        for text in constants(node.args[0])
    )


def name_of(called: ast.expr) -> str:
    """The last word of what is called."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""

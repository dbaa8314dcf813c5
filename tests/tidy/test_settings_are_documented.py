"""A setting that nobody can read about does not exist."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import inspect

from dawam import config

ROOT = Path(__file__).parents[2]


Pick = Callable[[Any], list[Any]]


def options(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return options(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [option for option in kind.types if not isinstance(option, inspect.NoneType)]
    return [kind]


def steps(kind: inspect.Type) -> list[tuple[str, Pick, inspect.Type]]:
    """The way down from a type: a label, how to pick the values below, their type."""
    if isinstance(kind, inspect.StructType):
        return [
            (f".{name}", lambda value, name=name: [value[name]] if name in value else [], field.type)
            for field in kind.fields
            for name in [field.encode_name]
        ]
    if isinstance(kind, inspect.DictType):
        return [(".NAME", lambda value: list(value.values()), kind.value_type)]
    if isinstance(kind, inspect.VarTupleType) and isinstance(kind.item_type, inspect.StructType):
        return [("[]", list, kind.item_type)]
    return []


def walk(kind: inspect.Type, path: str = "", values: list[Any] | None = None) -> Iterator[str]:
    """Every leaf: `NAME` is a key the operator chooses, `[]` an item; with `values`, only those in them."""
    for option in options(kind):
        below = steps(option)
        if not below:
            yield path.lstrip(".")
        for label, pick, child in below:
            picked = None if values is None else [item for value in values for item in pick(value)]
            if picked is None or picked:
                yield from walk(child, path + label, picked)


def settings() -> list[str]:
    return sorted(set(walk(inspect.type_info(config.Settings))))


def test_every_setting_is_a_line_in_the_page() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert [setting for setting in settings() if f"`{setting}`" not in page] == []


def test_the_page_names_no_setting_that_is_gone() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    lines = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    variables = {config.CONFIG_VARIABLE, config.DATABASE_VARIABLE, config.OPERATOR_VARIABLE}
    assert sorted(set(lines) - set(settings()) - variables) == []


def test_the_example_names_every_setting_and_is_accepted() -> None:
    text = (ROOT / "examples" / "dawam.toml").read_text()
    config.read(text)
    uncommented = re.sub(r"^#(?=[\w\[\"])", "", text, flags=re.MULTILINE)
    full = config.read(uncommented)
    assert full.institutions
    named = set(walk(inspect.type_info(config.Settings), "", [tomllib.loads(uncommented)]))
    assert sorted(set(settings()) - named) == []


def test_the_example_shows_the_true_defaults() -> None:
    example = config.read((ROOT / "examples" / "dawam.toml").read_text())
    (institution,) = example.institutions.values()
    assert institution == config.InstitutionSettings(primary_url=institution.primary_url)
    unset = config.Settings(institutions=example.institutions)
    assert example == unset

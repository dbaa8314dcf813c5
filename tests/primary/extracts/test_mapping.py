"""Mappings: strict, and helpful when something in them is wrong."""

import re
from pathlib import Path

import msgspec
import pytest

from dawam.kernel import InvalidInput
from dawam.primary.extracts import Mapping, load_mapping, mapping, mapping_from_toml, shipped_mappings

ROOT = Path(__file__).parents[3]
GOOD = """name = "m"
[time]
column = "when"
format = "rfc3339"
[money]
currency = "EGP"
[account]
column = "account"
balance_after = "balance"
[amount]
column = "amount"
"""
SIDE = 'account = "a"\nbalance_before = "b"\nbalance_after = "c"\n'


def refusal(text: str | bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        mapping_from_toml(text if isinstance(text, bytes) else text.encode(), source="m.toml")
    assert caught.value.params["file"] == "m.toml"
    return caught.value


def test_the_shipped_mappings_stand_in_examples_too():
    assert shipped_mappings() == ["bank", "wallet"]
    for name in shipped_mappings():
        assert load_mapping(str(ROOT / "examples" / f"{name}.toml")) == load_mapping(name)


def test_an_unknown_mapping_gets_the_nearest_name():
    with pytest.raises(InvalidInput) as caught:
        load_mapping("walet")
    assert caught.value.code == "mapping_unknown"
    assert (caught.value.params["nearest"], caught.value.params["known"]) == ("wallet", "bank, wallet")


def test_a_mapping_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        load_mapping(str(tmp_path))
    assert caught.value.code == "mapping_unreadable"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "m"\n[time\n', 2),
        ('name = "m"\n\nname = "n"\n', 3),
        (b'name = "m"\nx = "\xff"\n', 2),
        ('name = "m"\n[time]\ncolumn = "', 3),
    ],
)
def test_a_mistake_in_the_toml_comes_with_its_line(text, line):
    failure = refusal(text)
    assert (failure.code, failure.params["line"]) == ("mapping_syntax", line)


@pytest.mark.parametrize(
    ("text", "setting", "nearest"),
    [
        (GOOD + "[fiel]\n", "fiel", "file"),
        (GOOD.replace("balance_after", "balance_afer"), "account.balance_afer", "account.balance_after"),
        (GOOD + '[file]\nseperator = ";"\n', "file.seperator", "file.separator"),
        (GOOD + '[rows]\n"" = 1\n', "rows.", "rows.order"),
    ],
)
def test_an_unknown_setting_gets_the_nearest_one(text, setting, nearest):
    failure = refusal(text)
    assert failure.code == "mapping_setting_unknown"
    assert failure.params["setting"] == setting
    if setting != "rows.":
        assert failure.params["nearest"] == nearest


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        (GOOD + '[file]\nseparator = ";;"\n', "file.separator"),
        (GOOD.replace('currency = "EGP"', 'currency = "EGP"\ntolerance_minor = -1'), "money.tolerance_minor"),
        (GOOD.replace('"EGP"', '"XYZ"'), "money.currency"),
        (GOOD + '[file]\nencoding = "utf-9"\n', "file.encoding"),
        (GOOD.replace('"rfc3339"', '"%Y"\nzone = "Africa/Kairo"'), "time.zone"),
        (GOOD.replace('format = "rfc3339"', 'unit = "hour"\nstart = 2026-01-01T00:00:00'), "time.start"),
        (GOOD.replace('format = "rfc3339"', 'unit = "hour"\nstart = 1066-01-01T00:00:00Z'), "time.start"),
        (GOOD + '[rows]\norder = "random"\n', "rows.order"),
        (GOOD + '[file]\nencoding = "base64"\n', "file.encoding"),
        (GOOD + '[file]\nseparator = "\\n"\n', "file.separator"),
        (GOOD.replace('"EGP"', '"EGP"\nthousands = "-"'), "money.thousands"),
        (GOOD.replace('"rfc3339"', '"%Y-%m-%d %I:%M"'), "time.format"),
        ("time = 3\n" + GOOD.replace("[time]", "[rows]"), "time"),
    ],
)
def test_a_setting_with_a_value_that_does_not_fit_is_named(text, setting):
    failure = refusal(text)
    if setting == "time":
        assert failure.code in {"mapping_setting_invalid", "mapping_setting_unknown"}
    else:
        assert (failure.code, failure.params["setting"]) == ("mapping_setting_invalid", setting)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        (GOOD.replace('name = "m"\n', ""), "name"),
        (GOOD.replace('column = "when"\n', ""), "time.column"),
        (GOOD.replace('format = "rfc3339"\n', ""), "time.format"),
        (GOOD.replace('format = "rfc3339"', 'unit = "hour"'), "time.start"),
        (GOOD.replace('currency = "EGP"\n', ""), "money.currency"),
        (GOOD.split("[account]")[0], "account"),
        (GOOD.split("[account]")[0] + "[origin]\n" + SIDE, "destination"),
        (GOOD.split("[account]")[0] + "[destination]\n" + SIDE, "origin"),
        (GOOD.split("[amount]")[0], "amount"),
        (GOOD.replace('column = "amount"\n', ""), "amount.column"),
        (GOOD.replace('column = "amount"\n', 'credit_column = "in"'), "amount.debit_column"),
        (GOOD + 'direction = "way"\ncredit = ["in"]\n', "amount.debit"),
    ],
)
def test_a_setting_that_is_missing_is_named(text, setting):
    failure = refusal(text)
    assert (failure.code, failure.params["setting"]) == ("mapping_setting_missing", setting)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (GOOD + "[origin]\n" + SIDE, "account", "origin"),
        (GOOD + "[file]\nquote = ','\n", "file.separator", "file.quote"),
        (GOOD.replace('"rfc3339"', '"rfc3339"\nunit = "hour"'), "time.format", "time.unit"),
        (GOOD.replace('"EGP"', '"EGP"\ncurrency_column = "c"'), "money.currency", "money.currency_column"),
        (GOOD.replace('"EGP"', '"EGP"\nthousands = "."'), "money.thousands", "money.decimal"),
        (GOOD + 'credit_column = "in"\n', "amount.column", "amount.credit_column"),
        (GOOD + 'direction = "w"\ncredit = ["a"]\ndebit = ["a"]\n', "amount.credit", "amount.debit"),
        (GOOD + '[rows]\norder = "time"\nsequence = "n"\n', "rows.sequence", "rows.order"),
        (
            GOOD.split("[account]")[0] + f'[origin]\n{SIDE}[destination]\n{SIDE}[rows]\norder = "balances"\n',
            "rows.order",
            "origin",
        ),
    ],
)
def test_settings_that_cannot_stand_together_are_named(text, first, second):
    failure = refusal(text)
    assert failure.code == "mapping_settings_clash"
    assert (failure.params["first"], failure.params["second"]) == (first, second)


def test_every_setting_is_explained_in_the_docs():
    page = (ROOT / "docs" / "extracts.md").read_text()
    explained = set(re.findall(r"^\| `([a-z_.]+)`", page.split("## What can be wrong")[0], re.MULTILINE))
    assert settings_of_mapping() == explained


def settings_of_mapping() -> set[str]:
    names: set[str] = set()
    for field in msgspec.structs.fields(Mapping):
        sections = [
            shape for shape in vars(mapping).values() if is_section(shape) and shape in options(field.type)
        ]
        inner = [
            f"{field.name}.{setting.name}" for shape in sections for setting in msgspec.structs.fields(shape)
        ]
        names.update(inner or [field.name])
    return names


def is_section(shape: object) -> bool:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def options(kind: object) -> tuple[object, ...]:
    return getattr(kind, "__args__", (kind,))


def test_every_code_is_explained_in_the_docs():
    page = (ROOT / "docs" / "extracts.md").read_text()
    folder = ROOT / "src" / "dawam" / "primary" / "extracts"
    raised = set(
        re.findall(r'InvalidInput\(\s*"([a-z0-9_]+)"', "".join(f.read_text() for f in folder.glob("*.py")))
    )
    assert raised == set(re.findall(r"^\| `((?:extract|mapping)_[a-z0-9_]+)`", page, re.MULTILINE))

"""Find a mapping by name or by file, and read it strictly."""

import difflib
import re
import tomllib
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import msgspec
import polars as pl

from dawam.kernel import InvalidInput, currency_of
from dawam.primary.extracts import mapping as shapes
from dawam.primary.extracts.mapping import Clash, Mapping, Missing, contradiction_in

_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "file": shapes.FileSection,
    "time": shapes.TimeSection,
    "money": shapes.MoneySection,
    "account": shapes.AccountSection,
    "origin": shapes.SideSection,
    "destination": shapes.SideSection,
    "amount": shapes.AmountSection,
    "kind": shapes.KindSection,
    "refused": shapes.RefusedSection,
    "rows": shapes.RowsSection,
}
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_SETTING_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def shipped_mappings() -> list[str]:
    """The names of the mappings that come with Dawam."""
    folder = resources.files("dawam.primary.extracts") / "mappings"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


def load_mapping(name_or_file: str) -> Mapping:
    """The mapping of a shipped name such as `wallet`, or of a TOML file.

    Raises: InvalidInput `mapping_unknown`, `mapping_unreadable`, `mapping_syntax`, `mapping_setting_unknown`,
    `mapping_setting_invalid`, `mapping_setting_missing`, `mapping_settings_clash`.
    """
    source = Path(name_or_file).name
    if name_or_file in shipped_mappings():
        source += ".toml"
        content = (resources.files("dawam.primary.extracts") / "mappings" / source).read_bytes()
    else:
        content = _file(name_or_file)
    return mapping_from_toml(content, source=source)


def mapping_from_toml(content: bytes, *, source: str) -> Mapping:
    """The mapping that a TOML document holds; raises as `load_mapping`."""
    settings = _document(content, source)
    _refuse_unknown(settings, source)
    try:
        mapping = msgspec.convert(settings, Mapping)
    except msgspec.ValidationError as failure:
        raise _invalid(str(failure), source) from None
    match contradiction_in(mapping):
        case Missing(setting):
            raise InvalidInput("mapping_setting_missing", file=source, setting=setting)
        case Clash(first, second):
            raise InvalidInput("mapping_settings_clash", file=source, first=first, second=second)
    _check_names(mapping, source)
    return mapping


def _file(name: str) -> bytes:
    path = Path(name)
    if not path.exists():
        known = shipped_mappings()
        near = difflib.get_close_matches(path.stem, known, n=1, cutoff=0.5)
        raise InvalidInput(
            "mapping_unknown",
            mapping=path.name,
            nearest=near[0] if near else known[0],
            known=", ".join(known),
        )
    try:
        return path.read_bytes()
    except OSError as failure:
        raise InvalidInput("mapping_unreadable", file=path.name, reason=failure.strerror or "") from None


def _document(content: bytes, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode().replace("\r\n", "\n"))
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        raise InvalidInput("mapping_syntax", file=source, line=line, reason="not UTF-8") from None
    except tomllib.TOMLDecodeError as failure:
        place = _TOML_PLACE.search(str(failure))
        line = int(place.group(1)) if place else content.count(b"\n") + 1
        reason = str(failure).split(" (at ")[0]
        raise InvalidInput("mapping_syntax", file=source, line=line, reason=reason) from None


def _refuse_unknown(settings: dict[str, object], source: str) -> None:
    _nearest_of(settings, Mapping, "", source)
    for name, section in settings.items():
        if name in _SECTIONS and isinstance(section, dict):
            _nearest_of(section, _SECTIONS[name], name + ".", source)


def _nearest_of(given: dict[str, object], shape: type[msgspec.Struct], prefix: str, source: str) -> None:
    known = [field.encode_name for field in msgspec.structs.fields(shape)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise InvalidInput(
                "mapping_setting_unknown", file=source, setting=(prefix + name)[:80], nearest=prefix + near
            )


def _invalid(reason: str, source: str) -> InvalidInput:
    place = _SETTING_PLACE.search(reason)
    setting = place.group(1) if place else ""
    said = reason[: place.start()] if place else reason
    missing = re.fullmatch(r"Object missing required field `(.+)`", said)
    if missing:
        setting = f"{setting}.{missing.group(1)}" if setting else missing.group(1)
        return InvalidInput("mapping_setting_missing", file=source, setting=setting)
    return InvalidInput("mapping_setting_invalid", file=source, setting=setting, reason=said)


def _check_names(mapping: Mapping, source: str) -> None:
    """Names that only the world can judge: a currency, a zone, an encoding; and a start with its zone."""
    _check_letters(mapping, source)
    try:
        b"x".decode(mapping.file.encoding)
    except (LookupError, UnicodeError):
        raise _unfit(source, "file.encoding", "no such encoding") from None
    try:
        pl.Series([""]).str.to_datetime(mapping.time.format or "%Y", strict=False)
    except pl.exceptions.PolarsError:
        raise _unfit(source, "time.format", "no such pattern") from None
    try:
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(mapping.time.zone)
    except pl.exceptions.ComputeError:
        raise _unfit(source, "time.zone", "no such time zone") from None
    if mapping.time.start and mapping.time.start.tzinfo is None:
        raise _unfit(source, "time.start", "without a zone: end it with Z")
    if mapping.time.start and not datetime(1900, 1, 1, tzinfo=UTC) < mapping.time.start < datetime(
        2261, 1, 1, tzinfo=UTC
    ):
        raise _unfit(source, "time.start", "not between 1900 and 2261")
    if mapping.money.currency:
        try:
            currency_of(mapping.money.currency)
        except InvalidInput:
            raise _unfit(source, "money.currency", "not an ISO 4217 code") from None


def _check_letters(mapping: Mapping, source: str) -> None:
    """Single characters that would make a file unreadable, or an amount another one."""
    for setting, letter in (("file.separator", mapping.file.separator), ("file.quote", mapping.file.quote)):
        if letter in "\r\n":
            raise _unfit(source, setting, "a line break")
    marks = (("money.decimal", mapping.money.decimal), ("money.thousands", mapping.money.thousands or ","))
    for setting, letter in marks:
        if letter in "0123456789+-":
            raise _unfit(source, setting, "a digit or a sign")


def _unfit(source: str, setting: str, reason: str) -> InvalidInput:
    return InvalidInput("mapping_setting_invalid", file=source, setting=setting, reason=reason)

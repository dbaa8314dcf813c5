"""What an operator may set: one TOML file and a few variables. Page: docs/configuration.md.

Promises: the only reader of the environment and of configuration files; a setting that nobody knows, or
one of the wrong type, stops the start and says where it stands; nothing is guessed.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import inspect

from dawam.channels import ChannelSettings, Sha256
from dawam.delivery import DeliverySecrets, DeliverySettings, secret_variables, secrets_of
from dawam.guard import GuardSettings
from dawam.kernel import InvalidInput
from dawam.people import PeopleSettings
from dawam.portal import PortalSettings
from dawam.primary import FeedSettings, LinkSettings, MirrorSettings
from dawam.standin import StandinSettings
from dawam.status import IncidentSettings, MaintenanceSettings, NoticeSettings, SubscriptionSettings
from dawam.web import Locale, locale_of_environment
from dawam.web.pages import PageSettings

CONFIG_VARIABLE = "DAWAM_CONFIG"
DATABASE_VARIABLE = "DAWAM_DATABASE_URL"
OPERATOR_VARIABLE = "DAWAM_OPERATOR_TOKEN"
DEFAULT_FILE = "dawam.toml"

_PLACE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_REFUSAL = re.compile(r"^(.*?)(?: - at `\$?\.?([^`]*)`)?$", re.DOTALL)
_MAY_BE_NEGATIVE = re.compile(r"offset|\bpay_days\[")
_MISSING = re.compile(r"missing required field `(\w+)`")


class StorageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the books are kept, and after what silence another node takes them over (PostgreSQL)."""

    url: str = "sqlite:///dawam.db"
    take_over_after_s: Annotated[float, msgspec.Meta(gt=0)] | None = None


class LedgerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the books are signed: with the key of a file that `dawam ledger key` made; without one never.

    `checkpoint_every_s` is how often all balances are added up for a checkpoint against which each is proved.
    """

    signing_key_file: str | None = None
    checkpoint_every_s: Annotated[float, msgspec.Meta(gt=0)] | None = None

    def __post_init__(self) -> None:
        """What is to be signed needs a key."""
        if self.checkpoint_every_s is not None and self.signing_key_file is None:
            raise ValueError("checkpoint_every_s needs signing_key_file")


class InstitutionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One institution: where its primary is, which accounts are its own, and how Dawam treats it.

    `accounts` are shell patterns (`EG-*`); an account belongs to the first institution of the file with a
    pattern that it matches. `token_env` names the variable that holds the bearer token for the primary.
    `names` are what the public knows it by, in each language; without one its name in the file.
    """

    primary_url: str
    names: dict[Locale, str] = {}
    accounts: tuple[str, ...] = ("*",)
    token_env: str | None = None
    link: LinkSettings = LinkSettings()
    feed: FeedSettings = FeedSettings()
    mirror: MirrorSettings = MirrorSettings()
    guard: GuardSettings = GuardSettings()
    standin: StandinSettings = StandinSettings()
    maintenance: MaintenanceSettings = MaintenanceSettings()

    def __post_init__(self) -> None:
        """A poll under way may be older than its arrival: the guard's margin must cover the longest one."""
        longest_s = self.feed.wait_s + self.feed.answer_s
        if self.guard.confirm_margin_s <= longest_s:
            raise ValueError(
                f"guard.confirm_margin_s must be over feed.wait_s + feed.answer_s ({longest_s:g})"
            )


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may be set. `operators` maps a person's name to the SHA-256 of their token."""

    storage: StorageSettings = StorageSettings()
    ledger: LedgerSettings = LedgerSettings()
    channels: ChannelSettings = ChannelSettings()
    operators: dict[str, Sha256] = {}
    pages: PageSettings = PageSettings()
    people: PeopleSettings = PeopleSettings()
    delivery: DeliverySettings = DeliverySettings()
    notices: NoticeSettings = NoticeSettings()
    incidents: IncidentSettings = IncidentSettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    portal: PortalSettings = PortalSettings()
    institutions: dict[str, InstitutionSettings] = {}


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file; without one, of the file that `DAWAM_CONFIG` names, or of `dawam.toml`.

    Raises: InvalidInput `config_missing`, `config_unreadable`, `config_malformed`, `setting_unknown`,
    `setting_invalid`, `setting_missing`.
    """
    variables = os.environ if environment is None else environment
    chosen = file or Path(variables.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    settings = read(_text_of(chosen), name=str(chosen))
    database = variables.get(DATABASE_VARIABLE)
    if database:
        settings = msgspec.structs.replace(settings, storage=StorageSettings(url=database))
    return settings


def read(text: str, *, name: str = DEFAULT_FILE) -> Settings:
    """The settings of a TOML text; `name` stands in the errors."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(str(error), text, name) from None
    settings: Settings = convert(tree, Settings, name=name)
    return settings


def convert(tree: dict[str, Any], shape: type[Any], *, name: str) -> Any:
    """A tree of settings as the struct `shape`; the first unknown or wrong setting is named with its path."""
    for setting, siblings in _unknown(tree, inspect.type_info(shape), ""):
        raise InvalidInput("setting_unknown", file=name, setting=setting, nearest=_nearest(setting, siblings))
    for setting, reason in _impossible(tree, ""):
        raise InvalidInput("setting_invalid", file=name, setting=setting, reason=reason)
    try:
        return msgspec.convert(tree, shape)
    except msgspec.ValidationError as error:
        raise _refused(str(error), tree, shape, name) from None


def language(environment: Mapping[str, str] | None = None) -> Locale:
    """The terminal's language: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set; else English."""
    variables = os.environ if environment is None else environment
    chosen = (variables.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return locale_of_environment(next(filter(None, chosen), ""))


def primary_token(
    institution: InstitutionSettings, name: str, environment: Mapping[str, str] | None = None
) -> str | None:
    """The bearer token for an institution's primary, from the variable that `token_env` names.

    Raises: InvalidInput `secret_missing`.
    """
    variables = os.environ if environment is None else environment
    return _secret(variables, institution.token_env, f"institutions.{name}.token_env")


def delivery_secrets(
    settings: DeliverySettings, environment: Mapping[str, str] | None = None
) -> DeliverySecrets:
    """What the ways out need, from the variables that the settings name.

    Raises: InvalidInput `secret_missing`.
    """
    variables = os.environ if environment is None else environment
    named = secret_variables(settings)
    return secrets_of(
        {path: _secret(variables, variable, f"delivery.{path}") or "" for path, variable in named.items()}
    )


def portal_secret(settings: PortalSettings, environment: Mapping[str, str] | None = None) -> str | None:
    """The secret under which cash-out codes are kept; None where no variable is named.

    Raises: InvalidInput `secret_missing`.
    """
    variables = os.environ if environment is None else environment
    return _secret(variables, settings.secret_env, "portal.secret_env")


def operator_token(variable: str = OPERATOR_VARIABLE) -> str:
    """The token with which a person commands a running Dawam.

    Raises: InvalidInput `secret_missing`.
    """
    return _secret(os.environ, variable, "operators") or ""


def _secret(variables: Mapping[str, str], variable: str | None, setting: str) -> str | None:
    if variable is None:
        return None
    token = variables.get(variable, "").strip()
    if not token:
        raise InvalidInput("secret_missing", variable=variable, setting=setting)
    return token


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InvalidInput("config_missing", file=str(file)) from None
    except UnicodeDecodeError:
        raise InvalidInput("config_unreadable", file=str(file), reason="not UTF-8") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise InvalidInput("config_unreadable", file=str(file), reason=reason) from None


def _malformed(message: str, text: str, name: str) -> InvalidInput:
    match = _PLACE.match(message)
    reason, line, column = match.groups() if match else (message, None, None)
    last = text.count("\n") + 1
    return InvalidInput(
        "config_malformed", file=name, line=int(line or last), column=int(column or 1), reason=reason
    )


def _refused(message: str, tree: dict[str, Any], shape: type[Any], name: str) -> InvalidInput:
    """What msgspec says, as a setting's path and a reason."""
    reason, path = _REFUSAL.match(message).groups()  # type: ignore[union-attr]  # matches any text
    path = _named(path or "", tree, shape)
    missing = _MISSING.search(reason)
    if missing:
        setting = f"{path}.{missing[1]}" if path else missing[1]
        return InvalidInput("setting_missing", file=name, setting=setting)
    return InvalidInput("setting_invalid", file=name, setting=path, reason=reason)


def _named(path: str, tree: dict[str, Any], shape: type[Any]) -> str:
    """The path with the real keys: msgspec writes the key of a mapping as `[...]`."""
    parts: list[str] = []
    for part in re.findall(r"\[\.\.\.\]|\[\d+\]|[^.\[\]]+", path):
        parts.append(_refused_key(parts, tree, shape) if part == "[...]" else part)
    return ".".join(parts).replace(".[", "[")


def _refused_key(parts: list[str], tree: dict[str, Any], shape: type[Any]) -> str:
    """Which key of the mapping at `parts` is refused when it stands there alone."""
    table: Any = tree
    for part in parts:
        table = table[part]
    for key in table:
        try:
            msgspec.convert(_with(tree, parts, {key: table[key]}), shape)
        except msgspec.ValidationError:
            return str(key)
    return "[...]"


def _with(tree: dict[str, Any], parts: list[str], table: dict[str, Any]) -> dict[str, Any]:
    if not parts:
        return table
    return {**tree, parts[0]: _with(tree[parts[0]], parts[1:], table)}


def _unknown(value: Any, kind: inspect.Type, path: str) -> Iterator[tuple[str, list[str]]]:
    """Each setting that the type does not know, as its path and the names beside it."""
    for option in _options(kind):
        if isinstance(value, dict):
            yield from _unknown_in_table(value, option, path)
        elif isinstance(value, list) and isinstance(option, inspect.ListType | inspect.VarTupleType):
            for index, item in enumerate(value):
                yield from _unknown(item, option.item_type, f"{path}[{index}]")


def _unknown_in_table(
    table: dict[str, Any], kind: inspect.Type, path: str
) -> Iterator[tuple[str, list[str]]]:
    prefix = f"{path}." if path else ""
    if isinstance(kind, inspect.StructType | inspect.DataclassType):
        fields = {field.encode_name: field.type for field in kind.fields}
        for name, value in table.items():
            if name in fields:
                yield from _unknown(value, fields[name], prefix + name)
            else:
                yield prefix + name, list(fields)
    elif isinstance(kind, inspect.DictType):
        for name, value in table.items():
            yield from _unknown(value, kind.value_type, prefix + name)


def _impossible(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each value that no setting can have: a time without a zone, a number that is none, a negative amount
    of seconds, money or things. Only an offset may be negative, and a day counted from a month's end."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _impossible(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _impossible(item, f"{path}[{index}]")
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield path, "a time needs its zone, such as 2026-11-21T22:00:00Z"
    elif isinstance(value, float) and not isfinite(value):
        yield path, "must be a number"
    elif isinstance(value, int | float) and value < 0 and not _MAY_BE_NEGATIVE.search(path):
        yield path, "must not be negative"


def _options(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    if isinstance(kind, inspect.Metadata):
        return _options(kind.type)
    return tuple(kind.types) if isinstance(kind, inspect.UnionType) else (kind,)


def _nearest(setting: str, names: list[str]) -> str:
    """The valid name that was probably meant; where none is alike, all of them."""
    head, _, last = setting.rpartition(".")
    alike = difflib.get_close_matches(last, names, n=1, cutoff=0.5)
    prefix = f"{head}." if head else ""
    return prefix + alike[0] if alike else ", ".join(prefix + name for name in names)

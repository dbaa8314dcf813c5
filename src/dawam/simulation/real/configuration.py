"""A configuration file for the Dawam of a stage: settings written as the TOML that `dawam serve` reads."""

import json
from typing import Any

import msgspec

from dawam.config import Settings


def toml_of(settings: Settings) -> str:
    """The settings as TOML; what is None is left out, as nobody set it."""
    tree = msgspec.to_builtins(settings, builtin_types=())
    return "".join(f"{key} = {_value(value)}\n" for key, value in tree.items() if value is not None)


def _value(value: Any) -> str:
    match value:
        case dict():
            items = (f"{json.dumps(key)} = {_value(item)}" for key, item in value.items() if item is not None)
            return f"{{{', '.join(items)}}}"
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case _:
            return json.dumps(value)

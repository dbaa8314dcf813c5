"""Errors of the configuration and of the start."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "institutions_missing": Text(
        "The configuration names no institution.", "Add a section [institutions.NAME] with its primary_url."
    ),
    "config_missing": Text(
        "There is no configuration file {file}.",
        "Name it with --config or DAWAM_CONFIG, or begin with a copy of examples/dawam.toml.",
    ),
    "config_unreadable": Text(
        "The configuration file {file} cannot be read: {reason}.", "Make it a readable file in UTF-8."
    ),
    "config_malformed": Text(
        "{file}, line {line}, column {column}, is not TOML: {reason}.", "Correct it there."
    ),
    "setting_unknown": Text(
        "The setting {setting} in {file} does not exist.",
        "What exists there is {nearest}; correct the setting, or leave it out.",
    ),
    "setting_invalid": Text(
        "The setting {setting} in {file} cannot be used: {reason}.",
        "Give it a value as docs/configuration.md describes.",
    ),
    "setting_missing": Text(
        "The setting {setting} is missing in {file}.", "Add it; docs/configuration.md says what it means."
    ),
    "secret_missing": Text(
        "The environment variable {variable}, which {setting} needs, is empty.",
        "Set it to the token before the start.",
    ),
}

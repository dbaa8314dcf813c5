"""Errors of migrating and copying databases."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "old_journal_broken": Text(
        "The journal is broken at record {position}: {finding}. Nothing was changed.",
        "Keep this database as it is, and migrate a backup whose audit finds it intact.",
    ),
}

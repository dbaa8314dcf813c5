"""Bring a database from one layout to the next, and from one place to another, without losing a record.

Promises: a migration happens as a whole or not at all, after a backup; a copy is used only when both sides
were read again, hold the same and pass the audit; what is in doubt is refused by name. Page:
docs/migrations.md.
"""

from dawam.migrations.checking import CheckReport, State, TableReport, check
from dawam.migrations.copying import CopiedTable, CopyReport, copy
from dawam.migrations.migrating import Migration, migrate
from dawam.migrations.tables import SLICES, TABLES

__all__ = [
    "SLICES",
    "TABLES",
    "CheckReport",
    "CopiedTable",
    "CopyReport",
    "Migration",
    "State",
    "TableReport",
    "check",
    "copy",
    "migrate",
]

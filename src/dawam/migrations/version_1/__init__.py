"""Databases of version 1 as the first release left them: their tables, and the reader of their journal.

Frozen: nothing here follows the code of today.
"""

from dawam.migrations.version_1 import tables
from dawam.migrations.version_1.journal import Account, Progress, Record, Transfer, read_journal

__all__ = ["Account", "Progress", "Record", "Transfer", "read_journal", "tables"]

"""Version 2: the ledger as a journal of blocks, and how one of version 1 becomes one.

Frozen: nothing here follows the code of today.
"""

from dawam.migrations.version_2.conversion import convert

__all__ = ["convert"]

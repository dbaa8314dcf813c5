"""Version 2: the ledger as a journal of blocks, how one of version 1 becomes one, and wide numbers.

Frozen: nothing here follows the code of today.
"""

from dawam.migrations.version_2.conversion import convert

__all__ = ["convert"]

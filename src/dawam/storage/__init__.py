"""Where facts are kept, and the one door through which they are written.

Promises: no answer leaves before its commit is durable; a verb that fails leaves no trace; many callers
share one commit (group commit); two processes never write one database. Page: docs/storage.md.
"""

from dawam.storage import outbox
from dawam.storage.cache import RowCache, Staged
from dawam.storage.database import Storage
from dawam.storage.functions import int8_at
from dawam.storage.outbox import News, Reader
from dawam.storage.tables import COPY_NAME, SCHEMA_NAME, SCHEMA_VERSION, metadata
from dawam.storage.transaction import Rows, Tx
from dawam.storage.upkeep import alone, back_up, explained, looking, place_of, whole

__all__ = [
    "COPY_NAME",
    "SCHEMA_NAME",
    "SCHEMA_VERSION",
    "News",
    "Reader",
    "RowCache",
    "Rows",
    "Staged",
    "Storage",
    "Tx",
    "alone",
    "back_up",
    "explained",
    "int8_at",
    "looking",
    "metadata",
    "outbox",
    "place_of",
    "whole",
]

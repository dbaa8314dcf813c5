"""The books in other programs' words: an hledger journal, a beancount file, or Parquet.

Promises: each account's balance there is its posted balance here, to the minor unit; what is held, released
or has expired is written but moves nothing; no text in the books can become a line of its own; the target
appears when it is whole, and is never overwritten; memory does not grow with the books.
Page: docs/exports.md.
"""

from dawam.ledger.exports.model import (
    Event,
    Exported,
    Format,
    JournalEntry,
    Names,
    event_of,
    moved_minor,
)
from dawam.ledger.exports.reading import Books
from dawam.ledger.exports.service import export

__all__ = [
    "Books",
    "Event",
    "Exported",
    "Format",
    "JournalEntry",
    "Names",
    "event_of",
    "export",
    "moved_minor",
]

"""Pure words that every slice speaks: money, ids, time, outcomes, errors, Merkle trees.

No I/O, no clock, no chance. `merkle` is a word of its own: `kernel.merkle.leaf_hash` and what stands with it.
"""

from dawam.kernel import merkle
from dawam.kernel.errors import (
    Bug,
    Conflict,
    DawamError,
    Forbidden,
    IntegrityBroken,
    InvalidInput,
    NotFound,
    Unavailable,
    invariant,
    unreachable,
)
from dawam.kernel.ids import ID_MAX, Ids, TimeOrderedIds, id_from_text, id_to_text
from dawam.kernel.money import AMOUNT_MAX, Currency, currency_of, minor_to_text, parse_minor
from dawam.kernel.outcome import (
    APPROVED,
    FIELD_39,
    Approved,
    Decision,
    DeclineCode,
    Declined,
    PaymentKind,
)
from dawam.kernel.time import EPOCH, Clock, from_ns, from_rfc3339, to_ns, to_rfc3339
from dawam.kernel.world import World

__all__ = [
    "AMOUNT_MAX",
    "APPROVED",
    "EPOCH",
    "FIELD_39",
    "ID_MAX",
    "Approved",
    "Bug",
    "Clock",
    "Conflict",
    "Currency",
    "DawamError",
    "Decision",
    "DeclineCode",
    "Declined",
    "Forbidden",
    "Ids",
    "IntegrityBroken",
    "InvalidInput",
    "NotFound",
    "PaymentKind",
    "TimeOrderedIds",
    "Unavailable",
    "World",
    "currency_of",
    "from_ns",
    "from_rfc3339",
    "id_from_text",
    "id_to_text",
    "invariant",
    "merkle",
    "minor_to_text",
    "parse_minor",
    "to_ns",
    "to_rfc3339",
    "unreachable",
]

"""All SQL of the modes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, select

from dawam.kernel import from_ns, to_ns
from dawam.standin.messages import Capability, Mode, Reason
from dawam.standin.modes.model import ModeChange
from dawam.standin.modes.tables import mode_changes
from dawam.storage import Rows, Tx, outbox

MODE_CHANGED = "mode_changed"
"""The topic of a change in the outbox; its body is the `ModeChange` as JSON."""

_FIELDS = ("institution", "capability", "mode", "reason", "share_percent", "at", "evidence")
_INSERT = insert(mode_changes).values({name: bindparam(name) for name in _FIELDS})


def append(tx: Tx, changes: Sequence[ModeChange], *, now: datetime) -> None:
    """Record the changes in their order, and tell of each, in one transaction."""
    tx.many(
        _INSERT,
        [
            (c.institution, c.capability, c.mode, c.reason, c.share_percent, to_ns(c.at), c.evidence)
            for c in changes
        ],
    )
    for change in changes:
        outbox.put(tx, MODE_CHANGED, msgspec.json.encode(change), now=now)


def latest(rows: Rows, institution: str, limit: int) -> list[ModeChange]:
    """The last changes of an institution, newest first."""
    table = mode_changes.c
    found = rows.execute(
        select(*(table[name] for name in _FIELDS))
        .where(table.institution == institution)
        .order_by(table.id.desc())
        .limit(limit)
    )
    return [
        ModeChange(
            institution=row.institution,
            capability=Capability(row.capability),
            mode=Mode(row.mode),
            reason=Reason(row.reason),
            share_percent=row.share_percent,
            at=from_ns(row.at),
            evidence=row.evidence,
        )
        for row in found
    ]

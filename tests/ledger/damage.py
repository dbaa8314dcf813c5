"""Damage on purpose: rows changed behind the ledger's back, and what the audit then says."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from dawam.ledger.audit import verify

WIDTHS = ((SmallInteger, 16), (BigInteger, 64), (Integer, 64))


class Undo(Exception):
    """Thrown when all is known, so that nothing of it stays."""


class Damaged:
    """A database within a transaction that is never committed."""

    def __init__(self, tx) -> None:
        self.tx = tx

    def rows(self, table) -> list[dict[str, Any]]:
        keys = list(table.primary_key.columns)
        return [dict(row._mapping) for row in self.tx.execute(select(table).order_by(*keys))]

    def row(self, table, **where) -> dict[str, Any]:
        (found,) = (row for row in self.rows(table) if where.items() <= row.items())
        return found

    def change(self, table, row, **values) -> None:
        self.tx.execute(update(table).where(*_key(table, row)).values(**values))

    def remove(self, table, row) -> None:
        self.tx.execute(delete(table).where(*_key(table, row)))

    def add(self, table, row, **values) -> None:
        self.tx.execute(insert(table).values({**row, **values}))

    def flip(self, table, row, column, bit) -> bool:
        """Flip one bit of a value; False where the database itself refuses that."""
        value = row[column]
        if isinstance(value, bytes):
            changed = bytearray(value)
            changed[bit // 8] ^= 128 >> bit % 8
            value = bytes(changed)
        else:
            value = signed(value ^ (1 << bit), bits_of(table.c[column], value))
        try:
            self.change(table, row, **{column: value})
        except DBAPIError:  # another row has this key
            return False
        return True

    def audit(self):
        return verify(self.tx)


def audited_after(storage, change: Callable[[Damaged], Any]):
    """The audit's report of a database that was damaged for a moment; None where it refused the damage."""
    reports = []

    def verb(tx):
        damaged = Damaged(tx)
        if change(damaged) is not False:
            reports.append(damaged.audit())
        raise Undo

    try:
        storage.write_now(verb)
    except Undo:
        return reports[0] if reports else None


def bits_of(column, value) -> int:
    """How many bits a value can be flipped in."""
    if isinstance(column.type, LargeBinary):
        return 8 * len(value)
    return next(width for kind, width in WIDTHS if isinstance(column.type, kind))


def signed(value, width) -> int:
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


def _key(table, row) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key.columns]

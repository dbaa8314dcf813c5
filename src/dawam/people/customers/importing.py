"""Taking over the institution's list: all of a file, or nothing of it."""

from pathlib import Path

import msgspec

from dawam.kernel import Conflict, InvalidInput
from dawam.people.customers.reading import Listed, Wrong, read_list
from dawam.people.customers.service import Customers
from dawam.storage import Storage, Tx

_WRONG_MAX = 100


class Imported(msgspec.Struct, frozen=True):
    """What was taken over; nothing when a line was wrong."""

    customers: int
    new: int
    holdings: int
    wrong: list[Wrong]
    wrong_in_all: int


class _Refused(Exception):
    """Rolls the transaction back."""


def read_file(path: Path, customers: Customers) -> Listed:
    """What a file lists.

    Raises: InvalidInput `people_file_unreadable`, `people_columns_wrong`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_list(lines, file=path.name, sound=customers.sound)
    except UnicodeDecodeError:
        raise InvalidInput("people_file_unreadable", file=path.name, reason="not UTF-8") from None
    except OSError as error:
        raise InvalidInput("people_file_unreadable", file=path.name, reason=error.strerror) from None


def take_over(storage: Storage, customers: Customers, listed: Listed) -> Imported:
    """Keep what was listed, unless a line is wrong or contradicts what is kept already."""
    if listed.wrong_in_all:
        return Imported(0, 0, 0, listed.wrong, listed.wrong_in_all)
    wrong: list[Wrong] = []

    def keep(tx: Tx) -> int:
        new = 0
        for line, one in listed.customers:
            try:
                new += customers.add(tx, one)
            except Conflict as error:
                wrong.append(Wrong(line, error))
        if wrong:
            raise _Refused
        return new

    try:
        new = storage.write_now(keep)
    except _Refused:
        return Imported(0, 0, 0, wrong[:_WRONG_MAX], len(wrong))
    holdings = sum(len(one.holdings) for _, one in listed.customers)
    return Imported(len(listed.customers), new, holdings, [], 0)

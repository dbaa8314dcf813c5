"""A snapshot as accounts and opening balances. Pure: what is wrong with it is found before it is posted."""

from collections.abc import Iterator, Sequence

import msgspec

from dawam.kernel import AMOUNT_MAX, IntegrityBroken, InvalidInput, currency_of
from dawam.ledger import Account, Transfer
from dawam.primary.messages import ACCOUNT_LENGTH_MAX, SnapshotLine
from dawam.primary.mirror import numbers
from dawam.primary.mirror.model import Row
from dawam.primary.mirror.numbers import Code, Role
from dawam.primary.mirror.posting import House, accounts_of, house_of, moved

_AT_ONCE = 10_000


class Part(msgspec.Struct):
    """Some thousand accounts of a snapshot, as the ledger and the mirror get them."""

    accounts: list[Account]
    transfers: list[Transfer]
    rows: dict[str, Row]


def customer(institution: int, row: Row, ledger: int) -> Account:
    """A customer's account as the ledger is asked to open it."""
    return Account(
        id=numbers.customer_account(institution, row.ordinal), ledger=ledger, code=int(Role.CUSTOMER)
    )


def parts(institution: int, lines: Sequence[SnapshotLine], *, last_seq: int, as_of_ns: int) -> Iterator[Part]:
    """The whole snapshot, part by part.

    Raises: IntegrityBroken `snapshot_malformed`: line number and field.
    """
    names: set[str] = set()
    houses: dict[str, House] = {}
    for start in range(0, len(lines), _AT_ONCE):
        part = Part([], [], {})
        for ordinal, line in enumerate(lines[start : start + _AT_ONCE], start + 1):
            _check(line, ordinal, last_seq, known=line.account in names)
            names.add(line.account)
            house = houses.get(line.currency)
            if house is None:
                house = houses[line.currency] = _house(institution, line, ordinal)
                part.accounts += accounts_of(house)
            row = Row(ordinal, line.currency, line.last_seq, line.last_seq, line.balance_minor, 0)
            part.rows[line.account] = row
            part.accounts.append(customer(institution, row, house.ledger))
            if line.balance_minor:
                part.transfers.append(_opening(institution, row, house, as_of_ns=as_of_ns))
        yield part


def _opening(institution: int, row: Row, house: House, *, as_of_ns: int) -> Transfer:
    transfer = Transfer(
        id=numbers.opening(institution, row.ordinal),
        user_data_64=row.last_seq,
        ledger=house.ledger,
        code=int(Code.OPENING_BALANCE),
        effective_at=as_of_ns,
    )
    account = numbers.customer_account(institution, row.ordinal)
    return moved(transfer, account=account, other=house.opening, amount_minor=row.balance_minor)


def _check(line: SnapshotLine, number: int, last_seq: int, *, known: bool) -> None:
    field = None
    if known or not 0 < len(line.account) <= ACCOUNT_LENGTH_MAX:
        field = "account"
    elif not -AMOUNT_MAX <= line.balance_minor <= AMOUNT_MAX:
        field = "balance_minor"
    elif not 0 <= line.last_seq <= last_seq:
        field = "last_seq"
    if field is not None:
        raise IntegrityBroken("snapshot_malformed", line=number, field=field)


def _house(institution: int, line: SnapshotLine, number: int) -> House:
    try:
        return house_of(institution, currency_of(line.currency).number)
    except InvalidInput:
        raise IntegrityBroken("snapshot_malformed", line=number, field="currency") from None

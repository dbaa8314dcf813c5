"""An hledger journal. Debits are positive, as hledger has them; tags are comments and move nothing.

A record that moves no posted money is a transaction of 0, so that it can be seen and searched for but never
changes a balance; a hold is marked `!`, everything else `*`. Source: hledger 1.25, "journal format".
"""

import json
from collections.abc import Iterable, Iterator

from dawam.ledger.exports.model import (
    Event,
    JournalEntry,
    Names,
    account_facts,
    event_of,
    moved_minor,
    transfer_facts,
)
from dawam.ledger.exports.moments import date_text
from dawam.ledger.exports.money import Commodity, commodity_of, decimal_text
from dawam.ledger.exports.names import AccountNames
from dawam.ledger.metadata import Metadata
from dawam.ledger.model import Account, Transfer

HEADER = "; The books of a Dawam ledger. Times are UTC.\ndecimal-mark .\n"
_OWN_MEANING = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in ",:;[]|"})


def texts(entries: Iterable[JournalEntry], names: Names) -> Iterator[str]:
    """The journal's text, piece by piece."""
    yield HEADER
    paths = AccountNames(names)
    declared: set[int] = set()
    for entry in entries:
        record = entry.record
        if record.ledger not in declared:
            declared.add(record.ledger)
            yield _commodity(commodity_of(record.ledger))
        if isinstance(record, Transfer):
            yield _transaction(entry, record, paths)
        else:
            yield _account(entry, record, paths)


def _commodity(commodity: Commodity) -> str:
    decimals = "0" * commodity.exponent
    return f"\ncommodity 1000.{decimals} {_symbol(commodity)}\n"


def _account(entry: JournalEntry, account: Account, paths: AccountNames) -> str:
    facts = ", ".join(f"{key}:{value}" for key, value in account_facts(entry.seq, account))
    currency = commodity_of(account.ledger).symbol
    return (
        f"\naccount {paths.of(account.id)}\n    ; currency:{currency}, {facts}\n{_metadata(entry.metadata)}"
    )


def _transaction(entry: JournalEntry, transfer: Transfer, paths: AccountNames) -> str:
    commodity = commodity_of(transfer.ledger)
    event = event_of(transfer)
    day = date_text(transfer.timestamp)
    if transfer.effective_at:
        day = f"{day}={date_text(transfer.effective_at)}"
    mark = "!" if event is Event.HOLD else "*"
    amount = decimal_text(moved_minor(transfer), commodity)
    minus = "-" if moved_minor(transfer) else ""
    symbol = _symbol(commodity)
    facts = ", ".join(f"{key}:{value}" for key, value in transfer_facts(entry.seq, transfer, commodity))
    return (
        f"\n{day} {mark} {event.value}\n    ; event:{event.value}, {facts}\n{_metadata(entry.metadata)}"
        f"    {paths.of(transfer.debit_account_id)}    {amount} {symbol}\n"
        f"    {paths.of(transfer.credit_account_id)}    {minus}{amount} {symbol}\n"
    )


def _symbol(commodity: Commodity) -> str:
    """A symbol with digits in it stands in quotes."""
    return commodity.symbol if commodity.symbol.isalpha() else f'"{commodity.symbol}"'


def _metadata(metadata: Metadata | None) -> str:
    """One tag a key: a JSON object of one member, in ASCII, without a mark that ends or begins a tag."""
    if not metadata:
        return ""
    return "".join(f"    ; metadata:{{{_text(key)}:{_value(metadata[key])}}}\n" for key in sorted(metadata))


def _text(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f").translate(_OWN_MEANING)


def _value(value: str | int | bool) -> str:
    return _text(value) if isinstance(value, str) else json.dumps(value)

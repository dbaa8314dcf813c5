"""A beancount file. Debits are positive, as beancount has them; metadata moves nothing.

A record that moves no posted money is a transaction of 0, so that it can be seen and searched for but never
changes a balance; a hold is flagged `!`, everything else `*`. A hold and what became of it share a link.
Source: beancount 3, "Beancount Language Syntax".
"""

import json
from collections.abc import Iterable, Iterator

from dawam.kernel import id_to_text
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
from dawam.ledger.exports.money import commodity_of, decimal_text
from dawam.ledger.exports.names import AccountNames, in_beancount
from dawam.ledger.metadata import Metadata
from dawam.ledger.model import Account, Transfer

HEADER = '; The books of a Dawam ledger. Times are UTC.\noption "title" "Dawam ledger"\n'


def texts(entries: Iterable[JournalEntry], names: Names) -> Iterator[str]:
    """The file's text, piece by piece."""
    yield HEADER
    spelled = AccountNames(names, in_beancount)
    for entry in entries:
        record = entry.record
        if isinstance(record, Transfer):
            yield _transaction(entry, record, spelled)
        else:
            yield _open(entry, record, spelled)


def _open(entry: JournalEntry, account: Account, names: AccountNames) -> str:
    facts = "".join(f'  {key}: "{value}"\n' for key, value in account_facts(entry.seq, account))
    symbol = commodity_of(account.ledger).symbol
    return (
        f"\n{date_text(account.timestamp)} open {names.of(account.id)} {symbol}\n"
        f"{facts}{_metadata(entry.metadata)}"
    )


def _transaction(entry: JournalEntry, transfer: Transfer, names: AccountNames) -> str:
    commodity = commodity_of(transfer.ledger)
    event = event_of(transfer)
    flag = "!" if event is Event.HOLD else "*"
    hold = transfer.id if event is Event.HOLD else transfer.pending_id
    link = f" ^hold-{id_to_text(hold)}" if hold else ""
    amount = decimal_text(moved_minor(transfer), commodity)
    minus = "-" if moved_minor(transfer) else ""
    facts = "".join(f'  {key}: "{value}"\n' for key, value in transfer_facts(entry.seq, transfer, commodity))
    return (
        f'\n{date_text(transfer.timestamp)} {flag} "{event.value}"{link}\n{facts}{_metadata(entry.metadata)}'
        f"  {names.of(transfer.debit_account_id)}  {amount} {commodity.symbol}\n"
        f"  {names.of(transfer.credit_account_id)}  {minus}{amount} {commodity.symbol}\n"
    )


def _metadata(metadata: Metadata | None) -> str:
    """The whole of it as one text: JSON in ASCII, its quotes and backslashes escaped once more."""
    if not metadata:
        return ""
    written = json.dumps(dict(metadata), sort_keys=True, separators=(",", ":")).replace("\x7f", "\\u007f")
    escaped = written.replace("\\", "\\\\").replace('"', '\\"')
    return f'  metadata: "{escaped}"\n'

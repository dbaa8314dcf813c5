"""What a verified proof says, in plain words."""

from struct import error as PackError

from dawam.kernel import id_to_text
from dawam.ledger import records
from dawam.ledger.exports.model import event_of
from dawam.ledger.exports.moments import moment_text
from dawam.ledger.exports.money import commodity_of, decimal_text
from dawam.ledger.proofs import Growth, ProvedBalance, ProvedRecord

_DERIVED = bytes(records.TRANSFER_BYTES - records.LEAF_BYTES[records.TRANSFER])
_OTHERS = {
    records.TERMS: "the terms of an account",
    records.METADATA: "metadata",
    records.BURNT: "an id that can never be used",
}


def balance_words(proved: ProvedBalance) -> str:
    """What a balance was, and what it was counted in."""
    had, owed = _money(proved.balance, proved.ledger), _money(proved.owed, proved.ledger)
    return (
        f"Verified: account {id_to_text(proved.account_id)} had {had} after {proved.size:,} records of "
        f"{proved.log}{_when(proved.time_ns)}.\n"
        f"It was counted among {proved.accounts:,} accounts, to whom {owed} were owed in all."
    )


def record_words(proved: ProvedRecord) -> str:
    """What a record is, and where it stands."""
    return (
        f"Verified: record {proved.index + 1:,} of the {proved.size:,} of {proved.log} is "
        f"{_record(proved.record)}."
    )


def growth_words(proved: Growth) -> str:
    """What a log began with."""
    return (
        f"Verified: the {proved.new_size:,} records of {proved.log} begin with the {proved.old_size:,} of "
        f"the earlier checkpoint, unchanged."
    )


def _record(record: bytes) -> str:
    stored = b"\0" + record
    try:
        if record[0] == records.TRANSFER:
            return _transfer(stored + _DERIVED)
        if record[0] == records.ACCOUNT:
            account = records.unpack_account(stored)
            currency = commodity_of(account.ledger).symbol
            return (
                f"the account {id_to_text(account.id)} in {currency}, opened {moment_text(account.timestamp)}"
            )
    except (PackError, ValueError, OverflowError):
        pass
    return f"{_OTHERS.get(record[0], 'a record')}, of {len(record)} bytes"


def _transfer(stored: bytes) -> str:
    line = records.Line(stored)
    transfer = line.transfer(0, 0)
    which = f"{id_to_text(line.id)} " if line.id else ""
    amount, when = _money(transfer.amount, transfer.ledger), moment_text(line.timestamp)
    return (
        f"the {event_of(transfer).value} {which}of {amount}, from the account of record {line.debit:,} "
        f"to that of record {line.credit:,}, written {when}"
    )


def _money(minor: int, ledger: int) -> str:
    commodity = commodity_of(ledger)
    return f"{decimal_text(minor, commodity)} {commodity.symbol}"


def _when(time_ns: int | None) -> str:
    return "" if time_ns is None else f", the last of which it wrote {moment_text(time_ns)}"

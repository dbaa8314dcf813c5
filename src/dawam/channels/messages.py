"""What the channel contract answers. Source: contracts, section 2; page docs/channels.md."""

from datetime import datetime

import msgspec

from dawam.standin import Books, Difference, ModeChange, ParkedAdvice, Reconciliation


class BalanceBody(msgspec.Struct, frozen=True, gc=False):
    """A balance with its moment and source; there is no unproved one."""

    account: str
    currency: str
    balance_minor: int
    available_minor: int
    as_of: datetime
    age_s: float
    source: str
    mode: str
    notice: str | None
    proved: bool = True


class ReceiptBody(msgspec.Struct, frozen=True, gc=False):
    """The answer to a payment; `response_code` is the code's ISO 8583 field 39 value."""

    payment_id: str
    status: str
    code: str
    response_code: str | None
    decided_by: str
    decided_at: datetime


class EntryBody(msgspec.Struct, frozen=True, gc=False):
    """A line of a statement."""

    amount_minor: int
    balance_after_minor: int
    currency: str
    booked_at: datetime
    kind: str
    source: str


class StatementBody(msgspec.Struct, frozen=True, gc=False):
    """Entries newest first; `next` is the `before` of the following page, null at the end."""

    account: str
    entries: list[EntryBody]
    next: str | None


class ProofBody(msgspec.Struct, frozen=True, gc=False):
    """What the books said at a signed checkpoint, with the two files that prove it; `as_of` says the log."""

    account: str
    currency: str
    balance_minor: int
    as_of: datetime | None
    size: int
    proof: str
    checkpoint: str


class CapabilityBody(msgspec.Struct, frozen=True, gc=False):
    """Who answers for a capability, why, and since when."""

    capability: str
    mode: str
    reason: str
    since: datetime
    share_percent: int
    notice: str | None
    eta: datetime | None


class InstitutionBody(msgspec.Struct, frozen=True, gc=False):
    """An institution's capabilities."""

    institution: str
    capabilities: list[CapabilityBody]


class StatusBody(msgspec.Struct, frozen=True, gc=False):
    """All institutions."""

    institutions: list[InstitutionBody]


class ParkedBody(msgspec.Struct, frozen=True, gc=False):
    """The advices of an institution that need two people."""

    institution: str
    parked: list[ParkedAdvice]


class HistoryBody(msgspec.Struct, frozen=True, gc=False):
    """Changes of mode with their evidence, newest first."""

    institution: str
    changes: list[ModeChange]


class BooksBody(msgspec.Struct, frozen=True, gc=False):
    """How far the mirror is, and what the primary does not know yet."""

    institution: str
    books: Books


class SettledBody(msgspec.Struct, frozen=True, gc=False):
    """What became of a person's word on a parked decision: settled, or waiting for a second person."""

    institution: str
    advice_id: str
    settled: bool


class ReconciliationBody(msgspec.Struct, frozen=True, gc=False):
    """Primary, mirror and decisions compared."""

    institution: str
    accounts: int
    agreeing: int
    differing: int
    unexplained_minor: int
    differences: list[Difference]


def reconciliation_body(institution: str, report: Reconciliation) -> ReconciliationBody:
    """The report with its sums."""
    return ReconciliationBody(
        institution,
        report.accounts,
        report.agreeing,
        report.differing,
        report.unexplained_minor,
        report.differences,
    )

"""What a replay found: exactly the JSON object that `dawam replay --json` prints."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from dawam.simulation.answers import AnswerBook
from dawam.simulation.oracle import Oracle
from dawam.simulation.receipts import PaymentBook


class FeedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was played: `seconds` are those that Dawam took for it, not those of the feed."""

    events: int
    accounts: int
    refused: int
    seconds: float
    events_per_s: float


class FaultFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: seconds count from its start, `recovered_after_s` from its end; null is "never"."""

    kind: str
    started_at: datetime
    detected_after_s: float | None = None
    stood_in_after_s: float | None = None
    ended_at: datetime | None = None
    recovered_after_s: float | None = None
    pattern: str | None = None


class AnswerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Balances that customers asked for; those nobody answered are asked, and neither shown nor withheld."""

    balances_asked: int
    shown: int
    withheld: int
    wrong: int
    oldest_age_s: float


class PaymentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Payments that customers asked for; `exposure_minor` is its peak over the run."""

    asked: int
    approved: int
    declined: int
    pending: int
    by_code: dict[str, int]
    approved_in_stand_in: int
    exposure_minor: int
    exposure_cap_minor: int
    overdrawn_accounts: int


class AdviceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions told to the primary; `lost` and `applied_twice` are judged by the primary's books."""

    made: int
    applied: int
    already_applied: int
    parked: int
    lost: int
    applied_twice: int


class ReconciliationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Primary, mirror and decisions compared after recovery."""

    accounts: int
    agreeing: int
    differing: int
    unexplained_minor: int


class LedgerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The mirror's own books."""

    debits_minor: int
    credits_minor: int
    records: int
    journal_ok: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it."""

    seed: int
    feed: FeedFigures
    faults: list[FaultFigures]
    answers: AnswerFigures
    payments: PaymentFigures
    advices: AdviceFigures
    reconciliation: ReconciliationFigures
    ledger: LedgerFigures

    def to_json(self) -> bytes:
        """One JSON object, keys in the documented order."""
        return msgspec.json.encode(self)

    def is_clean(self) -> bool:
        """Whether every promise held: nothing wrong, lost, doubled, overdrawn or unexplained."""
        return self.ledger.journal_ok and not any(
            (
                self.answers.wrong,
                self.advices.lost,
                self.advices.applied_twice,
                self.reconciliation.unexplained_minor,
                self.payments.overdrawn_accounts,
            )
        )


def answer_figures(book: AnswerBook) -> AnswerFigures:
    """From what customers were told."""
    return AnswerFigures(
        balances_asked=book.asked,
        shown=book.shown,
        withheld=book.withheld,
        wrong=book.wrong,
        oldest_age_s=round(book.oldest_age_s, 3),
    )


def payment_figures(
    book: PaymentBook, oracle: Oracle, *, exposure_minor: int, exposure_cap_minor: int
) -> PaymentFigures:
    """From what customers were told; a wish without an answer is pending."""
    promises = book.promises()
    unanswered = sum(1 for promise in promises if promise.receipt is None)
    return PaymentFigures(
        asked=len(promises),
        approved=book.by_status("approved"),
        declined=book.by_status("declined") + book.by_status("refused"),
        pending=book.by_status("pending") + unanswered,
        by_code=book.by_code(),
        approved_in_stand_in=book.approved_in_stand_in(),
        exposure_minor=exposure_minor,
        exposure_cap_minor=exposure_cap_minor,
        overdrawn_accounts=oracle.overdrawn(),
    )


def advice_figures(
    made: Sequence[tuple[str, str]], oracle: Oracle, *, waiting: Sequence[str] = ()
) -> AdviceFigures:
    """From Dawam's list of (payment_id, state) and the primary's books.

    States: `applied`, `already_applied`, `parked`. Lost is an advice that is neither booked, nor parked,
    nor (by `payment_id`) still waiting for its delivery.
    """
    states = [state for _, state in made]
    open_ones = frozenset(waiting)
    return AdviceFigures(
        made=len(made),
        applied=states.count("applied"),
        already_applied=states.count("already_applied"),
        parked=states.count("parked"),
        lost=sum(
            1
            for payment_id, state in made
            if state != "parked" and payment_id not in open_ones and not oracle.times_booked(payment_id)
        ),
        applied_twice=sum(1 for payment_id, _ in made if oracle.times_booked(payment_id) > 1),
    )


def fault_figures(
    kind: str,
    *,
    started_at: datetime,
    ended_at: datetime | None,
    detected_at: datetime | None,
    stood_in_at: datetime | None,
    recovered_at: datetime | None,
    pattern: str | None,
) -> FaultFigures:
    """From the moments at which things happened."""
    return FaultFigures(
        kind=kind,
        started_at=started_at,
        detected_after_s=_seconds(started_at, detected_at),
        stood_in_after_s=_seconds(started_at, stood_in_at),
        ended_at=ended_at,
        recovered_after_s=_seconds(ended_at, recovered_at),
        pattern=pattern,
    )


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return None if since is None or until is None else round((until - since).total_seconds(), 6)

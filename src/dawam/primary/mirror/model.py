"""What a mirror knows and says: settings, balances, positions, and the judgement of one event. Pure."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Annotated

import msgspec

from dawam.kernel import AMOUNT_MAX, EPOCH, IntegrityBroken, InvalidInput, currency_of, from_ns, to_ns
from dawam.primary.messages import ACCOUNT_LENGTH_MAX, Event

HOUR_NS = 3_600 * 10**9


class MirrorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One institution's mirror. Page: docs/mirror.md, "Settings"."""

    rounding_tolerance_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    booked_ahead_s: Annotated[float, msgspec.Meta(ge=0)] = 86_400.0
    cache_accounts: Annotated[int, msgspec.Meta(ge=1)] = 2_000_000


class Row(msgspec.Struct, frozen=True, gc=False):
    """A mirrored account in memory. `known_from_seq` is the first `seq` at which its balance is known."""

    ordinal: int
    currency: str
    known_from_seq: int
    last_seq: int
    balance_minor: int
    held_minor: int


class Hold(msgspec.Struct, frozen=True, gc=False):
    """Money reserved for a payment that the primary has not booked yet."""

    account: str
    amount_minor: int


class Feed(msgspec.Struct, frozen=True, gc=False):
    """Where the mirror stands: all events up to `last_seq`, none after it.

    `first_seq` is where it began: 0, or the snapshot's `last_seq`. `booked_ns` is the latest booking time
    among what was applied, None while there is nothing. `accounts` counts them.
    """

    first_seq: int = 0
    last_seq: int = 0
    booked_ns: int | None = None
    accounts: int = 0
    stopped: str | None = None

    @property
    def empty(self) -> bool:
        """Nothing was ever mirrored."""
        return self.booked_ns is None and self.last_seq == 0 and self.accounts == 0


class MirrorBalance(msgspec.Struct, frozen=True, gc=False):
    """What an account held as of a moment: after every event of the feed up to the mirror's position.

    `available_minor` is the balance less what is held, and may be negative. `last_seq` is the account's own
    last event; `as_of` the latest booking time that the mirror has seen, `position` its last event.
    """

    account: str
    currency: str
    balance_minor: int
    held_minor: int
    available_minor: int
    last_seq: int
    as_of: datetime
    position: int


class FeedPosition(msgspec.Struct, frozen=True, gc=False):
    """Where the mirror stands, for others.

    `last_booked_at` is None while nothing is mirrored; `confirmed_at` (this process's clock) is when the feed
    was last known to hold nothing more; `stopped` is the code of what stopped the mirror.
    """

    last_seq: int
    last_booked_at: datetime | None
    confirmed_at: datetime | None
    stopped: str | None
    accounts: int


class BookedHours(msgspec.Struct, frozen=True, gc=False):
    """Bookings by the begin of their UTC hour, in the whole hours from `begins` to `ends`; elsewhere unknown.

    An hour between them that `counts` does not have had none.
    """

    begins: datetime
    ends: datetime
    counts: Mapping[datetime, int]


class Applied(msgspec.Struct, frozen=True):
    """What became of a batch: `applied` new events, `repeated` ones that were known, and where it stands.

    `broken` says why the rest was not applied.
    """

    applied: int
    repeated: int
    last_seq: int
    broken: IntegrityBroken | None = None


def booked_ns(event: Event) -> int:
    """When the event was booked. Raises: IntegrityBroken `feed_event_malformed`."""
    try:
        return to_ns(event.booked_at)
    except InvalidInput:
        raise IntegrityBroken("feed_event_malformed", seq=event.seq, field="booked_at") from None


def hour_of(moment_ns: int) -> int:
    """The begin of the UTC hour in which a moment lies."""
    return moment_ns - moment_ns % HOUR_NS


def check_event(event: Event, booked: int, latest_ns: int) -> None:
    """What must hold of any event, whatever the mirror knows; rules in order of precedence.

    Raises: IntegrityBroken `feed_event_malformed`, `feed_booked_in_future`.
    """
    if not 0 < len(event.account) <= ACCOUNT_LENGTH_MAX:
        raise IntegrityBroken("feed_event_malformed", seq=event.seq, field="account")
    if not -AMOUNT_MAX <= event.amount_minor <= AMOUNT_MAX:
        raise IntegrityBroken("feed_event_malformed", seq=event.seq, field="amount_minor")
    if not -AMOUNT_MAX <= event.balance_after_minor <= AMOUNT_MAX:
        raise IntegrityBroken("feed_event_malformed", seq=event.seq, field="balance_after_minor")
    if booked > latest_ns:
        raise IntegrityBroken("feed_booked_in_future", seq=event.seq)


def drift_of(event: Event, row: Row, *, tolerance_minor: int) -> int:
    """What the primary's balance differs from ours by after this event: within the tolerance, or broken.

    Raises: IntegrityBroken `feed_currency_differs`, `feed_contradicts`.
    """
    if event.currency != row.currency:
        raise IntegrityBroken(
            "feed_currency_differs", seq=event.seq, expected=row.currency, found=event.currency[:10]
        )
    drift = event.balance_after_minor - row.balance_minor - event.amount_minor
    if drift and abs(drift) > tolerance_minor:
        raise IntegrityBroken("feed_contradicts", seq=event.seq, tolerance_minor=tolerance_minor)
    return drift


def currency_number(code: str, seq: int) -> int:
    """The ledger of a currency. Raises: IntegrityBroken `feed_currency_unknown`."""
    try:
        return currency_of(code).number
    except InvalidInput:
        raise IntegrityBroken("feed_currency_unknown", seq=seq, currency=code[:10]) from None


def digest_of(event: Event, booked: int) -> int:
    """128 bits of BLAKE2b over the event's content: a JSON array of its fields in the contract's order.

    The booking time stands as nanoseconds, so that another way to write the same moment is no difference.
    """
    content = msgspec.json.encode(
        (
            event.seq,
            event.event_id,
            event.account,
            event.amount_minor,
            event.currency,
            event.balance_after_minor,
            booked,
            event.kind,
            event.payment_id,
        )
    )
    return int.from_bytes(blake2b(content, digest_size=16).digest(), "big")


def moment_of(feed: Feed) -> datetime:
    """The `as_of` of everything that the mirror says."""
    return EPOCH if feed.booked_ns is None else from_ns(feed.booked_ns)

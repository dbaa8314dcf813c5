"""One batch of events in the making: what they change, and the transfers they become. Writes nothing.

The rules, each tested: an event is posted once, between the customer's account and the
institution's position; what the primary's balance differs by, within the tolerance, goes to the rounding
account in the same linked chain; an event that contradicts leaves no trace; a booking of a held payment uses
up its hold.
"""

from collections.abc import Mapping

import msgspec

from dawam.kernel import id_from_text
from dawam.ledger import Account, Transfer, TransferFlags
from dawam.primary.messages import Event
from dawam.primary.mirror import numbers
from dawam.primary.mirror.model import (
    Feed,
    Hold,
    MirrorSettings,
    Row,
    booked_ns,
    check_event,
    currency_number,
    digest_of,
    drift_of,
    hour_of,
)
from dawam.primary.mirror.numbers import Code, Role

_LINKED = int(TransferFlags.LINKED)
_PENDING = int(TransferFlags.PENDING)
_POST = int(TransferFlags.POST_PENDING)
_VOID = int(TransferFlags.VOID_PENDING)


class House(msgspec.Struct, frozen=True):
    """An institution's own accounts in one currency."""

    ledger: int
    position: int
    rounding: int
    opening: int


def house_of(institution: int, ledger: int) -> House:
    """The numbers of the house's accounts."""
    position, rounding, opening = (
        numbers.house_account(institution, role, ledger)
        for role in (Role.POSITION, Role.ROUNDING, Role.OPENING)
    )
    return House(ledger, position, rounding, opening)


def accounts_of(house: House) -> list[Account]:
    """The house's accounts as the ledger is asked to open them."""
    roles = (
        (house.position, Role.POSITION),
        (house.rounding, Role.ROUNDING),
        (house.opening, Role.OPENING),
    )
    return [Account(id=number, ledger=house.ledger, code=int(role)) for number, role in roles]


def moved(transfer: Transfer, *, account: int, other: int, amount_minor: int) -> Transfer:
    """The transfer with its sides: a positive amount credits the account, a negative one debits it."""
    debit, credit = (other, account) if amount_minor > 0 else (account, other)
    return msgspec.structs.replace(
        transfer, debit_account_id=debit, credit_account_id=credit, amount=abs(amount_minor)
    )


class Posting:
    """The batch. `rows` holds every account of it that is known; `take` events in the order of `seq`."""

    def __init__(
        self,
        feed: Feed,
        rows: dict[str, Row],
        holds: Mapping[str, Hold],
        *,
        institution: int,
        settings: MirrorSettings,
        latest_ns: int,
    ) -> None:
        self.rows = rows
        self.changed: dict[str, Row] = {}
        self.newcomers: dict[str, Row] = {}
        self.settled: set[str] = set()
        self.houses: dict[str, House] = {}
        self.transfers: list[Transfer] = []
        self.digests: list[int] = []
        self.hours: dict[int, int] = {}
        self.last_seq = feed.last_seq
        self.booked_ns = feed.booked_ns
        self.accounts = feed.accounts
        self._first_seq = feed.first_seq
        self._holds = holds
        self._institution = institution
        self._tolerance = settings.rounding_tolerance_minor
        self._latest_ns = latest_ns
        self._customers = numbers.customer_account(institution, 0)

    def take(self, event: Event) -> None:
        """The next event, wholly or not at all.

        Raises: IntegrityBroken `feed_event_malformed`, `feed_booked_in_future`, `feed_currency_unknown`,
        `feed_currency_differs`, `feed_contradicts`.
        """
        booked = booked_ns(event)
        check_event(event, booked, self._latest_ns)
        account = event.account
        row = self.rows.get(account)
        is_new = row is None
        if row is None:
            currency_number(event.currency, event.seq)
            row = Row(self.accounts + 1, event.currency, self._first_seq, 0, 0, 0)
        drift = drift_of(event, row, tolerance_minor=self._tolerance)
        digest = digest_of(event, booked)
        freed = self._post(event, row, drift=drift, digest=digest, booked=booked)
        row = Row(
            row.ordinal, row.currency, row.known_from_seq, event.seq,
            event.balance_after_minor, row.held_minor - freed,
        )  # fmt: skip
        self.rows[account] = row
        if is_new:
            self.accounts += 1
            self.newcomers[account] = row
        elif account in self.newcomers:
            self.newcomers[account] = row
        else:
            self.changed[account] = row
        self.digests.append(digest)
        hour = hour_of(booked)
        self.hours[hour] = self.hours.get(hour, 0) + 1
        self.last_seq = event.seq
        if self.booked_ns is None or booked > self.booked_ns:
            self.booked_ns = booked

    def _post(self, event: Event, row: Row, *, drift: int, digest: int, booked: int) -> int:
        """Queue the event's transfers; how much of a hold it uses up."""
        if not (event.amount_minor or drift):
            return 0
        house = self.houses.get(row.currency)
        if house is None:
            house = house_of(self._institution, currency_number(row.currency, event.seq))
            self.houses[row.currency] = house
        account = self._customers + row.ordinal
        freed = 0
        if event.amount_minor:
            chained = _LINKED if drift else 0
            hold = self._hold_of(event)
            if hold is None:
                self._plain(event, house, account, flags=chained, digest=digest, booked=booked)
            else:
                freed = hold.amount_minor
                self._from_hold(event, hold, house, account, flags=chained, digest=digest, booked=booked)
        if drift:
            transfer = Transfer(
                id=numbers.drift(self._institution, event.seq),
                ledger=house.ledger,
                code=int(Code.DRIFT),
                user_data_128=digest,
                user_data_64=event.seq,
                effective_at=booked,
            )
            self.transfers.append(moved(transfer, account=account, other=house.rounding, amount_minor=drift))
        return freed

    def _plain(
        self, event: Event, house: House, account: int, *, flags: int, digest: int, booked: int
    ) -> None:
        amount = event.amount_minor
        self.transfers.append(
            Transfer(
                id=numbers.booking(self._institution, event.seq),
                debit_account_id=house.position if amount > 0 else account,
                credit_account_id=account if amount > 0 else house.position,
                amount=abs(amount),
                user_data_128=digest,
                user_data_64=event.seq,
                ledger=house.ledger,
                code=numbers.code_of(event.kind),
                flags=flags,
                effective_at=booked,
            )
        )

    def _hold_of(self, event: Event) -> Hold | None:
        """The open hold that this booking settles: of its payment, on the account that it debits."""
        if event.payment_id is None or event.amount_minor > 0 or event.payment_id in self.settled:
            return None
        hold = self._holds.get(event.payment_id)
        return hold if hold is not None and hold.account == event.account else None

    def _from_hold(
        self, event: Event, hold: Hold, house: House, account: int, *, flags: int, digest: int, booked: int
    ) -> None:
        """Post the hold, freeing what was not booked. More than was held: void it, and post plain."""
        payment = id_from_text(event.payment_id or "")
        self.settled.add(event.payment_id or "")
        amount = -event.amount_minor
        if amount <= hold.amount_minor:
            self.transfers.append(
                Transfer(
                    id=numbers.booking(self._institution, event.seq),
                    pending_id=payment,
                    amount=amount,
                    user_data_128=digest,
                    user_data_64=event.seq,
                    user_data_32=numbers.code_of(event.kind),  # the code must stay the hold's
                    flags=_POST | flags,
                    effective_at=booked,
                )
            )
            return
        self.transfers.append(
            Transfer(
                id=numbers.release(payment),
                pending_id=payment,
                user_data_64=event.seq,
                flags=_VOID | _LINKED,
                effective_at=booked,
            )
        )
        self._plain(event, house, account, flags=flags, digest=digest, booked=booked)


def hold_transfer(payment: int, hold: Hold, row: Row, house: House, *, institution: int) -> Transfer:
    """The pending transfer that reserves money on a customer's account."""
    return Transfer(
        id=payment,
        debit_account_id=numbers.customer_account(institution, row.ordinal),
        credit_account_id=house.position,
        amount=hold.amount_minor,
        user_data_64=row.last_seq,
        ledger=house.ledger,
        code=int(Code.HOLD),
        flags=_PENDING,
    )


def release_transfer(payment: int, row: Row) -> Transfer:
    """The transfer that gives it back."""
    return Transfer(id=numbers.release(payment), pending_id=payment, user_data_64=row.last_seq, flags=_VOID)

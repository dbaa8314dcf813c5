"""What somebody wants to hear of, where, and when not. Pure.

Rules, in this order: another institution's notice is not theirs; one about capabilities that they did not
choose neither; in their quiet hours a notice waits for their end, unless its kind is urgent and they want to
be woken.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from dawam.delivery import Way
from dawam.kernel import InvalidInput
from dawam.web import Locale

WAYS = (Way.EMAIL, Way.SMS, Way.PUSH, Way.WEBHOOK)
_MINUTES = 24 * 60


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What to hear of, in which language, and when not. No capabilities means all of them.

    Quiet hours are minutes of the day; they may pass midnight; None for both means there are none.
    """

    locale: Locale
    capabilities: tuple[str, ...] = ()
    quiet_from: int | None = None
    quiet_until: int | None = None
    wake: bool = True


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One address that wants the notices of one institution."""

    id: str
    institution: str
    way: Way
    address: str
    wishes: Wishes
    confirmed_at: datetime
    refused: int = 0


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asks for a subscription; it is none before its address has answered."""

    id: str
    institution: str
    way: Way
    address: str
    wishes: Wishes
    made_at: datetime
    ends_at: datetime
    tries: int = 0


def checked_wishes(wishes: Wishes) -> Wishes:
    """The wishes, when they can be met. Raises: InvalidInput `quiet_hours_incomplete`."""
    given = [each for each in (wishes.quiet_from, wishes.quiet_until) if each is not None]
    if len(given) == 1 or (given and given[0] == given[1]):
        raise InvalidInput("quiet_hours_incomplete")
    return wishes


def minutes_of(text: str) -> int | None:
    """`22:30` as minutes of the day; None for nothing. Raises: InvalidInput `quiet_hours_incomplete`."""
    if not text:
        return None
    try:
        given = time.fromisoformat(text)
    except ValueError:
        raise InvalidInput("quiet_hours_incomplete") from None
    return given.hour * 60 + given.minute


def wanted(wishes: Wishes, capabilities: tuple[str, ...]) -> bool:
    """Whether a notice about these capabilities is for them; one about none is for everybody."""
    chosen = set(wishes.capabilities)
    return not chosen or not capabilities or not chosen.isdisjoint(capabilities)


def quiet_until(wishes: Wishes, now: datetime, zone: ZoneInfo, *, urgent: bool) -> datetime | None:
    """Until when a message waits; None when it may go at once."""
    start, end = wishes.quiet_from, wishes.quiet_until
    if start is None or end is None or (urgent and wishes.wake):
        return None
    here = now.astimezone(zone)
    minute = here.hour * 60 + here.minute
    if (minute - start) % _MINUTES >= (end - start) % _MINUTES:
        return None
    day = here.date() if minute < end else here.date() + timedelta(days=1)
    return datetime.combine(day, time(end // 60, end % 60), zone).astimezone(now.tzinfo)


def masked(way: Way, address: str) -> str:
    """An address as its owner recognises it, and nobody else learns it."""
    if way is Way.EMAIL:
        local, _, domain = address.partition("@")
        return f"{local[:1]}…@{domain}"
    if way is Way.SMS:
        return f"…{address[-3:]}"
    if way is Way.WEBHOOK:
        return address.split("/", 3)[2]
    return ""

"""The SQL of subscriptions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from dawam.delivery import Way
from dawam.kernel import from_ns, to_ns
from dawam.status.subscriptions.model import Ask, Subscription, Wishes
from dawam.status.subscriptions.tables import (
    subscription_asks,
    subscription_keys,
    subscription_refusals,
    subscriptions,
)
from dawam.storage import Rows, Tx

_s, _a, _r = subscriptions.c, subscription_asks.c, subscription_refusals.c
_PAGE = (
    _s.id,
    _s.institution,
    _s.way,
    _s.address,
    _s.locale,
    _s.capabilities,
    _s.quiet_from,
    _s.quiet_until,
    _s.wake,
    _s.confirmed_at,
    _s.refused,
)
_page = (
    select(*_PAGE)
    .where(_s.institution == bindparam("i"), _s.id > bindparam("after"))
    .order_by(_s.id)
    .limit(bindparam("n"))
)
_counts = select(_s.institution, _s.way, func.count()).group_by(_s.institution, _s.way)


def keep_key(tx: Tx, secret: bytes) -> bytes:
    """The key of links: the one that is there, else this."""
    found = key(tx)
    if found is None:
        tx.execute(insert(subscription_keys).values(name="links", secret=secret))
    return found or secret


def key(rows: Rows) -> bytes | None:
    """The key of links."""
    found = rows.execute(select(subscription_keys.c.secret)).first()
    return bytes(found.secret) if found else None


def add_ask(tx: Tx, ask: Ask, address_hash: bytes) -> bool:
    """Keep an ask; False when it was kept before."""
    if find_ask(tx, ask.id) is not None:
        return False
    tx.execute(
        insert(subscription_asks).values(
            id=ask.id,
            institution=ask.institution,
            way=ask.way.value,
            address=ask.address,
            address_hash=address_hash,
            made_at=to_ns(ask.made_at),
            ends_at=to_ns(ask.ends_at),
            tries=0,
            **_columns(ask.wishes),
        )
    )
    return True


def find_ask(rows: Rows, ask_id: str) -> Ask | None:
    """The ask of an id."""
    row = rows.execute(select(subscription_asks).where(_a.id == ask_id)).first()
    if row is None:
        return None
    return Ask(
        id=row.id,
        institution=row.institution,
        way=Way(row.way),
        address=row.address,
        wishes=_wishes(row),
        made_at=from_ns(row.made_at),
        ends_at=from_ns(row.ends_at),
        tries=row.tries,
    )


def asks_of(rows: Rows, address_hash: bytes) -> int:
    """How many asks for an address are open."""
    counted = select(func.count()).where(_a.address_hash == address_hash)
    return int(rows.execute(counted).scalar_one())


def count_try(tx: Tx, ask_id: str) -> None:
    """Somebody has typed a wrong code."""
    tx.execute(update(subscription_asks).where(_a.id == ask_id).values(tries=_a.tries + 1))


def drop_asks(tx: Tx, address_hash: bytes) -> None:
    """No ask for this address is open any more."""
    tx.execute(delete(subscription_asks).where(_a.address_hash == address_hash))


def drop_ask(tx: Tx, ask_id: str) -> None:
    """This ask is not open any more."""
    tx.execute(delete(subscription_asks).where(_a.id == ask_id))


def drop_old(tx: Tx, now: datetime) -> None:
    """Nothing is kept of asks and refusals that have ended."""
    at = to_ns(now)
    tx.execute(delete(subscription_asks).where(_a.ends_at < at))
    tx.execute(delete(subscription_refusals).where(_r.until < at))


def put(tx: Tx, subscription: Subscription, address_hash: bytes) -> str:
    """Keep a subscription; one of the same address for the same institution takes its wishes. Its id."""
    same = (_s.address_hash == address_hash) & (_s.institution == subscription.institution)
    found = tx.execute(select(_s.id).where(same)).first()
    if found is not None:
        tx.execute(update(subscriptions).where(same).values(refused=0, **_columns(subscription.wishes)))
        return str(found.id)
    tx.execute(
        insert(subscriptions).values(
            id=subscription.id,
            institution=subscription.institution,
            way=subscription.way.value,
            address=subscription.address,
            address_hash=address_hash,
            confirmed_at=to_ns(subscription.confirmed_at),
            refused=0,
            **_columns(subscription.wishes),
        )
    )
    return subscription.id


def find(rows: Rows, subscription_id: str) -> Subscription | None:
    """The subscription of an id."""
    found = rows.execute(select(*_PAGE).where(_s.id == subscription_id)).first()
    return _subscription(found) if found else None


def of_address(rows: Rows, address_hash: bytes) -> list[Subscription]:
    """An address's subscriptions, the oldest first."""
    chosen = select(*_PAGE).where(_s.address_hash == address_hash).order_by(_s.id)
    return [_subscription(row) for row in rows.execute(chosen)]


def page(rows: Rows, institution: str, after: str, limit: int) -> list[Subscription]:
    """Subscriptions of an institution, in the order of their ids."""
    return [_subscribed(columns) for columns in rows.fetch(_page, (institution, after, limit))]


def change(tx: Tx, subscription_id: str, wishes: Wishes) -> None:
    """Other wishes."""
    tx.execute(update(subscriptions).where(_s.id == subscription_id).values(**_columns(wishes)))


def count_refusal(tx: Tx, subscription_id: str) -> int:
    """Its address has refused a message; how often that was, since it took one of us."""
    tx.execute(update(subscriptions).where(_s.id == subscription_id).values(refused=_s.refused + 1))
    found = tx.execute(select(_s.refused).where(_s.id == subscription_id)).first()
    return int(found.refused) if found else 0


def drop(tx: Tx, subscription_id: str) -> None:
    """Nothing is kept of it."""
    tx.execute(delete(subscriptions).where(_s.id == subscription_id))


def leave_alone(tx: Tx, address_hash: bytes, until: datetime) -> None:
    """Nobody may ask for this address until then."""
    tx.execute(delete(subscription_refusals).where(_r.address_hash == address_hash))
    tx.execute(insert(subscription_refusals).values(address_hash=address_hash, until=to_ns(until)))


def left_alone(rows: Rows, address_hash: bytes, now: datetime) -> bool:
    """Whether the address wants no asks."""
    found = rows.execute(select(_r.until).where(_r.address_hash == address_hash)).first()
    return found is not None and found.until > to_ns(now)


def counts(rows: Rows) -> dict[str, dict[Way, int]]:
    """How many subscriptions each institution has by each way."""
    found: dict[str, dict[Way, int]] = {}
    for institution, way, count in rows.fetch(_counts):
        found.setdefault(institution, {})[Way(way)] = count
    return found


def _columns(wishes: Wishes) -> dict[str, Any]:
    return {
        "locale": wishes.locale,
        "capabilities": ",".join(wishes.capabilities),
        "quiet_from": wishes.quiet_from,
        "quiet_until": wishes.quiet_until,
        "wake": int(wishes.wake),
    }


def _wishes(row: Any) -> Wishes:
    return Wishes(
        locale=row.locale,
        capabilities=tuple(row.capabilities.split(",")) if row.capabilities else (),
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        wake=bool(row.wake),
    )


def _subscription(row: Any) -> Subscription:
    return _subscribed(tuple(row))


def _subscribed(columns: Sequence[Any]) -> Subscription:
    subscription_id, institution, way, address, locale, capabilities = columns[:6]
    quiet_from, quiet_until, wake, confirmed_at, refused = columns[6:]
    return Subscription(
        id=subscription_id,
        institution=institution,
        way=Way(way),
        address=address,
        wishes=Wishes(
            locale=locale,
            capabilities=tuple(capabilities.split(",")) if capabilities else (),
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            wake=bool(wake),
        ),
        confirmed_at=from_ns(confirmed_at),
        refused=refused,
    )

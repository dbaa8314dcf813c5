"""All SQL of the mirror. Writing takes the open transaction, reading a reader's rows."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from sqlalchemy import bindparam, delete, insert, literal_column, select, update

from dawam.primary.mirror.model import Feed, Hold, Row
from dawam.primary.mirror.tables import (
    feed_counts,
    feed_hours,
    feed_positions,
    institutions,
    mirror_accounts,
    mirror_holds,
)
from dawam.storage import Rows, Tx

_AT_ONCE = 64
_PAGE = 1_000
_a = mirror_accounts.c
_f = feed_positions.c
_ROW = (_a.account, _a.ordinal, _a.currency, _a.known_from_seq, _a.last_seq, _a.balance_minor, _a.held_minor)
_FEED = (_f.first_seq, _f.last_seq, _f.last_booked_at, _f.accounts, _f.stopped)

_SELECT_INSTITUTION = select(institutions.c.number).where(institutions.c.name == bindparam("name"))
_SELECT_NUMBERS = select(institutions.c.number)
_INSERT_INSTITUTION = insert(institutions).values(number=bindparam("number"), name=bindparam("name"))
_SELECT_FEED = select(*_FEED).where(_f.institution == bindparam("institution"))
_INSERT_FEED = insert(feed_positions).values(
    {column.name: bindparam(column.name) for column in feed_positions.columns}
)
_UPDATE_FEED = (
    update(feed_positions)
    .values({column.name: bindparam(f"new_{column.name}") for column in _FEED})
    .where(_f.institution == bindparam("of_institution"))
)
_SELECT_ROWS = select(*_ROW).where(
    _a.institution == bindparam("institution"),
    _a.account.in_([bindparam(f"account_{n}") for n in range(_AT_ONCE)]),
)
_SELECT_ROW_AND_FEED = select(*_ROW, *_FEED).where(
    _a.institution == bindparam("institution"),
    _a.account == bindparam("account"),
    _f.institution == _a.institution,
)
_SELECT_NAMES = (
    select(_a.account)
    .where(_a.institution == bindparam("institution"), _a.account > bindparam("after"))
    .order_by(_a.account)
    .limit(literal_column(str(_PAGE)))
    .offset(literal_column("0"))
)
_SELECT_NAME = select(_a.account).where(
    _a.institution == bindparam("institution"), _a.ordinal == bindparam("ordinal")
)
_INSERT_ROW = insert(mirror_accounts).values(
    {column.name: bindparam(column.name) for column in mirror_accounts.columns}
)
_UPDATE_ROW = (
    update(mirror_accounts)
    .values(
        last_seq=bindparam("new_last_seq"),
        balance_minor=bindparam("new_balance"),
        held_minor=bindparam("new_held"),
    )
    .where(_a.institution == bindparam("of_institution"), _a.ordinal == bindparam("of_ordinal"))
)
_h = mirror_holds.c
_SELECT_HOLDS = select(_h.payment_id, _h.account, _h.amount_minor).where(
    _h.institution == bindparam("institution")
)
_INSERT_HOLD = insert(mirror_holds).values(
    {column.name: bindparam(column.name) for column in mirror_holds.columns}
)
_DELETE_HOLD = delete(mirror_holds).where(
    _h.institution == bindparam("institution"), _h.payment_id == bindparam("payment_id")
)

_c = feed_counts.c
_SELECT_SINCE = select(_c.since).where(_c.institution == bindparam("institution"))
_INSERT_SINCE = insert(feed_counts).values(institution=bindparam("institution"), since=bindparam("since"))
_t = feed_hours.c
_SELECT_HOURS = (
    select(_t.starts_at, _t.bookings)
    .where(
        _t.institution == bindparam("institution"),
        _t.starts_at >= bindparam("first"),
        _t.starts_at < bindparam("end"),
    )
    .order_by(_t.starts_at)
)
_INSERT_HOUR = insert(feed_hours).values(
    {column.name: bindparam(column.name) for column in feed_hours.columns}
)
_UPDATE_HOUR = (
    update(feed_hours)
    .values(bookings=bindparam("new_bookings"))
    .where(_t.institution == bindparam("of_institution"), _t.starts_at == bindparam("of_hour"))
)


def institution_number(tx: Tx, name: str) -> int:
    """The number of an institution, given to it at its first mention, with an empty feed."""
    known = tx.fetch(_SELECT_INSTITUTION, (name,))
    if known:
        return int(known[0][0])
    number = 1 + max((row[0] for row in tx.fetch(_SELECT_NUMBERS)), default=0)
    tx.many(_INSERT_INSTITUTION, [(number, name)])
    tx.many(_INSERT_FEED, [(number, 0, 0, None, 0, None)])
    return int(number)


def feed(rows: Rows, institution: int) -> Feed:
    """Where the institution's mirror stands."""
    return Feed(*rows.fetch(_SELECT_FEED, (institution,))[0])


def save_feed(tx: Tx, institution: int, feed: Feed) -> None:
    """Where it stands now."""
    tx.many(
        _UPDATE_FEED,
        [(feed.first_seq, feed.last_seq, feed.booked_ns, feed.accounts, feed.stopped, institution)],
    )


def rows_of(rows: Rows, institution: int, accounts: Iterable[str]) -> dict[str, Row]:
    """Those of the accounts that are mirrored."""
    found: dict[str, Row] = {}
    rest = iter(accounts)
    while some := list(islice(rest, _AT_ONCE)):
        padded = some + [some[0]] * (_AT_ONCE - len(some))
        for account, *row in rows.fetch(_SELECT_ROWS, (institution, *padded)):
            found[account] = Row(*row)
    return found


def row_and_feed(rows: Rows, institution: int, account: str) -> tuple[Row, Feed] | None:
    """An account and the position it is true for, as one statement sees them."""
    found = rows.fetch(_SELECT_ROW_AND_FEED, (institution, account))
    if not found:
        return None
    return Row(*found[0][1:7]), Feed(*found[0][7:])


def insert_rows(tx: Tx, institution: int, accounts: Iterable[tuple[str, Row]]) -> None:
    """Accounts that are mirrored from now on."""
    tx.many(
        _INSERT_ROW,
        (
            (
                institution, row.ordinal, account, row.currency, row.known_from_seq,
                row.last_seq, row.balance_minor, row.held_minor,
            )
            for account, row in accounts
        ),
    )  # fmt: skip


def update_rows(tx: Tx, institution: int, accounts: Iterable[Row]) -> None:
    """Mirrored accounts as they are now."""
    tx.many(
        _UPDATE_ROW,
        ((row.last_seq, row.balance_minor, row.held_minor, institution, row.ordinal) for row in accounts),
    )


def names_after(rows: Rows, institution: int, after: str) -> Sequence[str]:
    """The next page of account names, in order."""
    return [row[0] for row in rows.fetch(_SELECT_NAMES, (institution, after))]


def name_of(rows: Rows, institution: int, ordinal: int) -> str | None:
    """The account with an ordinal."""
    found = rows.fetch(_SELECT_NAME, (institution, ordinal))
    return found[0][0] if found else None


def holds(rows: Rows, institution: int) -> dict[str, Hold]:
    """Every open hold by its payment."""
    return {row[0]: Hold(row[1], row[2]) for row in rows.fetch(_SELECT_HOLDS, (institution,))}


def insert_hold(tx: Tx, institution: int, payment_id: str, hold: Hold) -> None:
    """Money is held."""
    tx.many(_INSERT_HOLD, [(institution, payment_id, hold.account, hold.amount_minor)])


def delete_hold(tx: Tx, institution: int, payment_id: str) -> None:
    """The hold is posted or released."""
    tx.many(_DELETE_HOLD, [(institution, payment_id)])


def counted_since(rows: Rows, institution: int) -> int | None:
    """From when on no event is missing in the hours; None before the first."""
    found = rows.fetch(_SELECT_SINCE, (institution,))
    return found[0][0] if found else None


def count_since(tx: Tx, institution: int, since_ns: int) -> None:
    """Events are counted from now on, those booked since that moment all."""
    tx.many(_INSERT_SINCE, [(institution, since_ns)])


def hours(rows: Rows, institution: int, first_ns: int, end_ns: int) -> dict[int, int]:
    """Bookings by the begin of their hour; hours without any are left out."""
    return dict(rows.fetch(_SELECT_HOURS, (institution, first_ns, end_ns)))


def count_hours(tx: Tx, institution: int, counts: Mapping[int, int]) -> None:
    """So many bookings more, by the begin of their hour."""
    known = hours(tx, institution, min(counts), max(counts) + 1)
    tx.many(
        _UPDATE_HOUR,
        [(known[hour] + more, institution, hour) for hour, more in counts.items() if hour in known],
    )
    tx.many(_INSERT_HOUR, [(institution, hour, more) for hour, more in counts.items() if hour not in known])

"""The SQL of the queue. What runs for many rows has a plain form: one statement on PostgreSQL."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update

from dawam.delivery.model import Message, Outgoing, State, Way, filled
from dawam.delivery.tables import deliveries, delivery_texts
from dawam.kernel import from_ns, to_ns
from dawam.storage import Rows, Tx
from dawam.web import Locale

_d, _t = deliveries.c, delivery_texts.c
_WAITING, _SENDING = State.WAITING.value, State.SENDING.value
_FORGET_TOGETHER = 1_000

_known = select(_d.key).where(_d.key == bindparam("k"))
_insert = insert(deliveries)
_text_known = select(_t.id).where(_t.id == bindparam("i"))
_insert_text = insert(delivery_texts)
_text = select(_t.subject, _t.body, _t.html).where(_t.id == bindparam("i"))
_due = (
    select(
        _d.key,
        _d.recipient,
        _d.locale,
        _d.link,
        _d.about,
        _d.tries,
        _d.expires_at,
        _d.text_id,
        _d.subject,
        _d.body,
        _d.html,
    )
    .where(
        _d.state == bindparam("s"),
        _d.way == bindparam("w"),
        _d.rank == bindparam("r"),
        _d.due_at <= bindparam("now"),
    )
    .order_by(_d.due_at)
    .limit(bindparam("n"))
)
_any_due = (
    select(_d.key)
    .where(
        _d.state == bindparam("s"),
        _d.way == bindparam("w"),
        _d.rank == bindparam("r"),
        _d.due_at <= bindparam("now"),
    )
    .limit(1)
)
_claim = (
    update(deliveries)
    .where(_d.key == bindparam("k"))
    .values(state=bindparam("new_state"), tries=bindparam("new_tries"))
)
_return = (
    update(deliveries)
    .where(_d.key == bindparam("k"))
    .values(
        state=bindparam("new_state"),
        tries=bindparam("new_tries"),
        due_at=bindparam("new_due"),
        code=bindparam("new_code"),
    )
)
# the order of the values is the order of the columns in the table, then that of the conditions
_ENDING: dict[str, Any] = {
    "state": bindparam("new_state"),
    "code": bindparam("new_code"),
    "ended_at": bindparam("new_ended"),
    "recipient": bindparam("no_recipient"),
    "link": bindparam("no_link"),
    "subject": bindparam("no_subject"),
    "body": bindparam("no_body"),
    "html": bindparam("no_html"),
}
_end = update(deliveries).where(_d.key == bindparam("k")).values(_ENDING)
_supersede = (
    update(deliveries)
    .where(_d.owner == bindparam("o"), _d.about == bindparam("a"), _d.state == bindparam("s"))
    .values(_ENDING)
)
_cancel = update(deliveries).where(_d.owner == bindparam("o"), _d.state == bindparam("s")).values(_ENDING)
_cancel_about = (
    update(deliveries).where(_d.state == bindparam("s"), _d.about == bindparam("a")).values(_ENDING)
)
_sending = select(_d.key, _d.tries).where(_d.state == _SENDING, _d.way == bindparam("w")).order_by(_d.due_at)
_counts = select(_d.way, _d.state, func.count()).group_by(_d.way, _d.state)
_oldest = select(func.min(_d.due_at)).where(_d.state == _WAITING, _d.way == bindparam("w"))
_owner = select(_d.owner, _d.way).where(_d.key == bindparam("k"))
_failures = (
    select(_d.key, _d.way, _d.code, _d.tries, _d.ended_at)
    .where(_d.state == State.FAILED.value)
    .order_by(_d.ended_at.desc())
    .limit(bindparam("n"))
)
_old = select(_d.key).where(_d.ended_at < bindparam("before")).limit(_FORGET_TOGETHER)
_forget = delete(deliveries).where(_d.key == bindparam("k"))
_forget_texts = delete(delivery_texts).where(
    _t.made_at < bindparam("before"),
    ~exists().where(and_(_d.text_id == _t.id, _d.ended_at.is_(None))),
)


class Failure(msgspec.Struct, frozen=True):
    """A message that was given up; without its address and text."""

    key: str
    way: Way
    code: str
    tries: int
    ended_at: int


_NOTHING = (None, None, None, None, None)  # recipient, link, subject, body, html of what has ended


def add(
    tx: Tx,
    messages: Sequence[Message],
    shared: set[tuple[str, str, str]],
    *,
    offered: frozenset[Way],
    now: int,
) -> int:
    """Queue those whose keys are new; how many that were. What they replace ends first."""
    found = tx.fetch_each(_known, [(message.key,) for message in messages])
    known = {rows[0][0] for rows in found if rows}
    fresh: dict[str, Message] = {}
    for message in messages:
        if message.key not in known:
            fresh.setdefault(message.key, message)
    replaced = [(m.owner, m.about) for m in fresh.values() if m.owner and m.about]
    if replaced:
        superseded = (State.EXPIRED.value, *_NOTHING, "superseded", now)
        tx.many(_supersede, [(*superseded, owner, about, _WAITING) for owner, about in replaced])
    texts = {text: sha256("\0".join(text).encode()).digest() for text in shared}
    if texts:
        _add_texts(tx, texts, now)
    tx.many(_insert, [_row(message, texts, offered, now) for message in fresh.values()])
    return len(fresh)


def any_due(rows: Rows, way: Way, now: int) -> bool:
    """Whether a message of this way can be sent."""
    return any(rows.fetch(_any_due, (_WAITING, way.value, rank, now)) for rank in (0, 1))


def claim(tx: Tx, way: Way, room: int, *, now: int) -> list[Outgoing]:
    """Take so many messages that are due, urgent ones first; those that have expired end."""
    found: list[Row] = []
    for rank in (0, 1):
        if len(found) < room:
            taken = tx.fetch(_due, (_WAITING, way.value, rank, now, room - len(found)))
            found += [Row(*(*columns, rank == 0)) for columns in taken]
    live = [row for row in found if row.expires_at is None or row.expires_at > now]
    if len(live) < len(found):
        kept = {row.key for row in live}
        expired = [row.key for row in found if row.key not in kept]
        tx.many(_end, [(State.EXPIRED.value, *_NOTHING, "expired", now, key) for key in expired])
    tx.many(_claim, [(_SENDING, row.tries + 1, row.key) for row in live])
    texts: dict[bytes, tuple[str, str, str]] = {}
    return [_outgoing(tx, row, way, texts) for row in live]


def end(tx: Tx, ended: Iterable[tuple[str, State, str]], *, now: int) -> None:
    """These keys are done with; address and text go."""
    tx.many(_end, [(state.value, *_NOTHING, code, now, key) for key, state, code in ended])


def give_back(tx: Tx, waiting: Iterable[tuple[str, int, int, str]]) -> None:
    """These (key, due at, tries, code) wait again."""
    tx.many(_return, [(_WAITING, due, tries, code, key) for key, due, tries, code in waiting])


def orphans(tx: Tx, way: Way) -> list[tuple[str, int]]:
    """What is marked as being sent: keys and tries."""
    return [(key, tries) for key, tries in tx.fetch(_sending, (way.value,))]


def owners(tx: Tx, keys: Sequence[str]) -> dict[str, tuple[str, Way]]:
    """Whose these messages are, and their way; where they are somebody's."""
    found = tx.fetch_each(_owner, [(key,) for key in keys])
    return {
        key: (rows[0][0], Way(rows[0][1]))
        for key, rows in zip(keys, found, strict=True)
        if rows and rows[0][0]
    }


def cancel(tx: Tx, owner: str, *, now: int) -> None:
    """What still waits for this owner is not sent."""
    tx.many(_cancel, [(State.EXPIRED.value, *_NOTHING, "cancelled", now, owner, _WAITING)])


def cancel_about(tx: Tx, about: str, *, now: int) -> None:
    """What still waits about this is not sent to anybody."""
    tx.many(_cancel_about, [(State.EXPIRED.value, *_NOTHING, "cancelled", now, _WAITING, about)])


def counts(rows: Rows) -> dict[Way, dict[State, int]]:
    """How many messages of each way are in each state."""
    found: dict[Way, dict[State, int]] = {}
    for way, state, count in rows.fetch(_counts):
        found.setdefault(Way(way), {})[State(state)] = count
    return found


def oldest_due(rows: Rows, way: Way) -> int | None:
    """Since when, or from when on, the first waiting message of this way is due."""
    ((due,),) = rows.fetch(_oldest, (way.value,))
    return None if due is None else int(due)


def failures(rows: Rows, limit: int) -> list[Failure]:
    """What was given up, newest first."""
    return [
        Failure(key, Way(way), code, tries, ended_at)
        for key, way, code, tries, ended_at in rows.fetch(_failures, (limit,))
    ]


def forget(tx: Tx, *, before: int) -> int:
    """Delete some of what ended before; how many that were."""
    keys = tx.fetch(_old, (before,))
    tx.many(_forget, keys)
    return len(keys)


def forget_texts(tx: Tx, *, before: int) -> None:
    """Delete older texts that no message needs any more."""
    tx.execute(_forget_texts, {"before": before})


class Row(msgspec.Struct, frozen=True, gc=False):
    """A waiting message as it is stored."""

    key: str
    recipient: str
    locale: Locale
    link: str | None
    about: str | None
    tries: int
    expires_at: int | None
    text_id: bytes | None
    subject: str | None
    body: str | None
    html: str | None
    urgent: bool


def _outgoing(tx: Tx, row: Row, way: Way, texts: dict[bytes, tuple[str, str, str]]) -> Outgoing:
    text = (row.subject or "", row.body or "", row.html or "")
    if row.text_id is not None:
        text_id = bytes(row.text_id)
        if text_id not in texts:
            ((subject, body, html),) = tx.fetch(_text, (text_id,))
            texts[text_id] = (subject, body, html)
        text = texts[text_id]
    link = row.link or ""
    subject, body, html = (filled(each, link) for each in text)
    return Outgoing(
        key=row.key,
        way=way,
        to=row.recipient,
        locale=row.locale,
        subject=subject,
        body=body,
        html=html,
        link=link,
        urgent=row.urgent,
        about=row.about or "",
        tries=row.tries + 1,
        expires_at=None if row.expires_at is None else from_ns(row.expires_at),
    )


def _add_texts(tx: Tx, texts: dict[tuple[str, str, str], bytes], now: int) -> None:
    known = tx.fetch_each(_text_known, [(text_id,) for text_id in texts.values()])
    new = [
        (text_id, *text, now)
        for (text, text_id), found in zip(texts.items(), known, strict=True)
        if not found
    ]
    tx.many(_insert_text, new)


def _row(
    message: Message, texts: dict[tuple[str, str, str], bytes], offered: frozenset[Way], now: int
) -> tuple[int | str | bytes | None, ...]:
    text = (message.subject, message.body, message.html)
    text_id = texts.get(text)
    own: tuple[str | None, ...] = (None, None, None) if text_id else text
    due = now if message.not_before is None else max(now, to_ns(message.not_before))
    wanted = message.way in offered
    return (
        message.key,
        message.way.value,
        _WAITING if wanted else State.FAILED.value,
        0 if message.urgent else 1,
        due,
        None if message.expires_at is None else to_ns(message.expires_at),
        0,
        message.locale,
        message.owner or None,
        message.about or None,
        message.to if wanted else None,
        message.link or None,
        text_id,
        *own,
        "" if wanted else "way_not_offered",
        now,
        None if wanted else now,
    )

"""All SQL of the incidents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.standin import Mode, Reason
from dawam.status.incidents.model import Condition, Entry, EntryKind, Eta, Finding, Incident, Nature, State
from dawam.status.incidents.ports import Touched
from dawam.status.incidents.tables import (
    incident_affected,
    incident_conditions,
    incident_entries,
    incident_etas,
    incident_findings,
    incidents,
)
from dawam.storage import Rows, Tx, outbox
from dawam.web import Locale

_MOMENTS = (
    "opened_at",
    "confirmed_at",
    "restored_at",
    "closed_at",
    "balances_until",
    "major_at",
    "told_at",
    "looked_until",
)
_PLAIN = (
    "id",
    "institution",
    "window_id",
    "reopened",
    "customers_affected",
    "customers_total",
    "balances_checked",
    "balances_wrong",
    "impact_eur",
    "told",
)
_AFFECTED = ("incident_id", "account", "why", "at")
_add_affected = insert(incident_affected).values({name: bindparam(name) for name in _AFFECTED})
_CHUNK = 500


def save(tx: Tx, incident: Incident) -> None:
    """Keep an incident as it is now, new or known."""
    values: dict[str, Any] = {name: getattr(incident, name) for name in _PLAIN}
    values |= {name: _ns(getattr(incident, name)) for name in _MOMENTS}
    values |= {"state": incident.state.value, "nature": incident.nature.value}
    known = update(incidents).where(incidents.c.id == incident.id).values(values)
    if tx.execute(known).rowcount == 0:
        tx.execute(insert(incidents).values(values))
    mine = incident_conditions.c.incident_id == incident.id
    tx.execute(delete(incident_conditions).where(mine))
    for place, one in enumerate(incident.conditions):
        tx.execute(
            insert(incident_conditions).values(
                incident_id=incident.id,
                capability=one.capability,
                place=place,
                mode=one.mode.value,
                reason=one.reason.value,
                share_percent=one.share_percent,
                since=to_ns(one.since),
            )
        )


def add_entry(tx: Tx, incident_id: str, entry: Entry) -> None:
    """Add to the timeline."""
    last = select(func.max(incident_entries.c.number)).where(incident_entries.c.incident_id == incident_id)
    number = (tx.execute(last).scalar() or 0) + 1
    tx.execute(
        insert(incident_entries).values(
            incident_id=incident_id,
            number=number,
            at=to_ns(entry.at),
            kind=entry.kind.value,
            capability=entry.capability,
            mode=entry.mode,
            reason=entry.reason,
            share_percent=entry.share_percent,
            words=entry.words[:500],
            by=entry.by,
            once=entry.once,
        )
    )


def add_eta(tx: Tx, incident_id: str, eta: Eta) -> None:
    """Add what is expected now."""
    row = {"revision": eta.revision, "eta": _ns(eta.eta), "said_at": to_ns(eta.said_at), "by": eta.by}
    tx.execute(insert(incident_etas).values(incident_id=incident_id, **row))


def add_findings(tx: Tx, incident_id: str, findings: dict[Locale, Finding]) -> None:
    """Add the report's words."""
    for locale, said in findings.items():
        row = {"locale": locale, "cause": said.cause, "measures": said.measures}
        tx.execute(insert(incident_findings).values(incident_id=incident_id, **row))


def findings(rows: Rows, incident_id: str) -> dict[Locale, Finding]:
    """The report's words."""
    found = rows.execute(select(incident_findings).where(incident_findings.c.incident_id == incident_id))
    return {row.locale: Finding(row.cause, row.measures) for row in found}


def done(rows: Rows, once: str | None) -> bool:
    """Whether a form with this id was taken before."""
    if once is None:
        return False
    return (
        rows.execute(select(incident_entries.c.number).where(incident_entries.c.once == once)).first()
        is not None
    )


def timeline(rows: Rows, incident_id: str) -> list[Entry]:
    """All that happened, in its order."""
    table = incident_entries.c
    found = rows.execute(
        select(incident_entries).where(table.incident_id == incident_id).order_by(table.number)
    )
    return [
        Entry(
            number=row.number,
            at=from_ns(row.at),
            kind=EntryKind(row.kind),
            capability=row.capability,
            mode=row.mode,
            reason=row.reason,
            share_percent=row.share_percent,
            words=row.words,
            by=row.by,
            once=row.once,
        )
        for row in found
    ]


def incident(rows: Rows, incident_id: str) -> Incident | None:
    """The incident of an id."""
    found = _read(rows, select(incidents).where(incidents.c.id == incident_id))
    return found[0] if found else None


def newest(rows: Rows, institution: str) -> Incident | None:
    """The last one of an institution."""
    wanted = select(incidents).where(incidents.c.institution == institution)
    found = _read(rows, wanted.order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(1))
    return found[0] if found else None


def of_window(rows: Rows, window_id: str) -> Incident | None:
    """The unclosed incident into which a window has run."""
    wanted = select(incidents).where(
        incidents.c.window_id == window_id, incidents.c.state != State.CLOSED.value
    )
    found = _read(rows, wanted.limit(1))
    return found[0] if found else None


def unclosed(rows: Rows, institution: str | None = None) -> list[Incident]:
    """Those that are not closed, oldest first."""
    wanted = select(incidents).where(incidents.c.state != State.CLOSED.value).order_by(incidents.c.opened_at)
    if institution is not None:
        wanted = wanted.where(incidents.c.institution == institution)
    return _read(rows, wanted)


def since(
    rows: Rows, institutions: Sequence[str] | None, moment: datetime | None, limit: int
) -> list[Incident]:
    """Those that opened, or were over, after the moment; newest first."""
    wanted = select(incidents).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(limit)
    if institutions is not None:
        wanted = wanted.where(incidents.c.institution.in_(list(institutions)))
    if moment is not None:
        after = to_ns(moment)
        wanted = wanted.where(
            (incidents.c.opened_at >= after)
            | incidents.c.restored_at.is_(None)
            | (incidents.c.restored_at >= after)
        )
    return _read(rows, wanted)


def keep_affected(tx: Tx, incident_id: str, touched: Iterable[Touched]) -> int:
    """Add who was affected, once an account; how many were new."""
    fresh = 0
    for chunk in _chunks(touched):
        table = incident_affected.c
        known = tx.execute(
            select(table.account).where(table.incident_id == incident_id, table.account.in_(list(chunk)))
        )
        for row in known:
            chunk.pop(row.account, None)
        tx.many(
            _add_affected,
            [(incident_id, one.account, one.why, to_ns(one.at)) for one in chunk.values()],
        )
        fresh += len(chunk)
    return fresh


def _chunks(touched: Iterable[Touched]) -> Iterable[dict[str, Touched]]:
    chunk: dict[str, Touched] = {}
    for one in touched:
        chunk.setdefault(one.account, one)
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def affected(rows: Rows, incident_id: str, *, after: str = "", limit: int = 10_000) -> list[Touched]:
    """Who was affected, by account, page by page."""
    table = incident_affected.c
    found = rows.execute(
        select(table.account, table.why, table.at)
        .where(table.incident_id == incident_id, table.account > after)
        .order_by(table.account)
        .limit(limit)
    )
    return [Touched(row.account, row.why, from_ns(row.at)) for row in found]


def count_affected(rows: Rows, incident_id: str) -> int:
    """How many accounts were affected."""
    mine = incident_affected.c.incident_id == incident_id
    return int(rows.execute(select(func.count()).select_from(incident_affected).where(mine)).scalar_one())


def more_waits(rows: Rows, topic: str, after: int) -> bool:
    """Whether there is more such news after a piece of it."""
    table = outbox.outbox.c
    wanted = select(table.seq).where(table.seq > after, table.topic == topic).limit(1)
    return rows.execute(wanted).first() is not None


def _read(rows: Rows, wanted: Select[*tuple[Any, ...]]) -> list[Incident]:
    found = rows.execute(wanted).all()
    return [_incident(rows, row) for row in found]


def _incident(rows: Rows, row: Any) -> Incident:
    conditions = rows.execute(
        select(incident_conditions)
        .where(incident_conditions.c.incident_id == row.id)
        .order_by(incident_conditions.c.place)
    ).all()
    etas = rows.execute(
        select(incident_etas).where(incident_etas.c.incident_id == row.id).order_by(incident_etas.c.revision)
    ).all()
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    values |= {name: _moment(getattr(row, name)) for name in _MOMENTS}
    return Incident(
        **values,
        state=State(row.state),
        nature=Nature(row.nature),
        conditions=tuple(
            Condition(
                one.capability, Mode(one.mode), Reason(one.reason), one.share_percent, from_ns(one.since)
            )
            for one in conditions
        ),
        etas=tuple(
            Eta(revision=one.revision, eta=_moment(one.eta), said_at=from_ns(one.said_at), by=one.by)
            for one in etas
        ),
    )


def _ns(moment: datetime | None) -> int | None:
    return None if moment is None else to_ns(moment)


def _moment(nanoseconds: int | None) -> datetime | None:
    return None if nanoseconds is None else from_ns(nanoseconds)

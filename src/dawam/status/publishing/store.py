"""All SQL of publishing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import func, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.standin import BalanceChecks, Capability, Mode, ModeChange, Reason
from dawam.status.publishing.tables import status_balances, status_changes, status_days, status_watches
from dawam.status.publishing.uptime import Change, Day, Part, Stretch, Tally
from dawam.storage import Rows, Tx

_changes, _watches, _days, _balances = status_changes.c, status_watches.c, status_days.c, status_balances.c


def note_change(tx: Tx, change: ModeChange) -> None:
    """Remember a change, unless nothing of what counts is different (a share that grows)."""
    last = tx.execute(
        select(_changes.mode, _changes.reason)
        .where(_changes.institution == change.institution, _changes.capability == change.capability.value)
        .order_by(_changes.at.desc(), _changes.id.desc())
        .limit(1)
    ).first()
    if last is not None and (last.mode, last.reason) == (change.mode.value, change.reason.value):
        return
    tx.execute(
        insert(status_changes).values(
            institution=change.institution,
            capability=change.capability.value,
            mode=change.mode.value,
            reason=change.reason.value,
            at=to_ns(change.at),
        )
    )


def changes(rows: Rows, institution: str, since: datetime) -> dict[Capability, list[Change]]:
    """The changes since a moment, each capability's last one before it first."""
    found: dict[Capability, list[Change]] = {}
    for capability in Capability:
        mine = (_changes.institution == institution, _changes.capability == capability.value)
        before = rows.execute(
            select(status_changes)
            .where(*mine, _changes.at <= to_ns(since))
            .order_by(_changes.at.desc(), _changes.id.desc())
            .limit(1)
        ).all()
        after = rows.execute(
            select(status_changes).where(*mine, _changes.at > to_ns(since)).order_by(_changes.at, _changes.id)
        ).all()
        found[capability] = [
            Change(from_ns(row.at), Mode(row.mode), Reason(row.reason)) for row in [*before, *after]
        ]
    return found


def watch(tx: Tx, institution: str, since: datetime, until: datetime) -> None:
    """Somebody watches since then, and did until now."""
    mine = (_watches.institution == institution, _watches.since == to_ns(since))
    if tx.execute(select(_watches.until).where(*mine)).first() is None:
        tx.execute(
            insert(status_watches).values(institution=institution, since=to_ns(since), until=to_ns(until))
        )
    else:
        tx.execute(update(status_watches).where(*mine).values(until=to_ns(until)))


def watched(rows: Rows, institution: str, since: datetime) -> list[Stretch]:
    """The times in which somebody watched, as far as they reach past a moment."""
    found = rows.execute(
        select(status_watches)
        .where(_watches.institution == institution, _watches.until > to_ns(since))
        .order_by(_watches.since)
    )
    return [Stretch(from_ns(row.since), from_ns(row.until)) for row in found]


def first_watched(rows: Rows, institution: str) -> datetime | None:
    """Since when there is anything to say."""
    found = rows.execute(
        select(func.min(_watches.since)).where(_watches.institution == institution)
    ).scalar_one()
    return None if found is None else from_ns(found)


def last_counted(rows: Rows, institution: str) -> date | None:
    """The last day that was counted."""
    found = rows.execute(select(func.max(_days.day)).where(_days.institution == institution)).scalar_one()
    return None if found is None else date.fromisoformat(found)


def keep_days(tx: Tx, institution: str, counted: Iterable[tuple[Capability, Day]]) -> None:
    """Keep days as they were counted; one that is kept already stays as it is."""
    kept = list(counted)
    known = {
        (row.day, row.capability)
        for row in tx.execute(
            select(_days.day, _days.capability).where(
                _days.institution == institution,
                _days.day.in_(sorted({day.day.isoformat() for _, day in kept})),
            )
        )
    }
    for capability, day in kept:
        if (day.day.isoformat(), capability.value) not in known:
            tx.execute(
                insert(status_days).values(
                    institution=institution,
                    day=day.day.isoformat(),
                    capability=capability.value,
                    gaps_measured=int(day.gaps_measured),
                    **{f"{part.value}_ms": getattr(day.tally, f"{part.value}_ms") for part in Part},
                )
            )


def days(rows: Rows, institution: str, since: date) -> dict[Capability, dict[date, Day]]:
    """The counted days from one on."""
    found: dict[Capability, dict[date, Day]] = defaultdict(dict)
    for row in rows.execute(
        select(status_days).where(_days.institution == institution, _days.day >= since.isoformat())
    ):
        day = Day(
            day=date.fromisoformat(row.day),
            tally=Tally(**{f"{part.value}_ms": getattr(row, f"{part.value}_ms") for part in Part}),
            gaps_measured=bool(row.gaps_measured),
        )
        found[Capability(row.capability)][day.day] = day
    return found


def keep_balances(tx: Tx, institution: str, counted: Mapping[date, BalanceChecks]) -> None:
    """Keep what became of the balances shown on days; what is kept already stays as it is."""
    known = balances(tx, institution, min(counted)) if counted else {}
    for day, checks in counted.items():
        if day not in known:
            tx.execute(
                insert(status_balances).values(
                    institution=institution,
                    day=day.isoformat(),
                    shown=checks.shown,
                    checked=checks.checked,
                    wrong=checks.wrong,
                )
            )


def balances(rows: Rows, institution: str, since: date) -> dict[date, BalanceChecks]:
    """What became of the balances shown on the counted days from one on; a day without an entry was not
    measured."""
    found = rows.execute(
        select(status_balances).where(
            _balances.institution == institution, _balances.day >= since.isoformat()
        )
    )
    return {
        date.fromisoformat(row.day): BalanceChecks(shown=row.shown, checked=row.checked, wrong=row.wrong)
        for row in found
    }

"""All SQL of the notices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select

from dawam.kernel import from_ns, to_ns
from dawam.status.notices.model import Notice, NoticeText
from dawam.status.notices.tables import notice_keys, notice_texts, notice_withdrawals, notices
from dawam.storage import Rows, Tx
from dawam.web import LOCALES, Locale

_newer = notices.alias("newer")
_ALL = (
    select(
        notices,
        notice_withdrawals.c.withdrawn_at,
        _newer.c.id.label("replaced_by"),
    )
    .select_from(notices)
    .outerjoin(notice_withdrawals, notice_withdrawals.c.notice_id == notices.c.id)
    .outerjoin(_newer, _newer.c.replaces == notices.c.id)
)


def add(tx: Tx, notice: Notice) -> None:
    """Keep a new notice."""
    tx.execute(
        insert(notices).values(
            id=notice.id,
            institution=notice.institution,
            kind=notice.kind,
            subject_id=notice.subject_id,
            sequence=notice.sequence,
            capabilities=",".join(notice.capabilities),
            published_at=to_ns(notice.published_at),
            code=notice.code,
            replaces=notice.replaces,
            signature=notice.signature,
        )
    )
    for locale, said in notice.texts.items():
        tx.execute(
            insert(notice_texts).values(notice_id=notice.id, locale=locale, title=said.title, body=said.body)
        )


def withdraw(tx: Tx, notice_id: str, *, now: datetime) -> None:
    """A notice is not ours to stand by any more."""
    tx.execute(insert(notice_withdrawals).values(notice_id=notice_id, withdrawn_at=to_ns(now)))


def notice(rows: Rows, notice_id: str) -> Notice | None:
    """The notice of an id."""
    found = _read(rows, _ALL.where(notices.c.id == notice_id))
    return found[0] if found else None


def by_code(rows: Rows, codes: Sequence[str]) -> list[Notice]:
    """The notices with one of the codes."""
    return _read(rows, _ALL.where(notices.c.code.in_(codes)))


def last_of(rows: Rows, subject_id: str) -> Notice | None:
    """The newest notice of a subject."""
    found = _read(
        rows, _ALL.where(notices.c.subject_id == subject_id).order_by(notices.c.sequence.desc()).limit(1)
    )
    return found[0] if found else None


def of_subject(rows: Rows, subject_id: str) -> list[Notice]:
    """The notices of a subject, oldest first."""
    return _read(rows, _ALL.where(notices.c.subject_id == subject_id).order_by(notices.c.sequence))


def recent(
    rows: Rows, institution: str | None, *, limit: int, before: str | None, capability: str | None
) -> list[Notice]:
    """The newest notices, newest first; `before` is the id of a notice, exclusive."""
    wanted = _ALL.order_by(notices.c.published_at.desc(), notices.c.id.desc()).limit(limit)
    if institution is not None:
        wanted = wanted.where(notices.c.institution == institution)
    if before is not None:
        at = select(notices.c.published_at).where(notices.c.id == before).scalar_subquery()
        same = and_(notices.c.published_at == at, notices.c.id < before)
        wanted = wanted.where(or_(notices.c.published_at < at, same))
    if capability is not None:
        listed = "," + notices.c.capabilities + ","
        wanted = wanted.where(listed.like(f"%,{capability},%"))
    return _read(rows, wanted)


def count(rows: Rows) -> int:
    """How many notices there are."""
    return int(rows.execute(select(func.count()).select_from(notices)).scalar_one())


def key(rows: Rows, name: str) -> str | None:
    """A key that was made here."""
    found = rows.execute(select(notice_keys.c.secret).where(notice_keys.c.name == name)).first()
    return None if found is None else str(found.secret)


def keep_key(tx: Tx, name: str, secret: str) -> None:
    """Keep a key that was made here."""
    tx.execute(insert(notice_keys).values(name=name, secret=secret))


def _read(rows: Rows, wanted: Select[*tuple[Any, ...]]) -> list[Notice]:
    found = rows.execute(wanted).all()
    texts: dict[str, dict[Locale, NoticeText]] = {row.id: {} for row in found}
    said = (
        rows.execute(select(notice_texts).where(notice_texts.c.notice_id.in_(list(texts)))).all()
        if texts
        else ()
    )
    by_locale = {(row.notice_id, row.locale): NoticeText(title=row.title, body=row.body) for row in said}
    for notice_id, kept in texts.items():
        kept.update({loc: by_locale[notice_id, loc] for loc in LOCALES if (notice_id, loc) in by_locale})
    return [_notice(row, texts[row.id]) for row in found]


def _notice(row: Any, texts: dict[Locale, NoticeText]) -> Notice:
    return Notice(
        id=row.id,
        institution=row.institution,
        kind=row.kind,
        subject_id=row.subject_id,
        sequence=row.sequence,
        texts=texts,
        capabilities=tuple(word for word in row.capabilities.split(",") if word),
        published_at=from_ns(row.published_at),
        code=row.code,
        replaces=row.replaces,
        signature=row.signature,
        withdrawn_at=None if row.withdrawn_at is None else from_ns(row.withdrawn_at),
        replaced_by=row.replaced_by,
    )

"""What a notice is, how it is signed, and what a check of a message may find.

Rules: a notice never changes after it was published; its number counts the notices of its subject; it
replaces the one before; it has a text in every language. What is signed is all of it but the withdrawal.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from dawam.kernel import InvalidInput, to_rfc3339
from dawam.web import LOCALES, Locale

TITLE_MAX = 200
BODY_MAX = 4000
_SIGNED_AS = b"dawam notice 1\n"


class NoticeText(msgspec.Struct, frozen=True):
    """What a notice says in one language; `body` may have several lines."""

    title: str
    body: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said in public, once and for all.

    `kind` is a word of whoever published ("incident", "window", "all_clear"…), `subject_id` what it is
    about; `code` is eight characters (see `grouped`); `replaces` is the notice of the same subject before.
    `withdrawn_at` and `replaced_by` are what became of it later; they are not signed.
    """

    id: str
    institution: str
    kind: str
    subject_id: str
    sequence: int
    texts: dict[Locale, NoticeText]
    capabilities: tuple[str, ...]
    published_at: datetime
    code: str
    replaces: str | None
    signature: str
    withdrawn_at: datetime | None = None
    replaced_by: str | None = None


class Verdict(StrEnum):
    """What a check found."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """How a piece of a message stands to what we said."""

    SAME = "same"
    ADDED = "added"
    LEFT_OUT = "left_out"


class Piece(msgspec.Struct, frozen=True):
    """Words of a message, or words that are missing in it."""

    change: Change
    words: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, about which notice; `newer` is the one that replaced it.

    `whole` says that a message was compared and not only a code known; `pieces` are the differences.
    """

    verdict: Verdict
    notice: Notice | None = None
    newer: Notice | None = None
    locale: Locale | None = None
    whole: bool = False
    pieces: tuple[Piece, ...] = ()


def canonical(notice: Notice) -> bytes:
    """What is signed: a line that names the form, then JSON with sorted names and no spaces.

    Source: docs/notices.md, "The signature".
    """
    signed = {
        "id": notice.id,
        "institution": notice.institution,
        "kind": notice.kind,
        "subject": notice.subject_id,
        "sequence": notice.sequence,
        "texts": {locale: {"title": said.title, "body": said.body} for locale, said in notice.texts.items()},
        "capabilities": list(notice.capabilities),
        "published_at": to_rfc3339(notice.published_at),
        "code": notice.code,
        "replaces": notice.replaces,
    }
    return _SIGNED_AS + msgspec.json.encode(signed, order="sorted")


def checked_texts(texts: Mapping[Locale, NoticeText]) -> dict[Locale, NoticeText]:
    """The texts, trimmed, when there is one in every language.

    Raises: InvalidInput `notice_text_missing`, `notice_text_too_long`.
    """
    kept: dict[Locale, NoticeText] = {}
    for locale in LOCALES:
        given = texts.get(locale)
        title, body = (given.title.strip(), _tidy(given.body)) if given else ("", "")
        if not title or not body:
            raise InvalidInput("notice_text_missing", language=locale)
        if len(title) > TITLE_MAX or len(body) > BODY_MAX:
            raise InvalidInput("notice_text_too_long", language=locale, title=TITLE_MAX, body=BODY_MAX)
        kept[locale] = NoticeText(title=" ".join(title.split()), body=body)
    return kept


def _tidy(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n").strip()

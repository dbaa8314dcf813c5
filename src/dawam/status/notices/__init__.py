"""What we have said in public, and how anybody can find out whether a message is really ours.

Promises: a published notice never changes; it has a text in three languages, a number within its subject, a
code that a person can type and a signature that a program can verify; a message that was changed is told
from one that was not. Page: docs/notices.md.
"""

from dawam.status.notices.codes import code_of, grouped, read_code
from dawam.status.notices.model import (
    Change,
    Checked,
    Notice,
    NoticeText,
    Piece,
    Verdict,
    canonical,
    checked_texts,
)
from dawam.status.notices.pages import TEMPLATES, page_routes
from dawam.status.notices.service import PUBLISHED, WITHDRAWN, Notices
from dawam.status.notices.settings import NoticeSettings
from dawam.status.notices.tables import TABLES
from dawam.status.notices.wording import NameOf, Wording, bare, harmless, plain_name

__all__ = [
    "PUBLISHED",
    "TABLES",
    "TEMPLATES",
    "WITHDRAWN",
    "Change",
    "Checked",
    "NameOf",
    "Notice",
    "NoticeSettings",
    "NoticeText",
    "Notices",
    "Piece",
    "Verdict",
    "Wording",
    "bare",
    "canonical",
    "checked_texts",
    "code_of",
    "grouped",
    "harmless",
    "page_routes",
    "plain_name",
    "read_code",
]

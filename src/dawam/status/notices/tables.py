"""Notices, for ever: rows are added, never changed. A withdrawal is a row of its own."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from dawam.storage import metadata
from dawam.web import LOCALES

_LOCALES = ", ".join(f"'{locale}'" for locale in LOCALES)

notices = Table(
    "notices",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject_id", String(40), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("capabilities", String(200), nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("code", String(8), nullable=False, unique=True),
    Column("replaces", String(26), ForeignKey("notices.id"), unique=True),
    Column("signature", String(100), nullable=False),
    UniqueConstraint("subject_id", "sequence", name="notice_sequence"),
    CheckConstraint("sequence >= 1", name="notice_sequence_counts"),
    CheckConstraint("length(code) = 8", name="notice_code_size"),
)
notice_texts = Table(
    "notice_texts",
    metadata,
    Column("notice_id", String(26), ForeignKey("notices.id"), primary_key=True),
    Column("locale", String(2), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("body", Text, nullable=False),
    CheckConstraint(f"locale IN ({_LOCALES})", name="notice_locale_known"),
    CheckConstraint("length(title) > 0 AND length(body) > 0", name="notice_text_said"),
)
notice_withdrawals = Table(
    "notice_withdrawals",
    metadata,
    Column("notice_id", String(26), ForeignKey("notices.id"), primary_key=True),
    Column("withdrawn_at", BigInteger, nullable=False),
)
notice_keys = Table(
    "notice_keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("secret", String(200), nullable=False),
)

TABLES = [notices, notice_texts, notice_withdrawals, notice_keys]

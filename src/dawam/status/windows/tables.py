"""Windows, every act on them, which reminders have gone out, and moves that wait for agreement."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from dawam.status.windows.history import Act
from dawam.status.windows.model import (
    WindowState,
)
from dawam.storage import metadata


def _words(kind: type[WindowState] | type[Act]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


def _texts() -> list[Column[str]]:
    """A title and a text in each language."""
    return [
        column
        for locale in ("ar", "fr", "en")
        for column in (
            Column(f"title_{locale}", String(120), nullable=False),
            Column(f"body_{locale}", Text, nullable=False),
        )
    ]


_SPEAKS = (
    "title_ar <> '' AND body_ar <> '' AND title_fr <> '' AND body_fr <> ''"
    " AND title_en <> '' AND body_en <> ''"
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("scope", String(300), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("planned_ends_at", BigInteger, nullable=False),
    Column("capabilities", String(120), nullable=False),  # words of the contract, separated by commas
    Column("goes_on", String(120), nullable=False),
    *_texts(),
    Column("sequence", Integer, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("announced_at", BigInteger),
    Column("moved_at", BigInteger),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("overran_at", BigInteger),
    Column("short_reason", String(400)),
    Column("short_asked_by", String(80)),
    Column("short_approved_by", String(80)),
    Column("short_approved_at", BigInteger),
    CheckConstraint(f"state IN ({_words(WindowState)})", name="window_state_known"),
    CheckConstraint("ends_at > starts_at", name="window_ends_after_start"),
    CheckConstraint("capabilities <> ''", name="window_has_capabilities"),
    CheckConstraint(_SPEAKS, name="window_speaks_every_language"),
    CheckConstraint("sequence >= 0", name="window_sequence"),
    CheckConstraint("short_approved_by <> short_asked_by", name="window_second_person"),
    CheckConstraint(
        "state IN ('planned', 'cancelled') OR announced_at IS NOT NULL", name="window_announced_before"
    ),
    CheckConstraint(
        "state NOT IN ('started', 'extended', 'finished') OR started_at IS NOT NULL",
        name="window_started_before",
    ),
    CheckConstraint("state <> 'finished' OR finished_at IS NOT NULL", name="window_finished_at"),
    Index("maintenance_windows_state", "state", "starts_at"),
    Index("maintenance_windows_institution", "institution", "starts_at"),
)

# The id of an act that a person did comes from the form: a form sent twice finds its act done.
window_changes = Table(
    "window_changes",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("window_id", String(26), ForeignKey(maintenance_windows.c.id), nullable=False),
    Column("act", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),
    Column("reason", String(400), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("old_starts_at", BigInteger),
    Column("old_ends_at", BigInteger),
    CheckConstraint("ends_at > starts_at AND old_ends_at > old_starts_at", name="window_change_times"),
    CheckConstraint(
        "(act = 'moved') = (old_starts_at IS NOT NULL) AND (old_starts_at IS NULL) = (old_ends_at IS NULL)",
        name="window_moved_from",
    ),
    CheckConstraint(f"act IN ({_words(Act)})", name="window_act_known"),
    Index("window_changes_window", "window_id", "id"),
)

window_reminders = Table(
    "window_reminders",
    metadata,
    Column("window_id", String(26), ForeignKey(maintenance_windows.c.id), primary_key=True),
    Column("before_s", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    CheckConstraint("before_s > 0", name="window_reminder_before"),
)

# A move of an announced window that waits for a second person.
window_moves = Table(
    "window_moves",
    metadata,
    Column("window_id", String(26), ForeignKey(maintenance_windows.c.id), primary_key=True),
    Column("id", String(26), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    *_texts(),
    Column("reason", String(400), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    CheckConstraint("ends_at > starts_at", name="window_move_ends_after_start"),
    CheckConstraint(_SPEAKS, name="window_move_speaks_every_language"),
)

TABLES: list[Table] = [maintenance_windows, window_changes, window_reminders, window_moves]

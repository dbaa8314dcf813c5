"""Windows, every act on them, and which reminders have gone out."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from dawam.status.windows.model import Act, WindowState
from dawam.storage import metadata


def _words(kind: type[WindowState] | type[Act]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


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
    Column("title_ar", String(120), nullable=False),
    Column("body_ar", Text, nullable=False),
    Column("title_fr", String(120), nullable=False),
    Column("body_fr", Text, nullable=False),
    Column("title_en", String(120), nullable=False),
    Column("body_en", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("announced_at", BigInteger),
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
    CheckConstraint(
        "title_ar <> '' AND body_ar <> '' AND title_fr <> '' AND body_fr <> ''"
        " AND title_en <> '' AND body_en <> ''",
        name="window_speaks_every_language",
    ),
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
    Column("ends_at", BigInteger, nullable=False),
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

TABLES: list[Table] = [maintenance_windows, window_changes, window_reminders]

"""Errors of migrating and copying databases."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "old_journal_broken": Text(
        "The journal is broken at record {position}: {finding}. Nothing was changed.",
        "Keep this database as it is, and migrate a backup whose audit finds it intact.",
    ),
    "backup_exists": Text(
        "The backup {file} exists already; nothing was changed.",
        "Move it away, or leave the backup out with --no-backup.",
    ),
    "backup_failed": Text(
        "The backup {file} cannot be written: {reason}. The database was not changed.",
        "Make room and check the rights of its folder, or leave the backup out with --no-backup.",
    ),
    "copy_same_database": Text(
        "Source and target are both {place}.",
        "Name another, empty database as the target.",
    ),
    "copy_source_differs": Text(
        "{target} holds an unfinished copy of another source, {source}.",
        "Name that source to go on with it, or a new, empty database as the target.",
    ),
    "copy_differs": Text(
        "Table {table} differs: {source_rows} rows in the source, {target_rows} in the copy.",
        "Begin again with a new, empty target, and let nothing write to either meanwhile.",
    ),
    "copy_source_broken": Text(
        "The audit of the source finds {finding} at record {position}.",
        "Do not use the copy; look into the source with dawam ledger audit, or copy a backup that is intact.",
    ),
    "copy_target_broken": Text(
        "The audit of the copy finds {finding} at record {position}, though the source is intact.",
        "Begin again with a new, empty target; if it stays, look at the target's disk.",
    ),
    "migrated_books_broken": Text(
        "After the migration the audit finds {finding} at record {position}; the books were broken before.",
        "Do not use this database; go back to the backup and audit it with the version that wrote it.",
    ),
}

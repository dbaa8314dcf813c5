"""Errors of the release gate and the snapshots that it reads."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "institution_not_mirrored": Text(
        "The database holds no mirror of {institution}.",
        "Check the name against the configuration, or let dawam serve fill the mirror first.",
    ),
    "snapshot_unreadable": Text(
        "The snapshot {file} cannot be read: {reason}.", "Check the path and that you may read the file."
    ),
    "snapshot_truncated": Text(
        "The snapshot {file} ends too early.", "Fetch or copy it again; only its end line makes it complete."
    ),
    "snapshot_line_malformed": Text(
        "Line {line} of {file} is not a line of a snapshot.",
        "Have the snapshot written again; docs/primary-contract.md describes its lines.",
    ),
    "snapshot_repeats_account": Text(
        "Line {line} of the snapshot names an account that an earlier line has.",
        "Have the snapshot written again, with each account once.",
    ),
    "snapshot_count_differs": Text(
        "The snapshot holds {lines} accounts; its end line says {stated}.",
        "Have the snapshot written again, whole.",
    ),
}

"""Errors of the database."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "storage_unavailable": Text(
        "The database does not take the change: {reason}. Nothing of it was kept.",
        "Try again in a moment; if it stays, the operator should look at the database's disk and rights.",
    ),
    "storage_closed": Text(
        "This node is stopping and takes nothing more.", "Try again in a moment, when it has started again."
    ),
    "database_newer": Text(
        "The database {file} has layout {found}; this version of Dawam knows layout {supported}.",
        "Start the version that wrote it, or a later one.",
    ),
    "database_older": Text(
        "The database {file} has the older layout {found}; this version of Dawam needs layout {supported}.",
        "Bring it up to date with dawam storage migrate, or start the version that wrote it.",
    ),
    "database_foreign": Text(
        "The database {file} was not written by this part of Dawam.",
        "Name the file that this command wrote before, or a new one.",
    ),
    "database_url_unknown": Text(
        "{url} does not name a database that can be used.",
        "Write it in one of these forms: {known}.",
    ),
    "database_missing": Text(
        "There is no database {file}.", "Check the path; this command only reads, and makes no database."
    ),
    "database_unwritable": Text(
        "The database {file} cannot be opened: {reason}.",
        "Check that its folder exists and that you may write there; of a server, that it runs and lets "
        "you in.",
    ),
    "database_in_use": Text(
        "The database {file} is in use by {holder}.",
        "Stop that process, or name another database: only one process may write to it.",
    ),
    "database_copy_unfinished": Text(
        "The database {file} is the target of a copy that is not finished.",
        "Repeat the dawam storage copy that began it; it goes on where it stopped.",
    ),
    "database_not_empty": Text(
        "The database {file} is in use as a database of its own already.",
        "Name a new, empty database as the target; this one was not changed.",
    ),
    "storage_read_only": Text(
        "The database can be read, not written: {reason}. Nothing of the change was kept.",
        "The operator should give the database its right to write back; then try again.",
    ),
    "storage_unreadable": Text(
        "The database cannot be read: {reason}.",
        "Try again in a moment; if it stays, the operator should look at the database.",
    ),
    "commit_unknown": Text(
        "The connection to the database {file} was lost before it said whether the change was kept.",
        "Ask again with the same ids: what was kept is not done twice.",
    ),
    "lease_lost": Text(
        "Another node writes to the database {file} now; this one keeps nothing more.",
        "Ask the other node, or start this one again: it takes its place when the other has stopped.",
    ),
    "database_too_old": Text(
        "The server of the database {file} is PostgreSQL {found}; {needed} or newer is needed.",
        "Bring the server up to date, or name another database.",
    ),
}

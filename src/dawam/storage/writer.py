"""Group commit: one batch of verbs, each under a savepoint, one commit, then all the answers.

The rules: a verb that raises is rolled back alone; a commit that fails fails every verb of its batch;
no result is handed out before the commit has returned.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

from dawam.kernel import DawamError, Unavailable
from dawam.storage.cache import Staged
from dawam.storage.transaction import Tx

Verb = Callable[[Tx], Any]


@dataclass(slots=True)
class Outcome:
    """What became of a verb: a result or the exception it raised."""

    result: Any = None
    error: BaseException | None = None


def _as_unavailable(error: BaseException) -> Unavailable:
    """The failure of the engine itself: disk full, file read-only, file gone."""
    reason = error.orig if isinstance(error, DBAPIError) else error
    return Unavailable("storage_unavailable", reason=str(reason))


def commit_batch(tx: Tx, verbs: Sequence[Verb], staged: Sequence[Staged]) -> list[Outcome]:
    """Run the verbs in order and commit them together; one outcome a verb, in the same order."""
    sql = tx.command
    try:
        sql("BEGIN IMMEDIATE")
    except Exception as error:
        return _all_failed(verbs, _as_unavailable(error))
    try:
        outcomes = [_run(tx, verb, staged) for verb in verbs]
        _settle(tx, staged)
        sql("COMMIT")
    except Exception as error:
        for state in staged:
            state.forget()
        _rollback(tx)
        return _all_failed(verbs, error if isinstance(error, DawamError) else _as_unavailable(error))
    for state in staged:
        state.publish()
    return outcomes


def _all_failed(verbs: Sequence[Verb], error: Exception) -> list[Outcome]:
    return [Outcome(error=error) for _ in verbs]


def _settle(tx: Tx, staged: Sequence[Staged]) -> None:
    for state in staged:
        state.settle(tx)


def _run(tx: Tx, verb: Verb, staged: Sequence[Staged]) -> Outcome:
    tx.enter_verb()
    try:
        result = verb(tx)
    except Exception as error:
        for state in staged:
            state.drop()
        tx.undo_verb()
        return Outcome(error=_as_unavailable(error) if _is_engine_failure(error) else error)
    tx.leave_verb()
    for state in staged:
        state.keep()
    return Outcome(result=result)


def _is_engine_failure(error: Exception) -> bool:
    """Whether the engine, not the verb, is at fault."""
    return isinstance(error, sqlite3.OperationalError) or (
        isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.OperationalError)
    )


def _rollback(tx: Tx) -> None:
    try:
        tx.command("ROLLBACK")
    except Exception:  # the engine has already rolled back by itself
        return

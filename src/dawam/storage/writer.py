"""Group commit: one batch of verbs, each under a savepoint, one commit, then all the answers.

The rules: a verb that raises is rolled back alone; a commit that fails fails every verb of its batch; no
result is handed out before the commit has returned. When the connection is lost in mid-commit, the mark that
the commit would have left says whether it stands: until that is known, what was staged is neither published
nor forgotten, and nothing new is begun.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Never

from dawam.kernel import Conflict, DawamError, Unavailable
from dawam.storage import lease
from dawam.storage.cache import Staged
from dawam.storage.engines import Engine, Mark, Session
from dawam.storage.transaction import Tx

Verb = Callable[[Tx], Any]


@dataclass(slots=True)
class Outcome:
    """What became of a verb: a result or the exception it raised."""

    result: Any = None
    error: BaseException | None = None


class Writer:
    """The session that writes, its lease, and the state in memory that follows its commits."""

    def __init__(self, engine: Engine, session: Session, mark: Mark | None, *, read_only: bool) -> None:
        self._engine = engine
        self._read_only = read_only
        self._session = session
        self._mark = mark  # of the last commit that stands; None where nobody else could write
        self._broken = False
        self._in_doubt = False
        self._fenced = False
        self.staged: list[Staged] = []
        self.tx = Tx(session, self._begin)

    def commit(self, verbs: Sequence[Verb]) -> list[Outcome]:
        """Run the verbs in order and commit them together; one outcome a verb, in the same order."""
        tx = self.tx
        try:
            self.make_ready()
        except DawamError as error:
            return _all_failed(verbs, error)
        tx.enter()
        try:
            outcomes = self._run_all(verbs)
        except Exception as error:
            return _all_failed(verbs, self._abandon(error))
        if tx.begun:
            try:
                self._session.commit()
            except Exception as error:
                return self._doubt(verbs, outcomes, error)
            if self._mark is not None:
                self._mark.commits += 1
        self._publish()
        return outcomes

    def make_ready(self) -> None:
        """Connect again if the session was lost, and find out what became of its last commit.

        Raises: Conflict `lease_lost`; Unavailable `storage_unavailable`.
        """
        if self._fenced:
            raise Conflict("lease_lost", file=self._engine.where)
        if self._broken:
            self._reopen()

    def keep_alive(self) -> None:
        """Show that this writer lives, and come back by itself when the cause of a failure is gone."""
        try:
            self.make_ready()
            self._check_lease()
        except DawamError:
            return  # the next verb is told
        except Exception as error:
            self.session_failed(error)

    def session_failed(self, error: Exception) -> bool:
        """Whether the session is of no more use after this error; then `make_ready` gets another."""
        failure = self._session.failure_of(error)
        if failure is not None and failure.lost and not self._engine.private:
            self._broken = True
        return self._broken

    def close(self) -> None:
        """Let go of the session and of the lease."""
        self._session.close()
        self._engine.let_go()

    def another_life(self) -> "Writer":
        """The same session for somebody who knows nothing of this one's memory."""
        return Writer(self._engine, self._session, self._mark, read_only=self._read_only)

    def _run_all(self, verbs: Sequence[Verb]) -> list[Outcome]:
        """All that comes before the commit; what raises here fails every verb."""
        outcomes = [self._run(verb) for verb in verbs]
        if self.tx.begun and not self._session.stands():  # a verb has hidden that a statement failed
            raise Unavailable("storage_unavailable", reason="a statement failed")
        for state in self.staged:
            state.settle(self.tx)
        if not self.tx.begun:
            self._check_lease()
        return outcomes

    def _run(self, verb: Verb) -> Outcome:
        tx = self.tx
        tx.enter_verb()
        try:
            result = verb(tx)
        except Exception as error:
            for state in self.staged:
                state.drop()
            self._undo(error)
            return Outcome(error=self._named(error))
        tx.leave_verb()
        for state in self.staged:
            state.keep()
        return Outcome(result=result)

    def _undo(self, error: Exception) -> None:
        """Take back one verb; when the engine has given up the whole transaction, say why it did."""
        try:
            self.tx.undo_verb()
        except Exception:
            if self._session.failure_of(error) is not None:
                raise error from None
            raise

    def _begin(self) -> None:
        mark = self._mark
        following = None if mark is None else Mark(mark.lease, mark.epoch, mark.commits + 1)
        if not self._session.begin(following):
            self._lose()

    def _check_lease(self) -> None:
        if self._mark is not None and not self._session.holds(self._mark):
            self._lose()

    def _lose(self) -> Never:
        self._fenced = True
        raise Conflict("lease_lost", file=self._engine.where)

    def _publish(self) -> None:
        self.tx.leave()
        for state in self.staged:
            state.publish()

    def _forget(self) -> None:
        self.tx.leave()
        for state in self.staged:
            state.forget()

    def _abandon(self, error: Exception) -> Exception:
        """Nothing of the batch was committed; what its callers are told."""
        named = Conflict("lease_lost", file=self._engine.where) if self._fenced else self._named(error)
        self.session_failed(error)
        begun = self.tx.begun or not self._fenced
        self._forget()
        if begun and not self._broken:
            self._roll_back()
        return named

    def _doubt(self, verbs: Sequence[Verb], outcomes: list[Outcome], error: Exception) -> list[Outcome]:
        """The commit itself has failed. If the connection is gone, only the database knows what stands."""
        if not self.session_failed(error):
            self._forget()
            self._roll_back()
            return _all_failed(verbs, self._unavailable(error))
        self._in_doubt = True
        before = self._mark.commits if self._mark is not None else 0
        try:
            self.make_ready()
        except DawamError:
            return _all_failed(verbs, Unavailable("commit_unknown", file=self._engine.where))
        if self._mark is not None and self._mark.commits > before:
            return outcomes
        return _all_failed(verbs, self._unavailable(error))

    def _reopen(self) -> None:
        self._session.close()
        try:
            session = self._engine.open_reader() if self._read_only else self._engine.open_writer()
        except Conflict:
            self._lose()
        except Unavailable as error:
            raise Unavailable("storage_unavailable", reason=error.params.get("reason")) from None
        try:
            mark = None if self._mark is None else lease.reclaim(session, self._mark)
        except Exception as error:
            failure = session.failure_of(error)
            session.close()
            if failure is None:
                raise
            raise Unavailable("storage_unavailable", reason=failure.reason) from None
        if self._mark is not None and mark is None:
            session.close()
            self._lose()
        self._take_up(session, mark)

    def _take_up(self, session: Session, mark: Mark | None) -> None:
        """Go on with a new session; what was in doubt is known now."""
        stands = mark is not None and self._mark is not None and mark.commits > self._mark.commits
        self._session = self.tx.session = session
        self._mark = mark
        self._broken = False
        if self._in_doubt:
            self._in_doubt = False
            if stands:
                self._publish()
            else:
                self._forget()

    def _named(self, error: Exception) -> Exception:
        """The error as the caller is told: its own, or the engine's failure in our words."""
        return error if self._session.failure_of(error) is None else self._unavailable(error)

    def _unavailable(self, error: Exception) -> Unavailable:
        failure = self._session.failure_of(error)
        if failure is not None and failure.read_only:
            return Unavailable("storage_read_only", reason=failure.reason)
        return Unavailable("storage_unavailable", reason=failure.reason if failure else str(error))

    def _roll_back(self) -> None:
        try:
            self._session.command("ROLLBACK")
        except Exception as error:  # the engine may have rolled back by itself
            self.session_failed(error)


def _all_failed(verbs: Sequence[Verb], error: Exception) -> list[Outcome]:
    return [Outcome(error=error) for _ in verbs]

"""The SQL text of statements that live as long as their module; compiled once for each engine."""

from sqlalchemy import Dialect
from sqlalchemy.sql.expression import ClauseElement


class Texts:
    """Compiled texts of one dialect, found by the statement's identity."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[int, tuple[ClauseElement, str]] = {}

    def of(self, statement: ClauseElement) -> str:
        """The text, with a placeholder for every parameter in order of appearance."""
        known = self._known.get(id(statement))
        if known is None or known[0] is not statement:
            compiled = str(statement.compile(dialect=self._dialect))
            known = self._known[id(statement)] = (statement, compiled)
        return known[1]

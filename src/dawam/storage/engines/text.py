"""The SQL text of statements that live as long as their module; compiled once for each engine."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement


class Text:
    """A statement's text, and which of its placeholders are the statement's own constants."""

    __slots__ = ("_constants", "_size", "sql", "whole")

    def __init__(self, sql: str, names: Sequence[str], constants: dict[str, Any]) -> None:
        self.sql = sql
        self._size = len(names)
        self._constants = [(at, constants[name]) for at, name in enumerate(names) if name in constants]
        self.whole = not self._constants
        """Whether the caller gives every value."""

    def filled(self, values: Sequence[Any]) -> Sequence[Any]:
        """The caller's values, with the constants where the engine's dialect has them."""
        if self.whole or len(values) == self._size:
            return values
        found = list(values)
        for at, constant in self._constants:
            found.insert(at, constant)
        return found


class Texts:
    """Compiled texts of one dialect, found by the statement's identity."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[int, tuple[ClauseElement, Text]] = {}

    def of(self, statement: ClauseElement) -> Text:
        """The text, with a placeholder for every parameter in order of appearance."""
        known = self._known.get(id(statement))
        if known is None or known[0] is not statement:
            known = self._known[id(statement)] = (statement, self._compiled(statement))
        return known[1]

    def _compiled(self, statement: ClauseElement) -> Text:
        compiled = statement.compile(dialect=self._dialect)
        if not isinstance(compiled, SQLCompiler):
            return Text(str(compiled), (), {})
        constants = {
            name: bind.value
            for name, bind in compiled.binds.items()
            if bind.value is not None and not bind.required
        }
        return Text(str(compiled), compiled.positiontup or (), constants)

"""Functions of SQL that are the same on every engine."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class int8_at(FunctionElement[int]):
    """The signed, big-endian integer in eight bytes of a BLOB, from a place on; the first is 1."""

    type = BigInteger()
    inherit_cache = True


@compiles(int8_at, "postgresql")
def _on_postgresql(element: int8_at, compiler: SQLCompiler, **options: Any) -> str:
    stored, place = (compiler.process(each, **options) for each in element.clauses)
    return f"('x' || encode(substr({stored}, {place}, 8), 'hex'))::bit(64)::bigint"


@compiles(int8_at, "sqlite")
def _on_sqlite(element: int8_at, compiler: SQLCompiler, **options: Any) -> str:
    return f"int8_at({compiler.process(element.clauses, **options)})"

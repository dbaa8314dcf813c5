"""One query for many values at once on PostgreSQL: once a row of unnested arrays."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dawam.storage.engines.adapting import pack_bytes, pack_ints, pack_texts
from dawam.storage.engines.protocol import Value

_PLACEHOLDER = re.compile("%s")
_PACKED: dict[type, tuple[str, Callable[[Sequence[Any]], bytes]]] = {
    int: ("bigint", pack_ints),
    str: ("text", pack_texts),
}
_BYTES = ("bytea", pack_bytes)


def joined(text: str, rows: Sequence[Sequence[Value]]) -> tuple[str, list[bytes]]:
    """The query's text for all rows, and its arrays. Each answer begins with its row's number."""
    columns = list(zip(*rows, strict=True))
    kinds = [_PACKED.get(type(column[0]), _BYTES) for column in columns]
    arrays = ", ".join(f"%b::{name}[]" for name, _ in kinds)
    names = ", ".join(f"v{n}" for n in range(len(kinds)))
    numbers = iter(range(len(kinds)))
    inner = _PLACEHOLDER.sub(lambda _: f"d.v{next(numbers)}", text)
    given = f"unnest({arrays}) WITH ORDINALITY AS d({names}, n)"
    query = f"SELECT d.n, q.* FROM {given} CROSS JOIN LATERAL ({inner}) AS q"  # noqa: S608  a statement of ours
    return query, [pack(column) for (_, pack), column in zip(kinds, columns, strict=True)]


def parted(found: Iterable[tuple[Any, ...]], count: int) -> list[list[tuple[Any, ...]]]:
    """The answers row by row, without the rows' numbers."""
    answers: list[list[tuple[Any, ...]]] = [[] for _ in range(count)]
    for answer in found:
        answers[answer[0] - 1].append(answer[1:])
    return answers

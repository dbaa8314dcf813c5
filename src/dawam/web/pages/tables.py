"""Cells of a table with the heads of their columns: on a phone each row is read as a card of its own."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

_ROW = "<tr"
_CELL = re.compile(r"<t[dh](?=[\s>])")


def labelled(rows: Markup, heads: Sequence[str | tuple[str, str]]) -> Markup:
    """The rows, which a template made and so escaped, with `data-label` in every cell that has a head."""
    names = [head if isinstance(head, str) else head[0] for head in heads]
    before, *found = str(rows).split(_ROW)
    return Markup(_ROW.join([before, *(_row(row, names) for row in found)]))  # noqa: S704 - escaped before


def _row(row: str, names: Sequence[str]) -> str:
    if "colspan=" in row:
        return row
    left = iter(names)

    def cell(found: re.Match[str]) -> str:
        name = next(left, "")
        return f'{found[0]} data-label="{escape(name)}"' if name else found[0]

    return _CELL.sub(cell, row)

"""Rows that come twice, and rows that are missing."""

import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.files import ROW

_SEQUENCE, _REFERENCE = "rows.sequence", "rows.reference"


def without_repeats(frame: pl.DataFrame, *, file: str) -> pl.DataFrame:
    """The rows without those that say again, word by word, what a row with the same key said.

    A row's key is its number in the sequence, and its reference, as far as the mapping names them.
    Raises: InvalidInput `extract_sequence_malformed`, `extract_reference_missing`;
    `extract_duplicate_differs`, when a key comes again with something else.
    """
    if _SEQUENCE in frame.columns:
        frame = _distinct(_numbered(frame, file=file), _SEQUENCE, file=file)
    if _REFERENCE in frame.columns:
        empty = frame[_REFERENCE].str.strip_chars() == ""
        if empty.any():
            raise InvalidInput("extract_reference_missing", file=file, line=line_of(frame, empty))
        frame = _distinct(frame, _REFERENCE, file=file)
    return frame


def line_of(frame: pl.DataFrame, marked: pl.Series) -> int:
    """The place in the file of the first marked row."""
    return int(frame[ROW][marked.arg_max() or 0])


def in_sequence(frame: pl.DataFrame, *, file: str) -> pl.DataFrame:
    """The rows in the order of their own sequence, when the mapping names one.

    Raises: InvalidInput `extract_gap`, when a number between the first and the last is missing.
    """
    if _SEQUENCE not in frame.columns:
        return frame
    ordered = frame.sort(_SEQUENCE)
    jumps = ordered[_SEQUENCE].diff().fill_null(1) != 1
    if jumps.any():
        place = jumps.arg_max() or 0
        raise InvalidInput(
            "extract_gap",
            file=file,
            line=line_of(ordered, jumps),
            found=ordered[_SEQUENCE][place],
            expected=ordered[_SEQUENCE][place - 1] + 1,
        )
    return ordered


def _numbered(frame: pl.DataFrame, *, file: str) -> pl.DataFrame:
    numbers = frame[_SEQUENCE].str.strip_chars().cast(pl.Int64, strict=False)
    if numbers.null_count():
        raise InvalidInput("extract_sequence_malformed", file=file, line=line_of(frame, numbers.is_null()))
    return frame.with_columns(numbers)


def _distinct(frame: pl.DataFrame, key: str, *, file: str) -> pl.DataFrame:
    if frame[key].n_unique() == frame.height:
        return frame
    content = [column for column in frame.columns if column != ROW]
    kept = frame.unique(content, keep="first", maintain_order=True)
    again = ~kept[key].is_first_distinct()
    if again.any():
        first = kept.filter(pl.col(key) == kept[key][again.arg_max() or 0])[ROW][0]
        raise InvalidInput(
            "extract_duplicate_differs", file=file, line=line_of(kept, again), first_line=first
        )
    return kept

"""Take a file apart: CSV, NDJSON (both also gzipped) or Parquet -> columns of text, each row with its place.

Only the columns that the mapping names are kept, and every one as text, so that no amount ever passes
through a float. CSV is read strictly by RFC 4180: each row as many fields as the header. A row's place
is the line it begins on (the header is line 1); in Parquet, which has no lines, its record number.
"""

import codecs
import csv
import difflib
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.mapping import Format, Mapping

ROW = "row"
_CHUNK_ROWS = 50_000
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"

Place = tuple[int, list[str]]


def read_columns(path: Path, mapping: Mapping) -> pl.DataFrame:
    """A column for each setting that names one (`time.column`, …), and `row`, its place in the file.

    Missing values are empty text; a Parquet column of dates or times keeps its type.
    Raises: InvalidInput `extract_not_found`, `extract_unreadable`, `extract_empty`, `extract_gzip_broken`,
    `extract_encoding_broken`, `extract_column_missing`, `extract_column_repeated`, `extract_row_malformed`,
    `extract_row_field_count`, `extract_parquet_broken`, `extract_column_is_float`.
    """
    start = _first_bytes(path)
    if not start:
        raise InvalidInput("extract_empty", file=path.name)
    form = _format(path, start, mapping)
    if form is Format.PARQUET:
        return _parquet(path, mapping)
    is_csv = form is Format.CSV
    encoding = mapping.file.encoding if is_csv else "utf-8"
    try:
        with _opened(path, start) as stream:
            return (_csv if is_csv else _ndjson)(stream, path.name, mapping)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InvalidInput("extract_gzip_broken", file=path.name) from None
    except UnicodeError:
        line = _undecodable_line(path, start, encoding)
        raise InvalidInput("extract_encoding_broken", file=path.name, line=line, encoding=encoding) from None


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except FileNotFoundError:
        raise InvalidInput("extract_not_found", file=path.name) from None
    except OSError as failure:
        raise InvalidInput("extract_unreadable", file=path.name, reason=failure.strerror or "") from None


def _format(path: Path, start: bytes, mapping: Mapping) -> Format:
    if mapping.file.format is not None:
        return mapping.file.format
    if start == _PARQUET:
        return Format.PARQUET
    name = path.name.removesuffix(".gz")
    return Format.NDJSON if name.endswith((".ndjson", ".jsonl", ".json")) else Format.CSV


def _opened(path: Path, start: bytes) -> io.BufferedReader:
    if start[:2] == _GZIP:
        return io.BufferedReader(gzip.GzipFile(path, "rb"))
    return path.open("rb")


def _undecodable_line(path: Path, start: bytes, encoding: str) -> int:
    number = 0
    with _opened(path, start) as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return number


def check_columns(header: Iterable[str], file: str, mapping: Mapping) -> None:
    """Every column that the mapping names stands in the header, once."""
    present = list(header)
    for setting, column in mapping.columns().items():
        if column not in present:
            near = difflib.get_close_matches(column, present, n=1, cutoff=0.0) or [""]
            raise InvalidInput(
                "extract_column_missing",
                file=file,
                column=column,
                setting=setting,
                mapping=mapping.name,
                nearest=near[0],
            )
        if present.count(column) > 1:
            raise InvalidInput("extract_column_repeated", file=file, column=column)


def _csv(stream: io.BufferedReader, file: str, mapping: Mapping) -> pl.DataFrame:
    encoding = codecs.lookup(mapping.file.encoding).name
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        records = _csv_records(text, file, mapping)
        header = next(records, None)
        if header is None:
            raise InvalidInput("extract_empty", file=file)
        names = [name.strip() for name in header[1]]
        check_columns(names, file, mapping)
        indices = {setting: names.index(column) for setting, column in mapping.columns().items()}
        return _collected(_of_width(records, len(names), file), indices)


def _csv_records(text: Iterable[str], file: str, mapping: Mapping) -> Iterator[Place]:
    """Each record with the line it begins on; blank lines are passed over."""
    reader = csv.reader(text, delimiter=mapping.file.separator, quotechar=mapping.file.quote, strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error:
        raise InvalidInput("extract_row_malformed", file=file, line=line) from None


def _of_width(records: Iterator[Place], width: int, file: str) -> Iterator[Place]:
    for line, record in records:
        if len(record) != width:
            raise InvalidInput(
                "extract_row_field_count", file=file, line=line, found=len(record), expected=width
            )
        yield line, record


def _collected(records: Iterator[Place], indices: dict[str, int]) -> pl.DataFrame:
    """In chunks, so that a large file does not stand in memory as Python strings."""
    schema = {ROW: pl.Int64, **dict.fromkeys(indices, pl.String)}
    chunks = [pl.DataFrame(schema=schema)]
    lines: list[int] = []
    kept: list[list[str]] = []
    for line, record in records:
        lines.append(line)
        kept.append(record)
        if len(kept) == _CHUNK_ROWS:
            chunks.append(_chunk(lines, kept, indices, schema))
            lines, kept = [], []
    chunks.append(_chunk(lines, kept, indices, schema))
    return pl.concat(chunks, rechunk=True)


def _chunk(
    lines: list[int], kept: list[list[str]], indices: dict[str, int], schema: dict[str, Any]
) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {ROW: lines}
    for setting, index in indices.items():
        columns[setting] = [record[index] for record in kept]
    return pl.DataFrame(columns, schema=schema)


def _ndjson(stream: io.BufferedReader, file: str, mapping: Mapping) -> pl.DataFrame:
    """A number keeps the digits it is written with; a missing field and null are empty text."""
    decoder = msgspec.json.Decoder(dict[str, Any], float_hook=str)
    settings = list(mapping.columns().items())
    seen: dict[str, None] = {}

    def records() -> Iterator[Place]:
        for line, content in enumerate(stream, 1):
            if not content.strip():
                continue
            try:
                fields = decoder.decode(content)
                record = [_text(fields.get(column)) for _, column in settings]
            except (msgspec.DecodeError, TypeError, RecursionError):
                raise InvalidInput("extract_row_malformed", file=file, line=line) from None
            seen.update(dict.fromkeys(fields))
            yield line, record

    frame = _collected(records(), {setting: index for index, (setting, _) in enumerate(settings)})
    if frame.is_empty():
        raise InvalidInput("extract_empty", file=file)
    check_columns(seen, file, mapping)
    return frame


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise TypeError("a list or an object is no field")


def _parquet(path: Path, mapping: Mapping) -> pl.DataFrame:
    columns = mapping.columns()
    try:
        schema = pl.Schema(pl.read_parquet_schema(path))
        check_columns(schema, path.name, mapping)
        for column in columns.values():
            if schema[column].is_float():
                raise InvalidInput("extract_column_is_float", file=path.name, column=column)
        read = pl.read_parquet(path, columns=sorted(set(columns.values())))
        rows = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW)
        return read.select(
            rows, *(_as_text(setting, schema[column], column) for setting, column in columns.items())
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise InvalidInput("extract_parquet_broken", file=path.name) from None


def _as_text(setting: str, kind: pl.DataType, column: str) -> pl.Expr:
    taken = pl.col(column).alias(setting)
    if setting == "time.column" and isinstance(kind, (pl.Date, pl.Datetime)):
        return taken
    return taken.cast(pl.String).fill_null("")

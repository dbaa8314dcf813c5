"""Values between Python and PostgreSQL: integers always eight bytes, sums always integers, arrays packed."""

import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader

_INT8, _BYTEA, _TEXT = 20, 17, 25
_NULL = b"\xff\xff\xff\xff"
_length = struct.Struct(">i").pack
_eight = struct.Struct(">iq").pack


class IntArray(bytes):
    """A packed `bigint[]`."""


class BytesArray(bytes):
    """A packed `bytea[]`."""


class TextArray(bytes):
    """A packed `text[]`."""


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer:
        return bytes(obj)


class _IntArrayDumper(_ArrayDumper):
    oid = 1016


class _BytesArrayDumper(_ArrayDumper):
    oid = 1001


class _TextArrayDumper(_ArrayDumper):
    oid = 1009


class _WholeNumberLoader(Loader):
    """The sum of integers is an integer, as on SQLite."""

    def load(self, data: Buffer) -> int | Decimal:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)


class _WholeNumberBinaryLoader(NumericBinaryLoader):
    def load(self, data: Buffer) -> Any:
        value: Any = super().load(data)
        return int(value) if value.is_finite() and value == value.to_integral_value() else value


def adapt(driver: psycopg.Connection[Any]) -> None:
    """Set up a connection. One size of integer, so that a statement is prepared once, whatever its values."""
    adapters = driver.adapters
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(IntArray, _IntArrayDumper)
    adapters.register_dumper(BytesArray, _BytesArrayDumper)
    adapters.register_dumper(TextArray, _TextArrayDumper)
    adapters.register_loader("numeric", _WholeNumberLoader)
    adapters.register_loader("numeric", _WholeNumberBinaryLoader)


def _header(count: int, oid: int) -> bytes:
    return (
        struct.pack(">iiiii", 1 if count else 0, 1, oid, count, 1)
        if count
        else struct.pack(">iii", 0, 0, oid)
    )


def pack_ints(values: Sequence[int | None]) -> IntArray:
    """Integers or nulls. Raises OverflowError beyond 64 bits."""
    header = _header(len(values), _INT8)
    if None in values:
        return IntArray(header + b"".join(_NULL if v is None else _eight(8, v) for v in values))
    packed = np.empty(len(values), dtype=[("length", ">i4"), ("value", ">i8")])
    packed["length"] = 8
    packed["value"] = np.array(values, dtype=np.int64)
    return IntArray(header + packed.tobytes())


def pack_bytes(values: Sequence[bytes | bytearray | memoryview | None]) -> BytesArray:
    """Bytes or nulls."""
    parts: list[bytes | bytearray | memoryview] = [_header(len(values), _BYTEA)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            parts += (_length(len(value)), value)
    return BytesArray(b"".join(parts))


def pack_texts(values: Sequence[str | None]) -> TextArray:
    """Texts or nulls."""
    parts = [_header(len(values), _TEXT)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            encoded = value.encode()
            parts += (_length(len(encoded)), encoded)
    return TextArray(b"".join(parts))

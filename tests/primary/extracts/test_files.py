"""Formats, and files that are broken: each says what and where."""

import gzip
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.kernel import InvalidInput
from dawam.primary.extracts import load_mapping, mapping_from_toml, read_extract

HEADER = "when,account,amount,balance"
ROW = "2026-01-01T00:00:00Z,A,1.10,1.10"
MAPPING = b"""
name = "m"
[time]
column = "when"
format = "rfc3339"
[money]
currency = "EGP"
[account]
column = "account"
balance_after = "balance"
[amount]
column = "amount"
"""
COUNTED = MAPPING.replace(b'format = "rfc3339"', b'unit = "hour"\nstart = 2026-01-01T00:00:00Z')


def amounts(path: Path, mapping: bytes = MAPPING) -> list[int]:
    return [b.amount_minor for b in read_extract(path, mapping_from_toml(mapping, source="m")).bookings]


def refusal(path: Path, mapping: bytes = MAPPING) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        amounts(path, mapping)
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("", "extract_empty", None),
        ("\n\n", "extract_empty", None),
        (f"{HEADER}\n", "extract_empty", None),
        (f"{HEADER}\n{ROW}\n{ROW},5\n", "extract_row_field_count", 3),
        (f"{HEADER}\n{ROW}\n\n2026-01-01T00:00:00Z,A\n", "extract_row_field_count", 4),
        (f'{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,"A"x,1,2.10\n', "extract_row_malformed", 3),
        (f'{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,"A,1,2.10\n{ROW}\n', "extract_row_malformed", 3),
        (f"{HEADER}\n{ROW}\n".encode() + b"2026-01-01T00:00:00Z,\xff,1,1\n", "extract_encoding_broken", 3),
        ("when,account,amount,balances\n", "extract_column_missing", None),
        ("when,account,amount,balance,amount\n", "extract_column_repeated", None),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,abc,2\n", "extract_amount_malformed", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,0.901,2\n", "extract_amount_not_minor_units", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,1,92233720368547758.08\n", "extract_amount_too_large", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,1,\n", "extract_amount_malformed", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z, ,1,1\n", "extract_account_missing", 3),
        (f"{HEADER}\n{ROW}\n2026-13-01T00:00:00Z,A,1,2.10\n", "extract_time_malformed", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01,A,1,2.10\n", "extract_time_malformed", 3),
        (f"{HEADER}\n{ROW}\n2025-01-01T00:00:00Z,A,1,2.10\n", "extract_time_backwards", 3),
        (f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,1,2.11\n", "extract_balance_contradicts", 3),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_line(written, content, code, line):
    failure = refusal(written(content))
    assert failure.code == code
    assert failure.params["file"] == "feed.csv"
    assert failure.params.get("line") == line


def test_a_missing_file_a_folder_and_an_unreadable_one_are_named(tmp_path):
    assert refusal(tmp_path / "none.csv").code == "extract_not_found"
    assert refusal(tmp_path).code == "extract_unreadable"


def test_a_missing_column_comes_with_the_setting_and_the_nearest_column(written):
    failure = refusal(written("when,acount,amount,balance\n"))
    assert failure.code == "extract_column_missing"
    assert failure.params["column"] == "account"
    assert failure.params["setting"] == "account.column"
    assert failure.params["nearest"] == "acount"


def test_a_line_is_where_the_row_begins_also_after_quoted_line_breaks(written):
    content = f'{HEADER}\n2026-01-01T00:00:00Z,"A\nB",1,1\n\n2026-01-01T00:00:00Z,C,x,1\n'
    assert refusal(written(content)).params["line"] == 5


def test_a_gzip_is_known_by_its_first_bytes(written):
    packed = gzip.compress(f"{HEADER}\n{ROW}\n".encode())
    assert amounts(written(packed, "feed.csv.gz")) == [110]
    assert amounts(written(packed, "feed")) == [110]


def test_a_truncated_gzip_is_refused_whole(written):
    packed = gzip.compress(f"{HEADER}\n{ROW}\n".encode() * 50)
    assert refusal(written(packed[:-12], "feed.csv.gz")).code == "extract_gzip_broken"
    assert refusal(written(packed[:20] + b"\0\0\0\0" + packed[24:], "a.csv.gz")).code == "extract_gzip_broken"
    assert refusal(written(packed + b"tail", "b.csv.gz")).code == "extract_gzip_broken"


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(written):
    assert amounts(written(f"\ufeff{HEADER}\r\n{ROW}\r\n")) == [110]


def test_another_encoding_is_read_when_the_mapping_says_so(written):
    content = f"{HEADER}\n{ROW}\n".replace("account", "compté").encode("latin-1")
    mapping = MAPPING.replace(b'column = "account"', 'column = "compté"'.encode())
    assert amounts(written(content), mapping + b'[file]\nencoding = "latin-1"\n') == [110]
    assert refusal(written(content), mapping).code == "extract_encoding_broken"


def test_numbers_in_ndjson_keep_their_digits(written):
    lines = (
        '{"when":"2026-01-01T00:00:00Z","account":"A","amount":90071992547409.93,"balance":90071992547409.93}',
        "",
        '{"balance":90071992547410.93,"when":"2026-01-01T00:00:00Z","account":"A","amount":1,"more":null}',
    )
    for name in ("feed.ndjson", "feed.jsonl"):
        assert amounts(written("\n".join(lines), name)) == [9007199254740993, 100]
    assert amounts(written(gzip.compress("\n".join(lines).encode()), "feed.ndjson.gz")) == [
        9007199254740993,
        100,
    ]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ('{"when":"2026-01-01T00:00:00Z","account":"A","amount":1', "extract_row_malformed"),
        ("[1]", "extract_row_malformed"),
        ('{"when":' + "[" * 100_000, "extract_row_malformed"),
        ('{"when":"t","account":"A","amount":' + "9" * 5_000 + ',"balance":1}', "extract_row_malformed"),
        (
            '{"when":"2026-01-01T00:00:00Z","account":"A","amount":{"v":1},"balance":2}',
            "extract_row_malformed",
        ),
        (
            '{"when":"2026-01-01T00:00:00Z","account":"A","amount":1e0,"balance":2.10}',
            "extract_amount_malformed",
        ),
        ('{"when":"2026-01-01T00:00:00Z","amount":1,"balance":2.10}', "extract_account_missing"),
        (b'{"when":"\xff"}', "extract_encoding_broken"),
    ],
)
def test_a_bad_line_of_ndjson_is_named(written, second, code):
    first = b'{"when":"2026-01-01T00:00:00Z","account":"A","amount":1.1,"balance":1.1}\n'
    failure = refusal(written(first + (second if isinstance(second, bytes) else second.encode()), "f.ndjson"))
    assert (failure.code, failure.params["line"]) == (code, 2)


def test_ndjson_without_rows_or_without_a_column_is_refused(written):
    assert refusal(written("\n", "f.ndjson")).code == "extract_empty"
    assert (
        refusal(written('{"when":"x","account":"A","amount":1}', "f.ndjson")).code == "extract_column_missing"
    )


def test_parquet_is_read_with_decimals_and_typed_times(tmp_path):
    path = tmp_path / "feed.parquet"
    frame = pl.DataFrame(
        {"when": ["2026-01-01T00:00:00"] * 2, "account": ["A"] * 2, "amount": ["1.10", "-0.10"]}
    )
    frame.with_columns(
        pl.col("when").str.to_datetime(),
        pl.col("amount").cast(pl.Decimal(18, 2)),
        pl.Series("balance", ["1.10", "1.00"]),
    ).write_parquet(path)
    extract = read_extract(path, mapping_from_toml(MAPPING, source="m"))
    assert [(b.row, b.amount_minor, b.booked_at.year) for b in extract.bookings] == [
        (1, 110, 2026),
        (2, -10, 2026),
    ]


def test_an_amount_kept_as_a_float_in_parquet_is_refused(tmp_path):
    path = tmp_path / "feed.parquet"
    pl.DataFrame({"when": ["x"], "account": ["A"], "amount": [1.1], "balance": ["1.1"]}).write_parquet(path)
    failure = refusal(path)
    assert (failure.code, failure.params["column"]) == ("extract_column_is_float", "amount")


def test_a_parquet_with_lists_for_amounts_or_without_rows_is_refused(tmp_path):
    path = tmp_path / "feed.parquet"
    frame = pl.DataFrame({"when": ["x"], "account": ["A"], "amount": [[1]], "balance": ["1.1"]})
    frame.write_parquet(path)
    assert refusal(path).code in {
        "extract_parquet_broken",
        "extract_amount_malformed",
        "extract_time_malformed",
    }
    frame.with_columns(pl.lit("1").alias("amount")).clear().write_parquet(path)
    assert refusal(path).code == "extract_empty"


def test_a_broken_parquet_is_refused(written):
    assert refusal(written(b"PAR1 and nothing else", "feed.parquet")).code == "extract_parquet_broken"


@pytest.mark.parametrize(
    ("setting", "told", "hour"),
    [
        (b'format = "unix_s"', "1767229200", 1),
        (b'format = "unix_ms"', "1767229200000", 1),
        (b'format = "unix_us"', "1767229200000000", 1),
        (b'format = "%d/%m/%Y %H:%M"\nzone = "Africa/Cairo"', "01/01/2026 03:00", 1),
        (b'format = "%Y-%m-%d %H:%M%z"', "2026-01-01 04:00+03:00", 1),
        (b'format = "rfc3339"', "2026-01-01T02:00:00+01:00", 1),
        (b'unit = "minute"\nstart = 2026-01-01T00:00:00Z', "60", 1),
    ],
)
def test_times_are_read_as_the_mapping_says(written, setting, told, hour):
    mapping = mapping_from_toml(MAPPING.replace(b'format = "rfc3339"', setting), source="m")
    extract = read_extract(written(f"{HEADER}\n{told},A,1,1\n"), mapping)
    assert (extract.first_at.year, extract.first_at.day, extract.first_at.hour) == (2026, 1, hour)


@pytest.mark.parametrize(
    "told", ["", "1.5", "x", "99999999999999999999", "999999999999", "-9223372036854775808"]
)
def test_a_count_of_time_that_is_no_moment_is_refused(written, told):
    assert refusal(written(f"{HEADER}\n{told},A,1,1\n"), COUNTED).code == "extract_time_malformed"


def test_a_local_time_that_the_clocks_skip_is_refused(written):
    skipped = MAPPING.replace(b'"rfc3339"', b'"%Y-%m-%d %H:%M"\nzone = "Europe/Prague"')
    assert refusal(written(f"{HEADER}\n2026-03-29 02:30,A,1,1\n"), skipped).code == "extract_time_malformed"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1;9;930101;SIDEWAYS;VKLAD;1;1;;;", "extract_direction_unknown"),
        ("1;9;930101;PRIJEM;LOTTERY;1;1;;;", "extract_kind_unknown"),
        ("1;9;931301;PRIJEM;VKLAD;1;1;;;", "extract_time_malformed"),
        (";9;930101;PRIJEM;VKLAD;1;1;;;", "extract_reference_missing"),
    ],
)
def test_a_word_that_the_mapping_does_not_know_is_named(written, row, code):
    header = "trans_id;account_id;date;type;operation;amount;balance;k_symbol;bank;account"
    with pytest.raises(InvalidInput) as caught:
        read_extract(written(f"{header}\n{row}\n"), load_mapping("bank"))
    assert (caught.value.code, caught.value.params["line"]) == (code, 2)


SEED_FILES = {
    "signed.csv": (MAPPING, f"{HEADER}\n{ROW}\n2026-01-01T00:00:00Z,A,-1,0.10\n".encode()),
    "signed.csv.gz": (MAPPING, gzip.compress(f"{HEADER}\n{ROW}\n".encode())),
    "signed.ndjson": (MAPPING, b'{"when":"2026-01-01T00:00:00Z","account":"A","amount":1,"balance":"1"}\n'),
    "counted.csv": (COUNTED, f"{HEADER}\n1,A,1,1\n2,A,1,2\n".encode()),
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SEED_FILES)), st.data())
def test_whatever_a_file_holds_it_is_read_or_refused_and_nothing_else(tmp_path_factory, name, data):
    mapping, content = SEED_FILES[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 6, len(content))))
    damaged = content[:start] + data.draw(st.binary(max_size=6)) + content[end:]
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(damaged)
    with suppress(InvalidInput):
        assert amounts(path, mapping)

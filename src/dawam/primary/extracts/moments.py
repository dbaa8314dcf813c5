"""When each row happened: parse its time, order the rows, give each its own microsecond.

Moments are microseconds since 1970 (UTC), from 1900 to 2260.
"""

import polars as pl

from dawam.kernel import InvalidInput, from_rfc3339, to_ns
from dawam.primary.extracts.files import ROW
from dawam.primary.extracts.mapping import Order, RowsSection, TimeSection, Unit

MOMENT = "moment"
SLOT = "slot"
_UNIT_S = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3_600, Unit.DAY: 86_400}
_COUNTED = {"unix_s": 1_000_000, "unix_ms": 1_000, "unix_us": 1}
_EARLIEST_US, _LATEST_US = -2_208_988_800_000_000, 9_183_110_400_000_000


def with_moments(frame: pl.DataFrame, time: TimeSection, *, file: str) -> pl.DataFrame:
    """Add `moment`, as the row tells it. Raises: InvalidInput `extract_time_malformed`."""
    moments = _parsed(frame["time.column"], time).alias(MOMENT)
    bad = ~moments.is_between(_EARLIEST_US, _LATEST_US).fill_null(False)
    if bad.any():
        raise InvalidInput(
            "extract_time_malformed",
            file=file,
            line=frame[ROW][bad.arg_max() or 0],
            column=time.column,
            format=time.format or f"a whole number of {time.unit}s",
        )
    return frame.with_columns(moments.cast(pl.Int64))


def _parsed(told: pl.Series, time: TimeSection) -> pl.Series:
    if told.dtype.is_temporal():
        return _in_utc(told.cast(pl.Datetime("us", getattr(told.dtype, "time_zone", None))), time.zone)
    texts = told.str.strip_chars()
    if time.unit is not None and time.start is not None:
        return _counted(texts, _UNIT_S[time.unit] * 1_000_000) + to_ns(time.start) // 1_000
    form = time.format or "rfc3339"
    if form in _COUNTED:
        return _counted(texts, _COUNTED[form])
    if form == "rfc3339":
        return pl.Series([_rfc3339_us(text) for text in texts], dtype=pl.Int64)
    return _in_utc(texts.str.to_datetime(form, strict=False, time_unit="us"), time.zone)


def _counted(texts: pl.Series, unit_us: int) -> pl.Series:
    """Null where the count is no whole number, or beyond any moment."""
    counts = texts.cast(pl.Int64, strict=False).to_frame("count")
    most = 2 * _LATEST_US // unit_us
    count = pl.col("count")
    return counts.select(pl.when(count.is_between(-most, most)).then(count * unit_us)).to_series()


def _rfc3339_us(text: str) -> int | None:
    try:
        return to_ns(from_rfc3339(text)) // 1_000
    except InvalidInput:
        return None


def _in_utc(moments: pl.Series, zone: str) -> pl.Series:
    """A local time that the clocks skip has no moment; of one that they repeat, the first counts."""
    if getattr(moments.dtype, "time_zone", None) is None:
        moments = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return moments.dt.epoch("us")


def in_time_order(frame: pl.DataFrame, rows: RowsSection, *, file: str) -> pl.DataFrame:
    """The rows as time tells; of one moment, as in the file.

    Raises: InvalidInput `extract_time_backwards`, when the file's order was to count and does not.
    """
    if rows.order is not Order.FILE:
        return frame.sort(MOMENT, maintain_order=True)
    backwards = frame[MOMENT].diff().fill_null(0) < 0
    if backwards.any():
        raise InvalidInput("extract_time_backwards", file=file, line=frame[ROW][backwards.arg_max() or 0])
    return frame


def with_slots(frame: pl.DataFrame, time: TimeSection) -> pl.DataFrame:
    """Add `slot`: the rows of one moment spread evenly over what the moment stands for, in their order."""
    spread_s = time.spread_s
    if spread_s is None:
        spread_s = _UNIT_S[time.unit] if time.unit else 0
    rank = pl.int_range(pl.len(), dtype=pl.Int64).over(MOMENT)
    share = rank * (spread_s * 1_000_000) // pl.len().over(MOMENT)
    return frame.with_columns((pl.col(MOMENT) + share).alias(SLOT))


def strictly_increasing(slots: pl.Series) -> pl.Series:
    """Each at least a microsecond after the one before, and no later than that needs."""
    steps = pl.Series(range(len(slots)), dtype=pl.Int64)
    return (slots - steps).cum_max() + steps

"""Nanoseconds since 1970 as texts, in UTC, exact: a `datetime` would cut them to microseconds."""

from datetime import date
from functools import lru_cache

_NS_PER_S = 1_000_000_000
_S_PER_DAY = 86_400
_NS_PER_DAY = _S_PER_DAY * _NS_PER_S
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def date_text(moment_ns: int) -> str:
    """`2026-11-21`: the day in UTC."""
    return _day_text(moment_ns // _NS_PER_DAY)


def moment_text(moment_ns: int) -> str:
    """`2026-11-21T10:42:00.000000001Z`: RFC 3339 with nine decimals."""
    day, within = divmod(moment_ns, _NS_PER_DAY)
    second, nanosecond = divmod(within, _NS_PER_S)
    minute, second = divmod(second, 60)
    return f"{_day_text(day)}T{minute // 60:02}:{minute % 60:02}:{second:02}.{nanosecond:09}Z"


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return date.fromordinal(_EPOCH_DAY + day).isoformat()

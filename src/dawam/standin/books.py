"""Where an institution's books stand: how far the mirror is, and what the primary does not know yet."""

from datetime import datetime

import msgspec


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and sums only. `quiet`: nothing is left to deliver or to settle."""

    accounts: int
    last_seq: int
    last_booked_at: datetime | None
    exposure_minor: int
    exposure_cap_minor: int
    waiting: int
    applied: int
    already_applied: int
    parked: int
    written_off: int
    quiet: bool

"""How long to wait for a primary, and how much to read."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3_600)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class LinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The HTTP link's limits. Durations in seconds; page: docs/primary-contract.md."""

    connect_s: Seconds = 0.5
    health_s: Seconds = 1.0
    balance_s: Seconds = 1.0
    payment_s: Seconds = 2.0
    events_s: Seconds = 2.0
    snapshot_idle_s: Seconds = 30.0
    connections: Count = 64
    idle_s: Seconds = 3.0
    answer_bytes: Count = 65_536
    page_bytes: Count = 16_777_216
    token: str | None = None

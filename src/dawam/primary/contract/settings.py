"""How long to wait for a primary, and how much to read."""

import msgspec


class LinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The HTTP link's limits. Durations in seconds; page: docs/primary-contract.md."""

    connect_s: float = 0.5
    health_s: float = 1.0
    balance_s: float = 1.0
    payment_s: float = 2.0
    events_s: float = 2.0
    snapshot_idle_s: float = 30.0
    connections: int = 64
    idle_s: float = 3.0
    answer_bytes: int = 65_536
    page_bytes: int = 16_777_216
    token: str | None = None

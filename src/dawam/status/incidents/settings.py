"""What an operator may set about incidents. Page: docs/configuration.md."""

from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]


class MajorThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When an incident counts as major, and when the regulator must have which report.

    Source: Regulation (EU) 2022/2554, articles 18 and 19; Delegated Regulation (EU) 2024/1772, articles 6, 8
    and 9; Delegated Regulation (EU) 2025/301, article 5.
    """

    clients_percent: Annotated[float, msgspec.Meta(gt=0, le=100)] = 10.0
    clients: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    duration_s: Seconds = 86_400.0
    downtime_s: Seconds = 7_200.0
    impact_eur: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    critical: tuple[str, ...] = ("balance", "payment", "withdrawal")
    initial_after_major_s: Seconds = 14_400.0
    initial_after_known_s: Seconds = 86_400.0
    intermediate_after_s: Seconds = 259_200.0
    final_after_months: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1


class IncidentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How incidents open, merge, speak and close by themselves.

    `notice_every_s`: no automatic notice of an incident comes sooner after the one before. `reopen_within_s`:
    what fails again so soon after all was normal is the same incident. `close_after_quiet_s`: after that long
    without a failure it closes by itself, or `never`.
    """

    notice_every_s: Seconds = 120.0
    reopen_within_s: Seconds = 900.0
    close_after_quiet_s: Seconds | Literal["never"] = 86_400.0
    look_for_affected_every_s: Seconds = 60.0
    major: MajorThresholds = MajorThresholds()

    def __post_init__(self) -> None:
        """An incident closes only when nothing can reopen it any more."""
        if self.close_after_quiet_s != "never" and self.close_after_quiet_s < self.reopen_within_s:
            raise ValueError("close_after_quiet_s must not be less than reopen_within_s")

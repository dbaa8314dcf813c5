"""What an operator may set about people who sign in. Page: docs/configuration.md."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100)]


class PeopleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long sessions, codes and invitations hold, and how often somebody may try.

    `country_code` stands before a phone number that is written the national way: 010… becomes +2010….
    """

    country_code: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}$")] = "20"
    customer_idle_s: Seconds = 900.0
    customer_longest_s: Seconds = 28_800.0
    staff_idle_s: Seconds = 1_800.0
    staff_longest_s: Seconds = 43_200.0
    recent_sign_in_s: Seconds = 900.0
    code_lasts_s: Seconds = 300.0
    code_tries: Count = 5
    codes_at_once: Count = 3
    code_again_after_s: Seconds = 300.0
    tries_per_address: Count = 20
    address_try_every_s: Seconds = 15.0
    invitation_lasts_s: Seconds = 172_800.0

    def __post_init__(self) -> None:
        """A session cannot be idle for longer than it lasts."""
        if self.customer_idle_s > self.customer_longest_s:
            raise ValueError("customer_idle_s must not be over customer_longest_s")
        if self.staff_idle_s > self.staff_longest_s:
            raise ValueError("staff_idle_s must not be over staff_longest_s")

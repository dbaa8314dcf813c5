"""What an operator may set about subscriptions. Page: docs/subscriptions.md."""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class SubscriptionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long things hold, how often one may ask, and which kinds of notice are urgent.

    A notice that could not be delivered for `notice_lasts_h` is not delivered any more. An address that
    refuses `refusals` messages in a row is let go.
    """

    code_lasts_min: Count = 30
    code_tries: Count = 5
    asks_at_once: Count = 5
    ask_every_s: Positive = 300.0
    asks_an_address: Count = 3
    asks_in_all_per_min: Count = 120
    left_alone_days: Count = 180
    notice_lasts_h: Count = 24
    urgent_kinds: tuple[str, ...] = ("incident",)
    refusals: Count = 3

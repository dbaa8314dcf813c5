"""What an operator may set about customers' pages. Page: docs/configuration.md."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class CustomerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long things hold, and how often somebody may try."""

    balance_within_s: Seconds = 2.0
    """A balance that takes longer is not waited for: the page says so and shows the others."""
    statement_entries: Annotated[int, msgspec.Meta(ge=1, le=200)] = 25
    """Entries on a page of a statement."""
    notices_shown_for_s: Seconds = 172_800.0
    """A notice that nothing has replaced leaves the customer's first page after this time."""
    send_lasts_s: Seconds = 1_800.0
    """A payment that was begun and not sent is forgotten after this time."""
    name_checks_at_once: Count = 6
    """How many names of payees a customer may have checked at once."""
    name_check_again_after_s: Seconds = 300.0
    """After how long one more check is possible."""
    cash_out_lasts_s: Seconds = 900.0
    """How long a cash-out code holds."""
    cash_out_tries: Count = 3
    """Wrong particulars that end a cash-out code."""
    cash_outs_open: Count = 3
    """Cash-out codes that a customer may have open at once."""
    complaints_at_once: Count = 5
    """How many complaints a customer may file at once."""
    complaint_again_after_s: Seconds = 600.0
    """After how long one more complaint is possible."""

"""A complaint and its limits; pure. What was written stands in the news only, never in the list."""

from datetime import datetime
from enum import StrEnum

import msgspec

from dawam.kernel import InvalidInput
from dawam.web import Locale

COMPLAINT_FILED = "complaint_filed"
TEXT_MAX, HAPPENED_MAX, REACH_MAX = 2_000, 100, 200


class Nature(StrEnum):
    """What a complaint is about."""

    BALANCE = "balance"
    PAYMENT = "payment"
    CASH = "cash"
    CHEQUE = "cheque"
    OUTAGE = "outage"
    OTHER = "other"


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer wrote: the body of `complaint_filed`."""

    id: str
    reference: str
    customer: str
    kind: Nature
    text: str
    happened: str
    reach: str
    locale: Locale
    filed_at: datetime
    institution: str | None = None
    account: str | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as it is listed."""

    id: str
    customer: str
    filed_at: datetime
    kind: Nature

    @property
    def reference(self) -> str:
        """The number that the customer keeps."""
        return reference_of(self.id)


def reference_of(identifier: str) -> str:
    """Eight characters that people can read out."""
    return f"{identifier[-8:-4]}-{identifier[-4:]}"


def checked(complaint: Complaint) -> Complaint:
    """Within its limits. Raises: InvalidInput `complaint_empty`, `complaint_too_long`."""
    if not complaint.text:
        raise InvalidInput("complaint_empty")
    if (
        len(complaint.text) > TEXT_MAX
        or len(complaint.happened) > HAPPENED_MAX
        or len(complaint.reach) > REACH_MAX
    ):
        raise InvalidInput("complaint_too_long", text=TEXT_MAX, happened=HAPPENED_MAX, reach=REACH_MAX)
    return complaint

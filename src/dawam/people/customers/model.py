"""A customer and what they hold; pure."""

import msgspec

from dawam.web import Locale


class Holding(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An account or wallet of a customer; `label` is what they call it."""

    institution: str
    account: str
    label: str = ""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """One customer. `phone` is E.164 (`+201001234567`), empty without one; so is `email`."""

    id: str
    name: str
    phone: str = ""
    email: str = ""
    locale: Locale = "ar"
    holdings: tuple[Holding, ...] = ()

"""Payments: decided by the primary where it can be asked, by policy where it cannot; each exactly once.

Promises: the money is held before anybody is asked; a decision and its advice are one commit; an unknown
outcome is settled by asking with the same id, never by a second payment.
"""

from dawam.standin.decisions.model import Account, Usage, capability_of, day_start, decide, share_left
from dawam.standin.decisions.service import Payments
from dawam.standin.decisions.settler import Settler
from dawam.standin.decisions.tables import TABLES, payments

__all__ = [
    "TABLES",
    "Account",
    "Payments",
    "Settler",
    "Usage",
    "capability_of",
    "day_start",
    "decide",
    "payments",
    "share_left",
]

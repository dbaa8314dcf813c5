"""Cash-out codes: shown once, kept as a keyed hash, good for one payment to an agent."""

from dawam.portal.customer.cash_outs.model import DIGITS, CashOut, Seen, State, seen
from dawam.portal.customer.cash_outs.redeeming import Redeeming
from dawam.portal.customer.cash_outs.service import CashOuts
from dawam.portal.customer.cash_outs.tables import TABLES

__all__ = ["DIGITS", "TABLES", "CashOut", "CashOuts", "Redeeming", "Seen", "State", "seen"]

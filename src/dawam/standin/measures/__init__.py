"""What customers were given, measured: answers minute by minute, and shown balances checked again.

Promises: a balance is checked by another way than the one that it came by; what could not be checked is
counted as that; nothing kept or logged holds an account or an amount. Page: docs/stand-in.md, "Measured".
"""

from dawam.standin.measures.model import BalanceChecks
from dawam.standin.measures.service import Measures
from dawam.standin.measures.store import balance_checks, forget
from dawam.standin.measures.tables import TABLES

__all__ = ["TABLES", "BalanceChecks", "Measures", "balance_checks", "forget"]

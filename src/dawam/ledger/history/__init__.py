"""An account's past: statements, and balances as of any moment, by booking time and by effective time."""

from dawam.ledger.history.service import NOTHING, Counters, Place, counters_as_of, statement

__all__ = ["NOTHING", "Counters", "Place", "counters_as_of", "statement"]

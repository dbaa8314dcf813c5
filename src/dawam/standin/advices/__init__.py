"""Stand-in decisions on their way to the primary: delivered at least once, applied once, never lost.

What the primary refuses is parked with its reason until two people settle it.
"""

from dawam.standin.advices.book import AdviceBook, advice_states
from dawam.standin.advices.courier import Courier
from dawam.standin.advices.model import AdviceCounts, AdviceState, WaitingAdvice
from dawam.standin.advices.parked import ParkedAdvices, as_it_counts
from dawam.standin.advices.tables import TABLES, advices

__all__ = [
    "TABLES",
    "AdviceBook",
    "AdviceCounts",
    "AdviceState",
    "Courier",
    "ParkedAdvices",
    "WaitingAdvice",
    "advice_states",
    "advices",
    "as_it_counts",
]

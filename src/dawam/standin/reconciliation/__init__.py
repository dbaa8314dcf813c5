"""Primary, mirror and decisions compared, account by account and decision by decision.

Promise: every difference is named; a minor unit that no name explains is counted as unexplained.
"""

from dawam.standin.reconciliation.model import Difference, DifferenceKind, Reconciliation
from dawam.standin.reconciliation.service import Reconciler

__all__ = ["Difference", "DifferenceKind", "Reconciler", "Reconciliation"]

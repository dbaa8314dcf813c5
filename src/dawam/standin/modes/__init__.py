"""Who answers: a mode per capability, proposed by detectors, decided by one pure function.

Promise: every change is recorded with its evidence, and takes effect at once.
"""

from dawam.standin.modes.asked import Asked
from dawam.standin.modes.model import ModeChange
from dawam.standin.modes.prober import Prober
from dawam.standin.modes.service import Modes
from dawam.standin.modes.store import MODE_CHANGED
from dawam.standin.modes.tables import TABLES
from dawam.standin.modes.watch import Watch
from dawam.standin.modes.wording import evidence_in_words

__all__ = ["MODE_CHANGED", "TABLES", "Asked", "ModeChange", "Modes", "Prober", "Watch", "evidence_in_words"]

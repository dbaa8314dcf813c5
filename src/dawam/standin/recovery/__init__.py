"""The way back to the primary, by cohorts of customers, each gated by agreement.

Promise: a cohort goes back only when its advices are applied and its balances agree; a setback sends
everybody back to the stand-in.
"""

from dawam.standin.recovery.service import Recovery

__all__ = ["Recovery"]

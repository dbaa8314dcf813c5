"""What incidents ask of lower slices, given by the composition root."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from dawam.standin import BalanceChecks


class Touched(msgspec.Struct, frozen=True):
    """An account that met the outage: `why` is asked, withheld or decided; `at` when first."""

    account: str
    why: str
    at: datetime


def _nobody(institution: str) -> int:
    return 0


def _unmeasured(institution: str, since: datetime, until: datetime) -> BalanceChecks | None:
    return None


def _empty(institution: str, since: datetime, until: datetime) -> Iterable[Touched]:
    return ()


@dataclass(frozen=True, slots=True)
class Ports:
    """Each is called with an institution, from any thread, and must be quick or in pieces.

    `customers`: how many accounts it has. `balances`: what became of the balances shown in the minutes
    between two moments, None where nobody measures it. `affected`: which accounts asked, were withheld or
    had decisions taken between two moments.
    """

    customers: Callable[[str], int] = _nobody
    balances: Callable[[str, datetime, datetime], BalanceChecks | None] = _unmeasured
    affected: Callable[[str, datetime, datetime], Iterable[Touched]] = _empty

"""What incidents ask of lower slices, given by the composition root."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec


class Touched(msgspec.Struct, frozen=True):
    """An account that met the outage: `why` is asked, withheld or decided; `at` when first."""

    account: str
    why: str
    at: datetime


def _nobody(institution: str) -> int:
    return 0


def _none(institution: str, since: datetime, until: datetime) -> int:
    return 0


def _empty(institution: str, since: datetime, until: datetime) -> Iterable[Touched]:
    return ()


@dataclass(frozen=True, slots=True)
class Ports:
    """Each is called with an institution, from any thread, and must be quick or in pieces.

    `customers`: how many accounts it has. `wrong_shown`: how many false balances reached anybody between two
    moments. `affected`: which accounts asked, were withheld or had decisions taken between two moments.
    """

    customers: Callable[[str], int] = _nobody
    wrong_shown: Callable[[str, datetime, datetime], int] = _none
    affected: Callable[[str, datetime, datetime], Iterable[Touched]] = _empty

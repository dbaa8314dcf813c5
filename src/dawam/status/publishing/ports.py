"""What publishing asks of others; `app` wires them. What is not given is said to be not measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dawam.standin import BalanceChecks, Capability, CapabilityState
from dawam.status.notices import NameOf, Notices, plain_name
from dawam.status.publishing.uptime import Stretch
from dawam.status.windows import MaintenanceWindow, Times
from dawam.storage import Tx


class Desk(Protocol):
    """Who answers for an institution."""

    def capabilities(self) -> Sequence[CapabilityState]:
        """Every capability with its mode."""
        ...

    def can_stand_in(self) -> bool:
        """Whether the stand-in has anything to answer with."""
        ...


class WindowBook(Protocol):
    """Where announced work stands."""

    def upcoming(self, institution: str | None = None, limit: int = 50) -> Sequence[MaintenanceWindow]:
        """What is running or ahead, and public; the next first."""
        ...

    def between(self, institution: str, start: datetime, end: datetime) -> Sequence[MaintenanceWindow]:
        """What was announced and touches a stretch of time."""
        ...

    def window(self, window_id: str) -> MaintenanceWindow | None:
        """The window of an id."""
        ...

    def times_at(self, window_id: str, moment: datetime) -> Times | None:
        """The times of a window that held at a moment, extensions left out."""
        ...


class Incident(Protocol):
    """What went wrong, and when it may be over."""

    @property
    def id(self) -> str:
        """Its id, in addresses and as the subject of its notices."""
        ...

    @property
    def opened_at(self) -> datetime:
        """Since when."""
        ...

    @property
    def eta(self) -> datetime | None:
        """What was said last about when it is over."""
        ...

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed; its last notice is of that moment."""
        ...


class IncidentBook(Protocol):
    """Where incidents stand."""

    def open_incidents(self, institution: str | None = None) -> Sequence[Incident]:
        """What is not closed."""
        ...

    def incident(self, incident_id: str) -> Incident | None:
        """The incident of an id."""
        ...


class NoWindows:
    """Nobody plans work here."""

    def upcoming(self, institution: str | None = None, limit: int = 50) -> Sequence[MaintenanceWindow]:
        """None."""
        return ()

    def between(self, institution: str, start: datetime, end: datetime) -> Sequence[MaintenanceWindow]:
        """None."""
        return ()

    def window(self, window_id: str) -> MaintenanceWindow | None:
        """None."""
        return None

    def times_at(self, window_id: str, moment: datetime) -> Times | None:
        """None."""
        return None


class NoIncidents:
    """Nobody keeps incidents here."""

    def open_incidents(self, institution: str | None = None) -> Sequence[Incident]:
        """None."""
        return ()

    def incident(self, incident_id: str) -> Incident | None:
        """None."""
        return None


Gaps = Callable[[str, datetime, datetime], Mapping[Capability, Sequence[Stretch]]]
Checks = Callable[[str, datetime, datetime], BalanceChecks]
Forget = Callable[[Tx, str, datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything around. `desks` by institution, in the order in which they are shown.

    `unanswered`: times in which neither system answered, by capability; None: nobody measures them.
    `balances`: how many balances were shown between two moments, checked again, and wrong; None: nobody
    measures it. `counted`, in the transaction that keeps days: what was measured before a moment may go.
    """

    desks: Mapping[str, Desk]
    notices: Notices
    windows: WindowBook = field(default_factory=NoWindows)
    incidents: IncidentBook = field(default_factory=NoIncidents)
    name_of: NameOf = plain_name
    unanswered: Gaps | None = None
    balances: Checks | None = None
    counted: Forget | None = None

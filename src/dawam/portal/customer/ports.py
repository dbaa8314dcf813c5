"""What customers' pages need of others: who the customer is, what was announced."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dawam.people import Customer
from dawam.standin import Capability
from dawam.web import Locale


class Customers(Protocol):
    """The institution's list; `dawam.people.Customers` is one."""

    def customer(self, identifier: str) -> Customer | None:
        """By id."""
        ...

    def owner_of(self, institution: str, account: str) -> Customer | None:
        """Whose account it is."""
        ...


class Said(Protocol):
    """A title and a text in one language."""

    @property
    def title(self) -> str:
        """In one line."""
        ...

    @property
    def body(self) -> str:
        """In several lines, maybe."""
        ...


class Notice(Protocol):
    """Something that was said in public."""

    @property
    def id(self) -> str:
        """Its identifier."""
        ...

    @property
    def kind(self) -> str:
        """A word of whoever published it."""
        ...

    @property
    def texts(self) -> Mapping[Locale, Said]:
        """In every language."""
        ...

    @property
    def published_at(self) -> datetime:
        """When."""
        ...

    @property
    def code(self) -> str:
        """By which it can be checked."""
        ...

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it was taken back."""
        ...

    @property
    def replaced_by(self) -> str | None:
        """The notice that took its place."""
        ...


class Notices(Protocol):
    """What was published; `dawam.status.Notices` is one."""

    def recent(self, institution: str | None = None, limit: int = 50) -> Sequence[Notice]:
        """The newest first."""
        ...


class MaintenanceWindow(Protocol):
    """Work that was announced."""

    @property
    def id(self) -> str:
        """Its identifier."""
        ...

    @property
    def starts_at(self) -> datetime:
        """From when."""
        ...

    @property
    def ends_at(self) -> datetime:
        """Until when."""
        ...

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What it affects."""
        ...

    @property
    def goes_on(self) -> tuple[Capability, ...]:
        """What of that the stand-in keeps going."""
        ...

    @property
    def texts(self) -> Mapping[Locale, Said]:
        """In every language."""
        ...


class Windows(Protocol):
    """The calendar of maintenance; `dawam.status.Windows` is one."""

    def upcoming(self, institution: str | None = None, limit: int = 50) -> Sequence[MaintenanceWindow]:
        """What is running or ahead, the next first."""
        ...


class NoNotices:
    """Where nothing is published."""

    def recent(self, institution: str | None = None, limit: int = 50) -> Sequence[Notice]:
        """Nothing."""
        return ()


class NoWindows:
    """Where no maintenance is planned."""

    def upcoming(self, institution: str | None = None, limit: int = 50) -> Sequence[MaintenanceWindow]:
        """Nothing."""
        return ()

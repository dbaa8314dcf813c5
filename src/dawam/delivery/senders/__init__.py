"""The ways out: each takes one message and says what became of it."""

from typing import Protocol

from dawam.delivery.model import Outcome, Outgoing


class Sender(Protocol):
    """One way out. It never raises for what the other side does, and never shows an address or a text."""

    async def open(self) -> None:
        """Make ready to hear from the other side, where it speaks by itself; again is nothing."""
        ...

    async def send(self, message: Outgoing) -> Outcome:
        """Hand the message to the other side; it may be called again with the same `id`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

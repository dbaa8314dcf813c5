"""A fan-out and a page of its recipients. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dawam.delivery.model import Message


class Page(msgspec.Struct, frozen=True):
    """Messages to some recipients; `place` is where the next page begins, None after the last one."""

    messages: tuple[Message, ...]
    place: str | None


class FanOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told what, and how far it has come: `reached` counts messages."""

    id: str
    source: str
    subject: str
    place: str
    reached: int
    state: str

    @classmethod
    def of(cls, columns: Sequence[Any]) -> "FanOut":
        """One of its values, in the order of the fields."""
        return cls(**dict(zip(cls.__struct_fields__, columns, strict=True)))

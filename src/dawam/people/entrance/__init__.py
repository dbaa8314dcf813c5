"""The ways in and out: by passkey, by code, by invitation; and what people change about their own."""

from dawam.people.entrance.model import Entered, device_of, safe_next
from dawam.people.entrance.own import Own
from dawam.people.entrance.service import Entrance

__all__ = ["Entered", "Entrance", "Own", "device_of", "safe_next"]

"""When a session holds; pure.

Rules, in this order: one that was ended holds no more; nobody's session lasts longer than `longest_s` since
the sign-in; nor does one that was left alone for `idle_s`.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.web.pages import Kind


class How(StrEnum):
    """How somebody signed in."""

    PASSKEY = "passkey"
    CODE = "code"


class Ended(StrEnum):
    """Why a session holds no longer."""

    SIGNED_OUT = "signed_out"
    ELSEWHERE = "ended_elsewhere"
    IDLE = "idle"
    TOO_LONG = "too_long"
    DISMISSED = "dismissed"
    ROLES_CHANGED = "roles_changed"
    ROTATED = "rotated"
    GONE = "gone"


class Limits(msgspec.Struct, frozen=True):
    """How long sessions of a kind hold."""

    idle_s: float
    longest_s: float


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser that is signed in. `device` is `browser/system`, as far as they are known."""

    id: str
    digest: bytes
    kind: Kind
    person: str
    how: How
    began_at: datetime
    proved_at: datetime
    """When the person last showed a passkey or a code."""
    seen_at: datetime
    device: str
    ended: Ended | None = None


def end_of(session: Session, *, seen_at: datetime, limits: Limits, now: datetime) -> Ended | None:
    """Why the session holds no longer at `now`; None while it does."""
    if session.ended is not None:
        return session.ended
    if now - session.began_at >= timedelta(seconds=limits.longest_s):
        return Ended.TOO_LONG
    if now - seen_at >= timedelta(seconds=limits.idle_s):
        return Ended.IDLE
    return None

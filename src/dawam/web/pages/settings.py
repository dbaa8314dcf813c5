"""What an operator may set about the pages. Page: docs/configuration.md."""

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dawam.web.pages.places import networks_of

Count = Annotated[int, msgspec.Meta(ge=1)]


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where browsers reach the pages, and whose clock, digits and dates they show.

    `public_url` is what stands in links, messages and calendars, and to which passkeys are bound. `region`
    is a country of ISO 3166-1 (`EG`, `MA`): with the language it chooses digits, separators and dates.
    `trusted_proxies` are addresses and networks of our own reverse proxies: only what these write into
    `X-Forwarded-For` says where a browser comes from. Of the pages that are open and get news by themselves
    there may be `live_a_place` of one place and `live_in_all` of all places; of each session of the staff
    `live_a_session`, beside those.
    """

    public_url: str = "http://localhost:8080"
    time_zone: str = "Africa/Cairo"
    region: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] = "EG"
    trusted_proxies: tuple[str, ...] = ()
    live_a_place: Count = 200
    live_in_all: Count = 5_000
    live_a_session: Count = 20

    def __post_init__(self) -> None:
        """A usable address and a known zone."""
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("public_url must be like https://status.example.com")
        try:
            networks_of(self.trusted_proxies)
        except ValueError as error:
            raise ValueError(f"trusted_proxies must be addresses or networks: {error}") from None
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"time_zone {self.time_zone!r} is not in the IANA database") from None

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return self.public_url.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.origin.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return ZoneInfo(self.time_zone)

"""HTTP to addresses that others have chosen: only to public machines, checked after the name was resolved.

The connection goes to the very address that was checked, so that a name which means another machine a moment
later (DNS rebinding) gains nothing; redirects are not followed; no proxy, no cookies, no answer's body is
read. Source: OWASP, Server-Side Request Forgery Prevention.
"""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from ipaddress import ip_address, ip_network
from socket import AddressFamily
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from dawam.delivery.addresses import Network, is_public, literal, may_reach
from dawam.delivery.model import Later, Outcome, Refused
from dawam.kernel import World

_RETRY_AFTER_MAX_S = 86_400.0


class PrivateTarget(OSError):
    """The name means a machine that is not public."""


class CheckedResolver(AbstractResolver):
    """Names to addresses, of which none is private but those allowed."""

    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily | int = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises: PrivateTarget, when one of them may not be reached."""
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]  # a family is an int
        for each in found:
            if not may_reach(ip_address(each["host"].partition("%")[0]), self._allowed):
                raise PrivateTarget("not a public machine")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()


class OutsidePost:
    """Posts to targets that others have chosen."""

    def __init__(
        self,
        world: World,
        *,
        timeout_s: float,
        concurrency: int,
        allowed: Sequence[str] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._world = world
        self._allowed = [ip_network(each) for each in allowed]
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=timeout_s / 2)
        self._concurrency = concurrency
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int | Outcome:
        """The status of the answer, or why there is none; 429 and 503 are said as `Later`."""
        parts = urlsplit(url)
        host = literal(parts.hostname or "")
        if host is not None and not may_reach(host, self._allowed):
            return Refused("target_private")
        if parts.scheme != "https" and (host is None or is_public(host)):
            return Refused("target_plain")
        try:
            async with self._open().post(
                url, data=body, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as answer:
                if answer.status in (429, 503):
                    return Later("target_busy", self._after_s(answer.headers.get("Retry-After", "")))
                return answer.status
        except aiohttp.ClientConnectorError as error:
            private = isinstance(error.os_error, PrivateTarget)
            return Refused("target_private") if private else Later("target_unreachable")
        except TimeoutError:
            return Later("target_timeout")
        except (aiohttp.InvalidURL, UnicodeError, ValueError):
            return Refused("target_malformed")
        except (aiohttp.ClientError, OSError):
            return Later("target_unreachable")

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._concurrency,
                use_dns_cache=False,
                resolver=CheckedResolver(self._allowed, self._resolver),
            )
            self._session = aiohttp.ClientSession(
                connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _after_s(self, value: str) -> float | None:
        """Seconds of a `Retry-After`: a number, or a date."""
        if value.isascii() and value.isdigit():
            return min(float(value[:9]), _RETRY_AFTER_MAX_S)
        try:
            left = (parsedate_to_datetime(value) - self._world.clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
        return min(max(0.0, left), _RETRY_AFTER_MAX_S)

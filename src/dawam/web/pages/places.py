"""Where a request comes from, for limits only; never to decide who somebody is.

Rules, in this order: a peer that is no proxy of ours is the place itself, whatever it claims; of what our
proxies have written down (`X-Forwarded-For`, read from its end) the first that is none of them is the place;
what cannot be read counts for nothing, and the proxy is the place. Source: RFC 7239, 5.2 and 8.1.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

Network = IPv4Network | IPv6Network
_HOPS_MAX = 20
_LISTED_MAX = 2_000


def networks_of(given: Iterable[str]) -> tuple[Network, ...]:
    """Networks and single addresses. Raises: ValueError, when one is neither."""
    return tuple(ip_network(one) for one in given)


def place_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Who shares a limit with whom: the key for everything that limits by address."""
    peer = request.client.host if request.client is not None else ""
    proxies = request.app.state.get("trusted_proxies", ())
    listed = ",".join(request.headers.getall("x-forwarded-for", [])) if proxies else ""
    return place_behind(peer, listed, proxies)


def place_behind(peer: str, listed: str, proxies: Sequence[Network]) -> str:
    """The place of a peer that brings this list of hops."""
    here = _address(peer)
    if here is None:
        return peer[:64]
    hops = listed[-_LISTED_MAX:].split(",")[-_HOPS_MAX:]
    while hops and any(here in network for network in proxies):
        before = _address(_without_port(hops.pop().strip()))
        if before is None:
            break
        here = before
    return _shared(here)


def _address(said: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(said)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _without_port(said: str) -> str:
    """`192.0.2.1:4711` and `[2001:db8::1]:4711` without their ports."""
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said


def _shared(found: IPv4Address | IPv6Address) -> str:
    """An IPv4 address, or the 64 bits of IPv6 that one customer of a provider has."""
    return f"{int(found) >> 64:x}" if isinstance(found, IPv6Address) else str(found)

"""Where a request comes from: nobody chooses it, and nobody pays for what others do."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Request, get

from dawam.web import serving
from dawam.web.pages import FOR_ANYONE, Face, PageSettings, page_app, place_of, ruled
from dawam.web.pages.places import networks_of, place_behind

from .rooms import world

OURS = networks_of(["10.0.0.0/8", "2001:db8:aa::/48", "127.0.0.1"])


@pytest.mark.parametrize(
    ("peer", "listed", "place"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.99, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.99, 192.0.2.1, 10.7.7.7", "192.0.2.1"),
        ("::ffff:10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8:aa::1", "[2001:db8:1:2:3:4:5:6]:4711", "20010db800010002"),
        ("10.0.0.1", "2001:db8:1:2:ffff::1", "20010db800010002"),
        ("10.0.0.1", "192.0.2.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, ", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "192.0.2.1," * 300 + "10.0.0.9", "192.0.2.1"),
        ("2001:db8:1:2::9", "192.0.2.1", "20010db800010002"),
        ("testclient", "192.0.2.1", "testclient"),
    ],
)
def test_only_our_own_proxies_say_where_somebody_comes_from(peer: str, listed: str, place: str) -> None:
    assert place_behind(peer, listed, OURS) == place


@given(listed=st.text(), last=st.sampled_from(["192.0.2.1", "198.51.100.7"]))
def test_nothing_that_a_browser_writes_before_our_proxy_changes_its_place(listed: str, last: str) -> None:
    assert place_behind("10.0.0.1", f"{listed}, {last}", OURS) == last
    assert place_behind(last, listed, OURS) == last
    assert place_behind("10.0.0.1", listed, ()) == "10.0.0.1"


def test_a_setting_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        PageSettings(trusted_proxies=("all of them",))


@pytest.mark.parametrize(("trusted", "said"), [((), "127.0.0.1"), (("127.0.0.0/8",), "192.0.2.1")])
def test_a_server_without_the_setting_takes_nobodys_word_for_it(trusted: tuple[str, ...], said: str) -> None:
    @get("/place", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def place(request: Request[Any, Any, Any]) -> str:
        return place_of(request)

    app = page_app([place], face=Face(world(), PageSettings(trusted_proxies=trusted)))

    async def asked() -> str:
        async with serving(app, "127.0.0.1", 0) as address, httpx.AsyncClient() as browser:
            answer = await browser.get(f"{address.url}/place", headers={"x-forwarded-for": "192.0.2.1"})
            return answer.text

    assert asyncio.run(asked()) == said

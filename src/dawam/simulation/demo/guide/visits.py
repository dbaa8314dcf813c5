"""Somebody at Dawam's pages without a browser: what they read, and the forms that they send."""

from html.parser import HTMLParser

import aiohttp

from dawam.kernel import Unavailable

_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
_COOKIE = "dawam"


class Visit:
    """One person's visit. Without a key they are anybody, and keep the one that the first page gives them."""

    def __init__(self, session: aiohttp.ClientSession, site: str, key: str = "") -> None:
        self._session = session
        self._site = site
        self._key = key

    async def page(self, place: str) -> str:
        """A page. Raises: Unavailable `stage_process_failed`."""
        status, _, text = await self._ask("GET", place)
        if status != 200:
            raise refused(f"{place} answered {status}")
        return text

    async def form(self, place: str, action: str) -> dict[str, str]:
        """A form of a page, as it would be sent. Raises: Unavailable `stage_process_failed`."""
        found = fields_of(await self.page(place), action)
        if not found:
            raise refused(f"no form {action} on {place}")
        return found

    async def send(self, action: str, fields: dict[str, str]) -> tuple[str, str]:
        """Where the answer to a form leads, and its text. Raises: Unavailable `stage_process_failed`."""
        status, location, text = await self._ask("POST", action, fields)
        if status not in (200, 303):
            raise refused(f"{action} answered {status}")
        return location, text

    async def _ask(
        self, method: str, place: str, fields: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, where it leads, text."""
        headers = {"cookie": f"{_COOKIE}={self._key}"} if self._key else {}
        try:
            async with self._session.request(
                method,
                self._site + place,
                data=fields,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                if not self._key and _COOKIE in answer.cookies:
                    self._key = answer.cookies[_COOKIE].value
                return answer.status, answer.headers.get("location", ""), await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            raise refused(f"{place} was not answered") from None


def fields_of(page: str, action: str) -> dict[str, str]:
    """The form of a page that goes to an address, as it would be sent; empty where there is none."""
    reader = _Reader(action)
    reader.feed(page)
    return reader.fields


def refused(said: str) -> Unavailable:
    """A page did not do what it does for people."""
    return Unavailable("stage_process_failed", process="dawam", status=None, said=said)


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action = action
        self._inside = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self._action
        if not self._inside or not given.get("name"):
            return
        if tag == "textarea":
            self._area = given["name"]
            self.fields[self._area] = ""
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

"""A maintenance window as the staff makes one: by the console's own forms, two people for a short notice."""

from datetime import datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import aiohttp

from dawam.kernel import Unavailable
from dawam.simulation.demo.cast import APPROVER, COMMUNICATOR, Cast, Persona

_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
_SECONDS = "%Y-%m-%dT%H:%M:%S"


class Staff:
    """The communicator and the approver at their consoles."""

    def __init__(
        self, session: aiohttp.ClientSession, site: str, cast: Cast, *, institution: str, zone: ZoneInfo
    ) -> None:
        self._session = session
        self._site = site
        self._institution = institution
        self._zone = zone
        self._keys = {one: cast.keys(one)[-1] for one in (COMMUNICATOR, APPROVER)}

    async def holds(self, persona: Persona, key: str) -> bool:
        """Whether a session still lets its person in."""
        async with self._session.get(
            f"{self._site}/en/{persona.place}",
            headers={"cookie": f"dawam={key}"},
            timeout=_TIMEOUT,
            allow_redirects=False,
        ) as answer:
            return answer.status == 200

    async def maintain(self, starts_at: datetime, length: timedelta) -> str:
        """Plan, agree and announce a window that starts and ends by itself; its address in the console.

        Raises: Unavailable `stage_process_failed`, when a page refuses.
        """
        plan = "/en/console/windows/plan"
        fields = await self._form(COMMUNICATOR, plan, plan)
        fields |= {
            "institution": self._institution,
            "scope": "Wallet core, release 4.2",
            "starts_at": starts_at.astimezone(self._zone).strftime(_SECONDS),
            "ends_at": (starts_at + length).astimezone(self._zone).strftime(_SECONDS),
            "short_notice_reason": "A demonstration: the visitor wants to see it now.",
        }
        _, page = await self._send(COMMUNICATOR, plan, {**fields, "act": "texts"})
        proposed = fields_of(page, plan)
        place, _ = await self._send(COMMUNICATOR, plan, {**proposed, **_times(fields)})
        for persona, act in ((APPROVER, "approve"), (COMMUNICATOR, "announce")):
            await self._press(persona, place, act)
        return place

    async def finish(self, place: str) -> None:
        """End a window before its time, if it still runs."""
        page = await self._page(COMMUNICATOR, place)
        for act in ("finish", "cancel"):
            fields = fields_of(page, f"{place}/{act}")
            if fields:
                await self._send(
                    COMMUNICATOR, f"{place}/{act}", {**fields, "reason": "Everything is rolled back."}
                )
                return

    async def _press(self, persona: Persona, place: str, act: str) -> None:
        await self._send(persona, f"{place}/{act}", await self._form(persona, place, f"{place}/{act}"))

    async def _form(self, persona: Persona, place: str, action: str) -> dict[str, str]:
        found = fields_of(await self._page(persona, place), action)
        if not found:
            raise _refused(f"no form {action} for the {persona.id}")
        return found

    async def _page(self, persona: Persona, place: str) -> str:
        async with self._session.get(
            self._site + place, headers=self._headers(persona), timeout=_TIMEOUT
        ) as answer:
            if answer.status != 200:
                raise _refused(f"{place} answered {answer.status}")
            return await answer.text()

    async def _send(self, persona: Persona, action: str, fields: dict[str, str]) -> tuple[str, str]:
        """Where the answer leads, and its text."""
        async with self._session.post(
            self._site + action,
            data=fields,
            headers=self._headers(persona),
            timeout=_TIMEOUT,
            allow_redirects=False,
        ) as answer:
            if answer.status not in (200, 303):
                raise _refused(f"{action} answered {answer.status}")
            return answer.headers.get("location", ""), await answer.text()

    def _headers(self, persona: Persona) -> dict[str, str]:
        return {"cookie": f"dawam={self._keys[persona]}"}


def fields_of(page: str, action: str) -> dict[str, str]:
    """The form of a page that goes to an address, as it would be sent; empty where there is none."""
    reader = _Reader(action)
    reader.feed(page)
    return reader.fields


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


def _times(fields: dict[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in ("institution", "starts_at", "ends_at")}


def _refused(said: str) -> Unavailable:
    return Unavailable("stage_process_failed", process="dawam", status=None, said=said)

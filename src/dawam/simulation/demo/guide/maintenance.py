"""A maintenance window as the staff makes one: by the console's own forms, two people for a short notice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp

from dawam.kernel import Unavailable
from dawam.simulation.demo.cast import APPROVER, COMMUNICATOR, Cast, Persona
from dawam.simulation.demo.guide.visits import Visit, fields_of

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
        self._communicator = Visit(session, site, cast.keys(COMMUNICATOR)[-1])
        self._approver = Visit(session, site, cast.keys(APPROVER)[-1])

    async def holds(self, persona: Persona, key: str) -> bool:
        """Whether a session still lets its person in."""
        try:
            await Visit(self._session, self._site, key).page(f"/en/{persona.place}")
        except Unavailable:
            return False
        return True

    async def maintain(self, starts_at: datetime, length: timedelta) -> str:
        """Plan, agree and announce a window that starts and ends by itself; its address in the console.

        Raises: Unavailable `stage_process_failed`, when a page refuses.
        """
        plan = "/en/console/windows/plan"
        fields = await self._communicator.form(plan, plan)
        fields |= {
            "institution": self._institution,
            "scope": "Wallet core, release 4.2",
            "starts_at": starts_at.astimezone(self._zone).strftime(_SECONDS),
            "ends_at": (starts_at + length).astimezone(self._zone).strftime(_SECONDS),
            "short_notice_reason": "A demonstration: the visitor wants to see it now.",
        }
        _, page = await self._communicator.send(plan, {**fields, "act": "texts"})
        proposed = fields_of(page, plan)
        place, _ = await self._communicator.send(plan, {**proposed, **_times(fields)})
        for one, act in ((self._approver, "approve"), (self._communicator, "announce")):
            await one.send(f"{place}/{act}", await one.form(place, f"{place}/{act}"))
        return place

    async def finish(self, place: str) -> None:
        """End a window before its time, if it still runs."""
        page = await self._communicator.page(place)
        for act in ("finish", "cancel"):
            fields = fields_of(page, f"{place}/{act}")
            if fields:
                await self._communicator.send(
                    f"{place}/{act}", {**fields, "reason": "Everything is rolled back."}
                )
                return


def _times(fields: dict[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in ("institution", "starts_at", "ends_at")}

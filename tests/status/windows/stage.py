"""Windows over a clock that tests move, with ports that remember."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

from litestar.testing import TestClient

from dawam.kernel import TimeOrderedIds, World, id_to_text
from dawam.standin import Capability
from dawam.status.windows import (
    TABLES,
    TEMPLATES,
    Draft,
    MaintenanceSettings,
    Ports,
    Windows,
    page_routes,
)
from dawam.status.windows.texts import proposal
from dawam.storage import Storage
from dawam.web.pages import Face, Kind, PageSettings, Role, Visitor, page_app

START = datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday, 10:00 in Cairo
NIGHT = datetime(2026, 12, 8, 0, tzinfo=UTC)  # Tuesday, 02:00 in Cairo
RULES = MaintenanceSettings()
HOURS = timedelta(hours=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, moment=START):
        self.moment = moment

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()


class Remembered:
    """What the ports were told, in order."""

    def __init__(self):
        self.published, self.noted, self.scheduled, self.overruns, self.changed = [], [], {}, [], []
        self.healthy = True

    def ports(self):
        return Ports(
            publish=lambda tx, **said: self.published.append(said),
            note=lambda tx, **said: self.noted.append((said["act"], said["by"], said["reason"])),
            schedule=lambda institution, windows: self.scheduled.update({institution: list(windows)}),
            healthy=lambda _: self.healthy,
            overran=lambda tx, window, now: self.overruns.append((window.id, now)),
            changed=self.changed.append,
        )

    def titles(self, locale="en"):
        return [said["texts"][locale].title for said in self.published]


class Desk:
    """Everything that a test of windows needs, over one database."""

    def __init__(self, *, url="sqlite://", rules=None, world=None, storage=None):
        self.clock = Clock() if world is None else world.clock
        entropy = Random(7)
        self.world = world or World(self.clock, TimeOrderedIds(self.clock, entropy), entropy)
        self.storage = storage or Storage.open(url, tables=TABLES, inline=True)
        self.told = Remembered()
        self.rules = rules or {"misr": RULES, "atlas": RULES}
        self.windows = Windows(self.storage, self.world, self.rules, self.told.ports())

    def new_id(self):
        return id_to_text(self.world.ids.next())

    def draft(self, *, starts_at=NIGHT, length=2 * HOURS, institution="misr", **changes):
        wanted = {
            "id": self.new_id(),
            "institution": institution,
            "scope": "core banking, release 4.2",
            "starts_at": starts_at,
            "ends_at": starts_at + length,
            "capabilities": ("balance", "payment", "cheque"),
            "goes_on": ("balance", "payment"),
            "texts": texts(starts_at, length),
        }
        return Draft(**{**wanted, **changes})

    async def announced(self, **options):
        window = await self.windows.plan(self.draft(**options), by="amal")
        return await self.windows.announce(window.id, by="amal", once=self.new_id())


def texts(starts_at=NIGHT, length=2 * HOURS):
    return proposal(
        starts_at=starts_at,
        ends_at=starts_at + length,
        capabilities=[Capability.BALANCE, Capability.PAYMENT, Capability.CHEQUE],
        goes_on=[Capability.BALANCE, Capability.PAYMENT],
        rules=RULES,
    )


STAFF = {
    "amal": Visitor(kind=Kind.STAFF, id="amal", name="Amal", roles=frozenset({Role.OPERATOR}), key="amal"),
    "badr": Visitor(
        kind=Kind.STAFF, id="badr", name="Badr", roles=frozenset({Role.OPERATOR, Role.APPROVER}), key="badr"
    ),
    "vera": Visitor(kind=Kind.STAFF, id="vera", name="Vera", roles=frozenset({Role.VIEWER}), key="vera"),
    "omar": Visitor(
        kind=Kind.STAFF,
        id="omar",
        name="Omar",
        roles=frozenset(Role),
        institutions=("atlas",),
        key="omar",
    ),
}


class Sessions:
    def visitor(self, key):
        return STAFF.get(key)


class Browser:
    """A person at the pages."""

    def __init__(self, desk, who="", *, locale="en"):
        face = Face(desk.world, PageSettings(), templates=[TEMPLATES])
        app = page_app(page_routes(face, desk.windows), face=face, sessions=Sessions())
        self.locale = locale
        self.client = TestClient(app)
        self.client.headers["accept"] = "text/html"
        if who:
            self.client.cookies.set("dawam", who)

    def get(self, path, **options):
        return self.client.get(f"/{self.locale}{path}", follow_redirects=False, **options)

    def form(self, path):
        """The hidden fields of a page's forms; of each the last counts."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        return {
            name: re.findall(rf'name="{name}" value="([^"]+)"', page.text)[-1] for name in ("csrf", "once")
        }

    def post(self, path, fields):
        return self.client.post(f"/{self.locale}{path}", data=fields, follow_redirects=False)


def plan_fields(desk, **changes):
    said = texts()
    fields = {
        "institution": "misr",
        "scope": "core banking",
        "starts_at": "2026-12-08T02:00",
        "ends_at": "2026-12-08T04:00",
        "affected_balance": "on",
        "affected_payment": "on",
        "goes_on_balance": "on",
        **{f"title_{one}": said[one].title for one in said},
        **{f"body_{one}": said[one].body for one in said},
    }
    return {**fields, **changes}

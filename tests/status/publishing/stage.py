"""Publishing over a database and a clock that tests move, with a stand-in that says what it is told."""

from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from dawam.kernel import TimeOrderedIds, World
from dawam.standin import MODE_CHANGED, Capability, CapabilityState, Mode, ModeChange, Reason
from dawam.status import notices, publishing, windows
from dawam.status.notices import Notices, NoticeText
from dawam.status.publishing import Publisher, Sources, page_routes
from dawam.status.windows import MaintenanceSettings, Windows
from dawam.storage import Storage, outbox
from dawam.web.pages import Face, Live, PageSettings, page_app

START = datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday, 10:00 in Cairo
TABLES = [*outbox.TABLES, *notices.TABLES, *windows.TABLES, *publishing.TABLES]
SETTINGS = PageSettings(public_url="https://status.example.com")
TEXTS = {
    "ar": NoticeText("الأرصدة تأتي من النظام البديل", "منذ ١٠:٤٢."),
    "fr": NoticeText("Les soldes viennent du système de secours", "Depuis 10 h 42."),
    "en": NoticeText("Balances come from the standby system", "Since 10:42.\nNo payment is taken twice."),
}
HOSTILE = "<script>alert(1)</script>\u202e]]>&\x00\ud800\"'"


class Clock:
    """Time that moves when told to."""

    def __init__(self, at=START):
        self.at = at

    def now(self):
        return self.at

    def monotonic(self):
        return self.at.timestamp()

    def pass_s(self, seconds):
        self.at += timedelta(seconds=seconds)


class Desk:
    """Who answers, as told."""

    def __init__(self, now):
        self.states = {
            one: CapabilityState(
                capability=one, mode=Mode.NORMAL, reason=Reason.HEALTHY, since=now, share_percent=100
            )
            for one in Capability
        }

    mirrored = True

    def can_stand_in(self):
        return self.mirrored

    def capabilities(self):
        return list(self.states.values())

    def become(self, mode, reason, now, capabilities=tuple(Capability), share=0):
        for one in capabilities:
            self.states[one] = CapabilityState(
                capability=one, mode=mode, reason=reason, since=now, share_percent=share
            )


class Incident(msgspec.Struct):
    id: str
    opened_at: datetime
    eta: datetime | None = None
    closed_at: datetime | None = None


class Incidents:
    def __init__(self):
        self.open = []

    def open_incidents(self, institution=None):
        return [one for one in self.open if not one.closed_at] if institution in (None, "misr") else []

    def incident(self, incident_id):
        return next((one for one in self.open if one.id == incident_id), None)


class Stage:
    """Everything around publishing."""

    def __init__(self, url="sqlite://", *, world=None, inline=True, names=None, **sources):
        self.clock = Clock() if world is None else world.clock
        self.world = world or World(self.clock, TimeOrderedIds(self.clock, Random(3)), Random(3))
        self.storage = Storage.open(url, tables=TABLES, inline=inline)
        self.notices = Notices(self.storage, self.world, origin=SETTINGS.origin)
        rules = MaintenanceSettings()
        self.windows = Windows(self.storage, self.world, {"misr": rules, "atlas": rules})
        now = self.clock.now()
        self.desks = {"misr": Desk(now), "atlas": Desk(now)}
        self.incidents = Incidents()
        self.sources = Sources(
            desks=self.desks,
            notices=self.notices,
            windows=self.windows,
            incidents=self.incidents,
            name_of=lambda name, locale: (names or {"misr": "Bank of Egypt", "atlas": "Atlas"})[name],
            **sources,
        )
        self.live = Live(PageSettings())
        self.publisher = self.new_publisher()

    def new_publisher(self):
        return Publisher(self.storage, self.world, self.sources, live=self.live, settings=SETTINGS)

    def app(self):
        folders = [publishing.TEMPLATES, windows.TEMPLATES, notices.TEMPLATES]
        face = Face(self.world, SETTINGS, templates=folders)
        return page_app(page_routes(face, self.publisher), face=face)

    def change(self, mode, reason=Reason.UNREACHABLE, capabilities=tuple(Capability), share=0):
        """A change of mode, on the desk and as news."""
        now = self.clock.now()
        self.desks["misr"].become(mode, reason, now, capabilities, share)
        self.storage.write_now(lambda tx: self._put(tx, mode, reason, capabilities, share, now))

    def _put(self, tx, mode, reason, capabilities, share, now):
        for one in capabilities:
            change = ModeChange(
                institution="misr",
                capability=one,
                mode=mode,
                reason=reason,
                share_percent=share,
                at=now,
                evidence="",
            )
            outbox.put(tx, MODE_CHANGED, msgspec.json.encode(change), now=now)

    def publish(self, texts=TEXTS, *, subject="i-1", kind="incident", institution="misr", capabilities=None):
        return self.storage.write_now(
            lambda tx: self.notices.publish(
                tx,
                institution=institution,
                kind=kind,
                subject_id=subject,
                texts=texts,
                capabilities=capabilities or ("balance", "payment"),
                now=self.clock.now(),
            )
        )

    def withdraw(self, notice):
        self.storage.write_now(lambda tx: self.notices.withdraw(tx, notice.id, now=self.clock.now()))


def said(title="Title", body="Body"):
    return dict.fromkeys(("ar", "fr", "en"), NoticeText(title, body))

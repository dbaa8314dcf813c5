"""Sessions: begun at sign-in under a fresh key, looked up from memory, ended when they should.

The key that a browser holds starts with a mark, so that a cookie which never was a session costs no query.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from dawam.kernel import NotFound, World
from dawam.people.holders import Holder, Holders
from dawam.people.sessions import store
from dawam.people.sessions.model import Ended, How, Limits, Session, end_of
from dawam.people.settings import PeopleSettings
from dawam.storage import RowCache, Rows, Storage, Tx
from dawam.web.pages import Kind, Visitor, new_key

_MARK = "s."
_CAPACITY = 100_000
_KEPT_S = 2 * 86_400.0

Load = Callable[[Rows, str], Holder | None]


class OpenSessions:
    """The sessions of customers and staff; what pages ask for who visits (`web.pages.Sessions`)."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: PeopleSettings,
        holders: Holders,
        *,
        customers: Load,
        staff: Load,
    ) -> None:
        self._storage = storage
        self._world = world
        self._recent_s = settings.recent_sign_in_s
        self._holders = holders
        self._load = {Kind.CUSTOMER: customers, Kind.STAFF: staff}
        self._limits = {
            Kind.CUSTOMER: Limits(settings.customer_idle_s, settings.customer_longest_s),
            Kind.STAFF: Limits(settings.staff_idle_s, settings.staff_longest_s),
        }
        self._rows: RowCache[bytes, Session] = RowCache(_CAPACITY)
        storage.register(self._rows)
        self._seen: dict[bytes, datetime] = {}

    # queries

    def visitor(self, key: str) -> Visitor | None:
        """Whose session the cookie's value opens; None when it has ended or never began. It counts as use."""
        found = self.glance(key)
        if found is not None:
            self._seen[_digest(key)] = self._world.clock.now()
        return found

    def glance(self, key: str) -> Visitor | None:
        """The same, but what only looks, such as a page that is open, does not keep the session alive."""
        session = self._find(key)
        if session is None or self._end_of(session, self._world.clock.now()) is not None:
            return None
        holder = self._holder(session)
        if holder is None or not holder.active:
            return None
        return Visitor(
            kind=session.kind,
            id=session.person,
            name=holder.name,
            roles=holder.roles,
            institutions=holder.institutions,
            key=key,
        )

    def ended(self, key: str) -> Ended | None:
        """Why the session of this cookie holds no longer; None while it does, and when it never began."""
        session = self._find(key)
        if session is None:
            return None
        why = self._end_of(session, self._world.clock.now())
        if why is not None:
            return why
        holder = self._holder(session)
        if holder is None:
            return Ended.GONE
        return None if holder.active else Ended.DISMISSED

    def session(self, key: str) -> Session | None:
        """The session of a cookie, while it holds."""
        return self._find(key) if self.visitor(key) is not None else None

    def of(self, visitor: Visitor) -> list[Session]:
        """All sessions of the visitor that hold, the last seen first."""
        now = self._world.clock.now()
        found = self._storage.read(lambda rows: store.open_of(rows, visitor.kind, visitor.id))
        held = [
            msgspec.structs.replace(one, seen_at=self._seen_at(one))
            for one in found
            if self._end_of(one, now) is None
        ]
        return sorted(held, key=lambda one: one.seen_at, reverse=True)

    def recent(self, visitor: Visitor) -> bool:
        """Whether the visitor showed a passkey or a code lately enough to change how they sign in."""
        session = self._find(visitor.key)
        if session is None:
            return False
        return self._world.clock.now() - session.proved_at < timedelta(seconds=self._recent_s)

    def longest_s(self, kind: Kind) -> int:
        """How long a cookie of this kind is worth keeping."""
        return int(self._limits[kind].longest_s)

    # verbs of a caller's transaction

    def may_begin(self, tx: Tx, kind: Kind, person: str) -> bool:
        """Whether this person may come in at all."""
        holder = self._load[kind](tx, person)
        return holder is not None and holder.active

    def begin(self, tx: Tx, opening: "Opening", *, replaces: str, now: datetime) -> Session:
        """A session under a key that nobody had before; what the browser's old key opened is ended."""
        self.end(tx, replaces, Ended.ROTATED)
        session = Session(
            id=opening.id,
            digest=_digest(opening.key),
            kind=opening.kind,
            person=opening.person,
            how=opening.how,
            began_at=now,
            proved_at=now,
            seen_at=now,
            device=opening.device,
        )
        store.put(tx, session)
        self._rows.put(session.digest, session)
        return session

    def rotate(self, tx: Tx, key: str, fresh: str, *, identifier: str, proved: bool, now: datetime) -> None:
        """The same session under another key: after a change of how somebody signs in.

        Raises: NotFound `session_not_found`.
        """
        old = self._in(tx, _digest(key))
        if old is None or old.ended is not None:
            raise NotFound("session_not_found")
        self._end(tx, old, Ended.ROTATED)
        seen = max(now, old.seen_at)
        session = msgspec.structs.replace(
            old,
            id=identifier,
            digest=_digest(fresh),
            seen_at=seen,
            proved_at=seen if proved else old.proved_at,
        )
        store.put(tx, session)
        self._rows.put(session.digest, session)

    def end(self, tx: Tx, key: str, why: Ended) -> Session | None:
        """End the session of a key, if it has one; the session as it was."""
        session = self._in(tx, _digest(key)) if key.startswith(_MARK) else None
        if session is None or session.ended is not None:
            return None
        self._end(tx, session, why)
        return session

    def end_one(self, tx: Tx, visitor: Visitor, identifier: str) -> None:
        """End another session of the visitor's own. Raises: NotFound `session_not_found`."""
        for one in store.open_of(tx, visitor.kind, visitor.id):
            if one.id == identifier:
                self._end(tx, one, Ended.ELSEWHERE)
                return
        raise NotFound("session_not_found")

    def end_all(self, tx: Tx, kind: Kind, person: str, why: Ended, *, but: str = "") -> int:
        """End all sessions of a person, but that of a key; how many that were."""
        kept = _digest(but) if but else b""
        found = [one for one in store.open_of(tx, kind, person) if one.digest != kept]
        for one in found:
            self._end(tx, one, why)
        return len(found)

    # upkeep

    async def settle(self) -> None:
        """Keep when sessions were last used, and drop those that ended long ago."""
        seen, self._seen = self._seen, {}
        now = self._world.clock.now()
        longest_s = max(limits.longest_s for limits in self._limits.values())
        oldest = now - timedelta(seconds=longest_s + _KEPT_S)

        def keep(tx: Tx) -> None:
            for digest, at in seen.items():
                known = self._rows.get(digest)
                if known is not None and known.seen_at < at:
                    self._rows.put(digest, msgspec.structs.replace(known, seen_at=at))
            store.seen(tx, seen.items())
            store.forget(tx, oldest)

        try:
            await self._storage.write(keep)
        except BaseException:
            self._seen = {**seen, **self._seen}
            raise

    def fresh_key(self) -> str:
        """A key for a new session."""
        return _MARK + new_key(self._world.entropy)

    def _find(self, key: str) -> Session | None:
        if not key.startswith(_MARK):
            return None
        digest = _digest(key)
        known = self._rows.committed.get(digest)
        if known is not None:
            return known
        generation = self._rows.generation
        found = self._storage.read(lambda rows: store.session(rows, digest))
        if found is not None:
            self._rows.offer(digest, found, generation)
        return found

    def _in(self, tx: Tx, digest: bytes) -> Session | None:
        return self._rows.get(digest) or store.session(tx, digest)

    def _end(self, tx: Tx, session: Session, why: Ended) -> None:
        store.end(tx, session.digest, why)
        self._rows.put(session.digest, msgspec.structs.replace(session, ended=why))

    def _holder(self, session: Session) -> Holder | None:
        load = self._load[session.kind]
        return self._holders.find(session.kind, session.person, lambda rows: load(rows, session.person))

    def _end_of(self, session: Session, now: datetime) -> Ended | None:
        return end_of(session, seen_at=self._seen_at(session), limits=self._limits[session.kind], now=now)

    def _seen_at(self, session: Session) -> datetime:
        return max(session.seen_at, self._seen.get(session.digest, session.seen_at))


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What a new session starts from; `key` is what the browser will hold."""

    id: str
    key: str
    kind: Kind
    person: str
    how: How
    device: str


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()

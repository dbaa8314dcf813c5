"""Staff: inviting, changing, dismissing; each act with its entry in the trail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from dawam.kernel import Conflict, Forbidden, NotFound, World, id_to_text
from dawam.people.holders import Holder, Holders
from dawam.people.passkeys import Passkeys
from dawam.people.sessions import Ended, OpenSessions
from dawam.people.staff import store
from dawam.people.staff.model import Actor, Invitation, Member, check_change, named
from dawam.people.trail import Trail
from dawam.storage import Rows, Storage, Tx
from dawam.web.pages import Kind, Role, new_key


class Staff:
    """The members, and the links that invite them."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        holders: Holders,
        sessions: OpenSessions,
        passkeys: Passkeys,
        trail: Trail,
        *,
        invitation_lasts_s: float,
    ) -> None:
        self._storage = storage
        self._world = world
        self._holders = holders
        self._trail = trail
        self._lasts = timedelta(seconds=invitation_lasts_s)
        self._sessions = sessions
        self._passkeys = passkeys

    def member(self, identifier: str) -> Member | None:
        """By id, dismissed ones too."""
        return self._storage.read(lambda rows: store.member(rows, identifier))

    def known_as(self, name: str) -> Member | None:
        """By id as people write it, in whatever case; dismissed ones too."""
        wanted = name.strip().casefold()
        return next((one for one in self.members() if one.id.casefold() == wanted), None)

    def active(self) -> frozenset[str]:
        """The ids of those who were not dismissed."""
        return frozenset(one.id for one in self.members() if one.active)

    def members(self) -> list[Member]:
        """All of them, those who were dismissed last."""
        return self._storage.read(store.members)

    async def invite(
        self,
        actor: Actor,
        *,
        name: str,
        roles: Iterable[Role],
        institutions: Iterable[str] = (),
        identifier: str | None = None,
    ) -> tuple[Member, str]:
        """A new member and the token of their link. The same `identifier` again renews the link.

        Raises: InvalidInput `member_unnamed`, `member_roles_missing`; Forbidden `member_is_yourself`,
        `institution_not_yours`; Conflict `invitation_differs`, when the identifier is another member's.
        """
        now = self._world.clock.now()
        token = new_key(self._world.entropy)
        member = Member(
            id=identifier or id_to_text(self._world.ids.next()),
            name=named(name),
            roles=frozenset(roles),
            institutions=tuple(sorted(set(institutions))),
        )
        check_change(actor, None, member, others=())

        def add(tx: Tx) -> Member:
            known = store.member(tx, member.id)
            if known is None:
                self._put(tx, member, now)
            else:  # an identifier comes from a form, so it may be anybody's
                check_change(actor, known, known, others=())
                if known != member:
                    raise Conflict("invitation_differs")
            self._note(tx, actor, "member_invited_again" if known else "member_invited", member, now=now)
            self._link(tx, member.id, token, now)
            return member

        return await self._storage.write(add), token

    async def invite_again(self, actor: Actor, identifier: str) -> tuple[Member, str]:
        """Another link for a member, who may have been dismissed or have lost every passkey.

        Raises: NotFound `member_not_found`; Forbidden `member_is_yourself`, `institution_not_yours`.
        """
        now = self._world.clock.now()
        token = new_key(self._world.entropy)

        def again(tx: Tx) -> Member:
            before = self._known(tx, identifier)
            after = msgspec.structs.replace(before, active=True)
            check_change(actor, before, after, others=store.members(tx))
            self._put(tx, after, now)
            self._link(tx, identifier, token, now)
            self._note(tx, actor, "member_invited_again", after, now=now)
            return after

        return await self._storage.write(again), token

    async def change(
        self, actor: Actor, identifier: str, *, roles: Iterable[Role], institutions: Iterable[str]
    ) -> Member:
        """Give a member other roles; they sign in again, so that no session has more than its roles.

        Raises: NotFound `member_not_found`; Forbidden `member_is_yourself`, `institution_not_yours`;
        InvalidInput `member_roles_missing`; Conflict `administrator_last`.
        """
        now = self._world.clock.now()
        wanted, places = frozenset(roles), tuple(sorted(set(institutions)))

        def alter(tx: Tx) -> Member:
            before = self._known(tx, identifier)
            after = msgspec.structs.replace(before, roles=wanted, institutions=places)
            self._check(tx, actor, before, after)
            if after != before:
                self._put(tx, after, now)
                self._end_sessions(tx, identifier, Ended.ROLES_CHANGED)
                self._note(tx, actor, "member_changed", after, before=before, now=now)
            return after

        return await self._storage.write(alter)

    async def dismiss(self, actor: Actor, identifier: str, *, reason: str = "") -> Member:
        """Let a member in no longer: their sessions, passkeys and links end at once.

        Raises: NotFound `member_not_found`; Forbidden `member_is_yourself`, `institution_not_yours`;
        Conflict `administrator_last`.
        """
        now = self._world.clock.now()

        def end(tx: Tx) -> Member:
            before = self._known(tx, identifier)
            after = msgspec.structs.replace(before, active=False)
            self._check(tx, actor, before, after)
            if before.active:
                self._put(tx, after, now)
                self._end_sessions(tx, identifier, Ended.DISMISSED)
                self._passkeys.remove_all(tx, Kind.STAFF, identifier)
                store.forget_invitations(tx, identifier)
                self._note(tx, actor, "member_dismissed", after, reason=reason, now=now)
            return after

        return await self._storage.write(end)

    def invited(self, token: str) -> Member:
        """Whom a link invites, while it holds.

        Raises: NotFound `invitation_unknown`; Forbidden `invitation_used`, `invitation_expired`.
        """
        return self._storage.read(lambda rows: self._invited(rows, token))

    def accept(self, tx: Tx, token: str, *, now: datetime) -> Member:
        """Use up a link. Raises: as `invited`."""
        member = self._invited(tx, token)
        store.use(tx, _digest(token), now)
        return member

    def _invited(self, rows: Rows, token: str) -> Member:
        found = store.invitation(rows, _digest(token))
        member = None if found is None else store.member(rows, found.member)
        if found is None or member is None or not member.active:
            raise NotFound("invitation_unknown")
        if found.used_at is not None:
            raise Forbidden("invitation_used")
        if self._world.clock.now() >= found.expires_at:
            raise Forbidden("invitation_expired")
        return member

    def _known(self, tx: Tx, identifier: str) -> Member:
        found = store.member(tx, identifier)
        if found is None:
            raise NotFound("member_not_found")
        return found

    def _check(self, tx: Tx, actor: Actor, before: Member, after: Member) -> None:
        others = [one for one in store.members(tx) if one.id != before.id]
        check_change(actor, before, after, others=others)

    def _put(self, tx: Tx, member: Member, now: datetime) -> None:
        store.put(tx, member, now)
        self._holders.changed(_holder(member))

    def _link(self, tx: Tx, identifier: str, token: str, now: datetime) -> None:
        store.invite(tx, Invitation(digest=_digest(token), member=identifier, expires_at=now + self._lasts))

    def _end_sessions(self, tx: Tx, identifier: str, why: Ended) -> None:
        self._sessions.end_all(tx, Kind.STAFF, identifier, why)

    def _note(
        self,
        tx: Tx,
        actor: Actor,
        act: str,
        member: Member,
        *,
        before: Member | None = None,
        reason: str = "",
        now: datetime,
    ) -> None:
        details: dict[str, object] = {
            "roles": sorted(member.roles),
            "institutions": list(member.institutions),
        }
        if before is not None:
            details["roles_before"] = sorted(before.roles)
            details["institutions_before"] = list(before.institutions)
        self._trail.note(
            tx,
            by=actor.id,
            act=act,
            institution=member.institutions[0] if len(member.institutions) == 1 else None,
            subject=member.id,
            reason=reason,
            details=details,
            now=now,
        )


def holder_in(rows: Rows, identifier: str) -> Holder | None:
    """The member as somebody who signs in."""
    found = store.member(rows, identifier)
    return None if found is None else _holder(found)


def _holder(member: Member) -> Holder:
    return Holder(
        id=member.id,
        kind=Kind.STAFF,
        name=member.name,
        active=member.active,
        roles=member.roles,
        institutions=member.institutions,
    )


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()

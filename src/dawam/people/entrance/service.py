"""Signing in and out. Each time a session begins the browser gets a key that it never had before.

Rules, in this order: not too many tries from one place; the passkey, the code or the link is right; whoever
it belongs to may come in. A try that fails leaves an entry in the trail that does not say whose it was.
"""

from hashlib import sha256

from dawam.kernel import DawamError, Forbidden, InvalidInput, World, id_to_text
from dawam.people.codes import Codes
from dawam.people.entrance.model import Entered
from dawam.people.passkeys import Passkeys
from dawam.people.sessions import Ended, How, Opening, OpenSessions
from dawam.people.settings import PeopleSettings
from dawam.people.staff import Member, Staff
from dawam.people.trail import SYSTEM, Trail
from dawam.storage import Storage, Tx
from dawam.web import Locale
from dawam.web.pages import Kind, RateLimit


class Entrance:
    """How customers and staff come in and leave."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: PeopleSettings,
        *,
        sessions: OpenSessions,
        passkeys: Passkeys,
        codes: Codes,
        staff: Staff,
        trail: Trail,
    ) -> None:
        self._storage = storage
        self._world = world
        self._sessions = sessions
        self._passkeys = passkeys
        self._codes = codes
        self._staff = staff
        self._trail = trail
        self._places = RateLimit(settings.tries_per_address, every_s=settings.address_try_every_s)

    def check_place(self, place: str) -> None:
        """Count a try from a place. Raises: Unavailable `too_many_tries`."""
        self._places.check(sha256(place.encode()).digest(), self._world.clock.now())

    async def ask_code(self, browser: str, written: str, *, place: str, locale: Locale) -> None:
        """Send a code to whoever has this number or address.

        Raises: InvalidInput `phone_malformed`, `email_malformed`; Unavailable `too_many_tries`.
        """
        self.check_place(place)
        await self._codes.ask(browser, written, locale)

    async def by_code(self, browser: str, digits: str, *, place: str, device: str) -> Entered:
        """Let in the customer whose code it is.

        Raises: Unavailable `too_many_tries`; InvalidInput `code_wrong`, `code_gone`.
        """
        self.check_place(place)
        try:
            customer = await self._codes.fitting(browser, digits)
        except DawamError as error:
            await self._failed(Kind.CUSTOMER, How.CODE, error)
            raise
        opening = self._opening(Kind.CUSTOMER, customer, How.CODE, device)

        def enter(tx: Tx) -> None:
            if not self._codes.use_up(tx, browser):
                raise InvalidInput("code_gone")
            self._begin(tx, opening, replaces=browser)

        await self._storage.write(enter)
        return Entered(opening.key, Kind.CUSTOMER, customer)

    async def by_passkey(
        self, kind: Kind, browser: str, credential: str, *, place: str, device: str
    ) -> Entered:
        """Let in whose passkey it is.

        Raises: Unavailable `too_many_tries`; InvalidInput `passkey_malformed`; Forbidden `passkey_too_late`,
        `passkey_unknown`, `passkey_foreign`, `passkey_unverified`, `passkey_copied`, `passkey_refused`.
        """
        self.check_place(place)
        now = self._world.clock.now()
        try:
            passkey, count = self._passkeys.shown(browser, credential, kind=kind)
            opening = self._opening(kind, passkey.person, How.PASSKEY, device)

            def enter(tx: Tx) -> None:
                if not self._sessions.may_begin(tx, kind, passkey.person):
                    raise Forbidden("passkey_unknown")
                self._passkeys.use(tx, passkey, count, now=now)
                self._begin(tx, opening, replaces=browser)

            await self._storage.write(enter)
        except DawamError as error:
            await self._failed(kind, How.PASSKEY, error)
            raise
        return Entered(opening.key, kind, passkey.person)

    def options_by_invitation(self, token: str, browser: str, *, place: str) -> str:
        """What the browser of somebody who was invited is asked, as JSON.

        Raises: Unavailable `too_many_tries`; as `Staff.invited`.
        """
        self.check_place(place)
        member = self._staff.invited(token)
        return self._passkeys.options_to_add(browser, kind=Kind.STAFF, person=member.id, name=member.name)

    async def by_invitation(
        self, token: str, browser: str, credential: str, *, place: str, device: str, label: str
    ) -> Entered:
        """Let a member in who was invited, with the passkey that they have just made.

        Raises: Unavailable `too_many_tries`; as `Staff.invited` and `Passkeys.registered`; Conflict
        `passkey_known`, `passkeys_too_many`.
        """
        self.check_place(place)
        now = self._world.clock.now()
        identifier = id_to_text(self._world.ids.next())
        try:
            member = self._staff.invited(token)
            fresh = self._passkeys.registered(browser, credential)
            opening = self._opening(Kind.STAFF, member.id, How.PASSKEY, device)

            def enter(tx: Tx) -> Member:
                accepted = self._staff.accept(tx, token, now=now)
                self._passkeys.keep(
                    tx,
                    fresh,
                    identifier=identifier,
                    kind=Kind.STAFF,
                    person=accepted.id,
                    label=label,
                    now=now,
                )
                self._note(tx, accepted.id, "invitation_accepted", accepted.id)
                self._begin(tx, opening, replaces=browser)
                return accepted

            await self._storage.write(enter)
        except DawamError as error:
            await self._failed(Kind.STAFF, How.PASSKEY, error)
            raise
        return Entered(opening.key, Kind.STAFF, member.id)

    async def leave(self, browser: str) -> None:
        """End the session of a browser, if it has one."""

        def end(tx: Tx) -> None:
            ended = self._sessions.end(tx, browser, Ended.SIGNED_OUT)
            if ended is not None:
                self._note(tx, ended.person, "signed_out", ended.person)

        await self._storage.write(end)

    def _opening(self, kind: Kind, person: str, how: How, device: str) -> Opening:
        return Opening(
            id=id_to_text(self._world.ids.next()),
            key=self._sessions.fresh_key(),
            kind=kind,
            person=person,
            how=how,
            device=device,
        )

    def _begin(self, tx: Tx, opening: Opening, *, replaces: str) -> None:
        self._sessions.begin(tx, opening, replaces=replaces, now=self._world.clock.now())
        told = {"kind": opening.kind.value, "how": opening.how.value}
        self._note(tx, opening.person, "signed_in", opening.person, told)

    async def _failed(self, kind: Kind, how: How, error: DawamError) -> None:
        told = {"how": how.value, "code": error.code}
        await self._storage.write(lambda tx: self._note(tx, SYSTEM, "sign_in_failed", kind.value, told))

    def _note(self, tx: Tx, by: str, act: str, subject: str, told: dict[str, str] | None = None) -> None:
        now = self._world.clock.now()
        self._trail.note(tx, by=by, act=act, institution=None, subject=subject, details=told, now=now)

"""What people change about how they sign in themselves: their passkeys and their sessions.

Who has not shown a passkey or a code lately does so first. After each change the browser gets a new key, and
a customer is told.
"""

from collections.abc import Callable

from dawam.delivery import Message, Way
from dawam.kernel import Forbidden, World, id_to_text
from dawam.people.customers import Customers
from dawam.people.passkeys import Passkeys
from dawam.people.sessions import Ended, OpenSessions
from dawam.people.trail import Trail
from dawam.storage import Storage, Tx
from dawam.web import text
from dawam.web.pages import Kind, Visitor


class Own:
    """A visitor's own passkeys and sessions."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        *,
        sessions: OpenSessions,
        passkeys: Passkeys,
        customers: Customers,
        trail: Trail,
        send: Callable[[Tx, Message], None],
    ) -> None:
        self._storage = storage
        self._world = world
        self._sessions = sessions
        self._passkeys = passkeys
        self._customers = customers
        self._trail = trail
        self._send = send

    def options_to_add(self, visitor: Visitor) -> str:
        """What the browser is asked for another passkey, as JSON. Raises: Forbidden `sign_in_not_recent`."""
        self._check_recent(visitor)
        return self._passkeys.options_to_add(
            visitor.key, kind=visitor.kind, person=visitor.id, name=visitor.name
        )

    async def add_passkey(self, visitor: Visitor, credential: str, label: str) -> str:
        """Keep another passkey; the browser's new key.

        Raises: Forbidden `sign_in_not_recent`; as `Passkeys.registered` and `Passkeys.keep`.
        """
        self._check_recent(visitor)
        fresh = self._passkeys.registered(visitor.key, credential)
        now = self._world.clock.now()
        identifier = self._new_id()

        def add(tx: Tx) -> None:
            self._passkeys.keep(
                tx,
                fresh,
                identifier=identifier,
                kind=visitor.kind,
                person=visitor.id,
                label=label,
                now=now,
            )

        said = "A passkey was added to your account. If it was not you, sign in and remove it, then call us."
        return await self._change(visitor, "passkey_added", identifier, add, said)

    async def remove_passkey(self, visitor: Visitor, identifier: str) -> str:
        """Let a passkey go; the browser's new key.

        Raises: Forbidden `sign_in_not_recent`; NotFound `passkey_not_found`; Conflict `passkey_last`.
        """
        self._check_recent(visitor)

        def remove(tx: Tx) -> None:
            self._passkeys.remove(tx, visitor.kind, visitor.id, identifier)

        said = "A passkey was removed from your account. If it was not you, call us."
        return await self._change(visitor, "passkey_removed", identifier, remove, said)

    async def end_session(self, visitor: Visitor, identifier: str) -> None:
        """End one of the visitor's sessions. Raises: NotFound `session_not_found`."""

        def end(tx: Tx) -> None:
            self._sessions.end_one(tx, visitor, identifier)
            self._note(tx, visitor, "session_ended", identifier)

        await self._storage.write(end)

    async def end_others(self, visitor: Visitor) -> int:
        """End all of the visitor's sessions but this one; how many that were."""

        def end(tx: Tx) -> int:
            count = self._sessions.end_all(tx, visitor.kind, visitor.id, Ended.ELSEWHERE, but=visitor.key)
            if count:
                self._note(tx, visitor, "sessions_ended", visitor.id)
            return count

        return await self._storage.write(end)

    def _check_recent(self, visitor: Visitor) -> None:
        if not self._sessions.recent(visitor):
            raise Forbidden("sign_in_not_recent")

    async def _change(
        self, visitor: Visitor, act: str, subject: str, verb: Callable[[Tx], None], said: str
    ) -> str:
        fresh, identifier = self._sessions.fresh_key(), self._new_id()
        now = self._world.clock.now()

        def change(tx: Tx) -> None:
            verb(tx)
            self._sessions.rotate(tx, visitor.key, fresh, identifier=identifier, proved=False, now=now)
            self._note(tx, visitor, act, subject)
            if visitor.kind is Kind.CUSTOMER:
                self._tell(tx, visitor.id, f"{act}:{subject}", said)

        await self._storage.write(change)
        return fresh

    def _tell(self, tx: Tx, person: str, key: str, said: str) -> None:
        customer = self._customers.within(tx, person)
        if customer is None:
            return
        ways = ((Way.SMS, customer.phone), (Way.EMAIL, customer.email))
        for way, to in ways:
            if to:
                self._send(
                    tx,
                    Message(
                        key=f"{key}:{way.value}",
                        way=way,
                        to=to,
                        locale=customer.locale,
                        subject=text("How you sign in has changed", customer.locale),
                        body=text(said, customer.locale),
                        urgent=True,
                    ),
                )

    def _note(self, tx: Tx, visitor: Visitor, act: str, subject: str) -> None:
        now = self._world.clock.now()
        self._trail.note(tx, by=visitor.id, act=act, institution=None, subject=subject, now=now)

    def _new_id(self) -> str:
        return id_to_text(self._world.ids.next())

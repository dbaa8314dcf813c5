"""Passkeys: asking browsers for them, keeping them, letting them go."""

from datetime import datetime

from dawam.kernel import Conflict, Forbidden, NotFound, World
from dawam.people.passkeys import ceremony, store
from dawam.people.passkeys.challenges import Challenges, Purpose
from dawam.people.passkeys.model import LABEL_MAX, PER_PERSON, Fresh, Passkey, site_of
from dawam.storage import Rows, Storage, Tx
from dawam.web.pages import Kind


class Passkeys:
    """The passkeys of everybody who signs in; `origin` is the public URL that they are bound to."""

    def __init__(self, storage: Storage, world: World, *, origin: str) -> None:
        self._storage = storage
        self._world = world
        self.site = site_of(origin)
        self._challenges = Challenges(world.entropy)

    def of(self, kind: Kind, person: str) -> list[Passkey]:
        """A person's own, the oldest first."""
        return self._storage.read(lambda rows: store.of(rows, kind, person))

    def options_to_show(self, browser: str) -> str:
        """What the browser is asked at sign-in, as JSON."""
        challenge = self._challenges.give(browser, Purpose.SIGN_IN, self._world.clock.now())
        return ceremony.options_to_show(self.site, challenge)

    def options_to_add(self, browser: str, *, kind: Kind, person: str, name: str) -> str:
        """What the browser is asked for another passkey of a person, as JSON."""
        challenge = self._challenges.give(browser, Purpose.ADD, self._world.clock.now())
        known = self.of(kind, person)
        return ceremony.options_to_add(self.site, challenge, person=person, name=name, known=known)

    def registered(self, browser: str, credential: str) -> Fresh:
        """The passkey that a browser has made, verified; not kept yet.

        Raises: Forbidden `passkey_too_late`; as `ceremony.registered`.
        """
        challenge = self._challenges.take(browser, Purpose.ADD, self._world.clock.now())
        return ceremony.registered(credential, self.site, challenge)

    def shown(self, browser: str, credential: str, *, kind: Kind) -> tuple[Passkey, int]:
        """Whose passkey a browser shows, verified, and its counter.

        Raises: Forbidden `passkey_too_late`, `passkey_unknown`; as `ceremony.proved`.
        """
        challenge = self._challenges.take(browser, Purpose.SIGN_IN, self._world.clock.now())
        given = ceremony.read(credential)
        credential_id = given.credential
        known = self._storage.read(lambda rows: store.by_credential(rows, credential_id))
        if known is None or known.kind is not kind or given.person not in (None, known.person):
            raise Forbidden("passkey_unknown")
        return known, ceremony.proved(credential, self.site, challenge, known)

    def use(self, tx: Tx, passkey: Passkey, count: int, *, now: datetime) -> None:
        """Keep the counter of a passkey that was shown.

        Raises: Forbidden `passkey_unknown`, `passkey_copied`, when it went away or was shown meanwhile.
        """
        known = store.by_credential(tx, passkey.credential)
        if known is None:
            raise Forbidden("passkey_unknown")
        if known.count != passkey.count:
            raise Forbidden("passkey_copied")
        store.used(tx, passkey.id, count, now)

    def keep(
        self,
        tx: Tx,
        fresh: Fresh,
        *,
        identifier: str,
        kind: Kind,
        person: str,
        label: str,
        now: datetime,
    ) -> Passkey:
        """Keep a new passkey. Raises: Conflict `passkey_known`, `passkeys_too_many`."""
        if store.by_credential(tx, fresh.credential) is not None:
            raise Conflict("passkey_known")
        if len(store.of(tx, kind, person)) >= PER_PERSON:
            raise Conflict("passkeys_too_many", most=PER_PERSON)
        passkey = Passkey(
            id=identifier,
            credential=fresh.credential,
            kind=kind,
            person=person,
            public_key=fresh.public_key,
            count=fresh.count,
            backed_up=fresh.backed_up,
            transports=fresh.transports,
            label=" ".join(label.split())[:LABEL_MAX],
            added_at=now,
            used_at=None,
        )
        store.put(tx, passkey)
        return passkey

    def remove(self, tx: Tx, kind: Kind, person: str, identifier: str) -> Passkey:
        """Let one of a person's own go; who signs in by passkey only keeps one.

        Raises: NotFound `passkey_not_found`; Conflict `passkey_last`.
        """
        own = store.of(tx, kind, person)
        found = next((one for one in own if one.id == identifier), None)
        if found is None:
            raise NotFound("passkey_not_found")
        if kind is Kind.STAFF and len(own) == 1:
            raise Conflict("passkey_last")
        store.forget(tx, identifier)
        return found

    def remove_all(self, tx: Tx, kind: Kind, person: str) -> int:
        """Let all of a person's go; how many that were."""
        own = store.of(tx, kind, person)
        for one in own:
            store.forget(tx, one.id)
        return len(own)

    def has_one(self, rows: Rows, kind: Kind, person: str) -> bool:
        """Whether the person can sign in by passkey."""
        return bool(store.of(rows, kind, person))

    def settle(self) -> None:
        """Drop challenges that nobody took."""
        self._challenges.forget_expired(self._world.clock.now())

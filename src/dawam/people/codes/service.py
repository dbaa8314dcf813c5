"""Asking for a code and trying it; the same work whether anybody has the number or not."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from dawam.delivery import Message
from dawam.kernel import InvalidInput, World, id_to_text
from dawam.people.codes import store
from dawam.people.codes.hashing import SlowHash
from dawam.people.codes.model import DIGITS, Code, digits_of
from dawam.people.codes.wording import message
from dawam.people.customers import Customers
from dawam.people.settings import PeopleSettings
from dawam.storage import Storage, Tx
from dawam.web import Locale
from dawam.web.pages import RateLimit


class Codes:
    """The one-time codes of customers."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: PeopleSettings,
        customers: Customers,
        *,
        site: str,
        hashing: SlowHash,
        send: Callable[[Tx, Message], None],
    ) -> None:
        self._storage = storage
        self._world = world
        self._customers = customers
        self._site = site
        self._hashing = hashing
        self._send = send
        self._tries = settings.code_tries
        self._lasts_s = settings.code_lasts_s
        self._of_contact = RateLimit(settings.codes_at_once, every_s=settings.code_again_after_s)

    async def ask(self, browser: str, written: str, locale: Locale) -> None:
        """Send a code to whoever has this number or address; says nothing of whether somebody has.

        Raises: InvalidInput `phone_malformed`, `email_malformed`; Unavailable `too_many_tries`.
        """
        now = self._world.clock.now()
        contact = self._customers.plain(written)
        self._of_contact.check(sha256(contact.encode()).digest(), now)
        code = f"{self._world.entropy.randrange(10**DIGITS):0{DIGITS}}"
        hashed = await self._hashing.of(code, self._world.entropy)
        expires_at = now + timedelta(seconds=self._lasts_s)
        carried = message(
            key=f"code:{id_to_text(self._world.ids.next())}",
            to=contact,
            locale=locale,
            code=code,
            site=self._site,
            lasts_minutes=max(1, round(self._lasts_s / 60)),
            expires_at=expires_at,
        )

        def keep(tx: Tx) -> None:
            known = self._customers.reached_by(tx, contact)
            store.put(
                tx,
                Code(
                    browser=browser_digest(browser),
                    customer=None if known is None else known.id,
                    hashed=hashed,
                    tries_left=self._tries,
                    expires_at=expires_at,
                ),
            )
            if known is not None:
                self._send(tx, carried)

        await self._storage.write(keep)

    def asked(self, browser: str) -> bool:
        """Whether this browser asked for a code that may still be tried."""
        found = self._storage.read(lambda rows: store.code(rows, browser_digest(browser)))
        return found is not None and found.holds(self._world.clock.now())

    async def fitting(self, browser: str, written: str) -> str:
        """The customer whose code these digits are. The try is counted before the digits are looked at.

        Raises: InvalidInput `code_gone`, `code_wrong`.
        """
        now = self._world.clock.now()
        digest = browser_digest(browser)

        def count(tx: Tx) -> Code | None:
            found = store.code(tx, digest)
            if found is None or not found.holds(now):
                return None
            store.tried(tx, digest)
            return found

        found = await self._storage.write(count)
        hashed = self._hashing.nobodys if found is None else found.hashed
        fits = await self._hashing.fits(hashed, digits_of(written) or "-")
        if found is None:
            raise InvalidInput("code_gone")
        if not fits or found.customer is None:
            left = found.tries_left - 1
            code = "code_wrong" if left else "code_gone"
            raise InvalidInput(code, left=left)
        return found.customer

    def use_up(self, tx: Tx, browser: str) -> bool:
        """Let the browser's code be used; False when it was already."""
        digest = browser_digest(browser)
        if store.code(tx, digest) is None:
            return False
        store.forget(tx, digest)
        return True

    async def settle(self) -> None:
        """Drop what has expired."""
        now = self._world.clock.now()
        await self._storage.write(lambda tx: store.forget_expired(tx, now))


def browser_digest(key: str) -> bytes:
    """What a browser's cookie is kept under."""
    return sha256(b"browser\0" + key.encode()).digest()

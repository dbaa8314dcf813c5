"""A customer's cash-out codes: made, listed, cancelled."""

from datetime import datetime, timedelta

import msgspec

from dawam.kernel import Conflict, NotFound, Unavailable, World, id_from_text
from dawam.people import Customer, Holding
from dawam.portal.customer.cash_outs import store
from dawam.portal.customer.cash_outs.digits import digest, digits
from dawam.portal.customer.cash_outs.model import CashOut, Seen, State, affordable, cancelled, over, seen
from dawam.portal.customer.settings import CustomerSettings
from dawam.portal.customer.wallets import Wallets
from dawam.standin import Receipt
from dawam.storage import Storage, Tx

_TURNS = 20


class CashOuts:
    """The codes of customers. `secret` stands in no database; codes of another one are good for nothing."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        wallets: Wallets,
        settings: CustomerSettings,
        *,
        secret: bytes,
    ) -> None:
        self._storage = storage
        self._world = world
        self._wallets = wallets
        self._settings = settings
        self._secret = secret

    async def make(
        self, customer: Customer, n: int, holding: Holding, amount_minor: int, *, currency: str, once: str
    ) -> Seen:
        """A code; the same form again is the same code.

        Raises: InvalidInput `id_malformed`, `cash_out_too_much`; Unavailable `cash_out_unproved`; Conflict
        `cash_outs_too_many`, `form_of_another`.
        """
        id_from_text(once)
        known = self._storage.read(lambda rows: store.one(rows, once))
        if known is not None:
            return self._again(known, customer, holding, amount_minor)
        standing = await self._wallets.standing(n, holding)
        if standing.shown is None:
            raise Unavailable("cash_out_unproved")
        available_minor = standing.shown.available_minor
        now = self._world.clock.now()
        wanted = CashOut(
            id=once,
            customer=customer.id,
            institution=holding.institution,
            account=holding.account,
            amount_minor=amount_minor,
            currency=currency,
            digest=None,
            turn=0,
            tries_left=self._settings.cash_out_tries,
            made_at=now,
            expires_at=now + timedelta(seconds=self._settings.cash_out_lasts_s),
        )

        def verb(tx: Tx) -> CashOut:
            found = store.one(tx, once)
            if found is not None:
                return found
            store.expire(tx, now)
            if store.open_count(tx, customer.id) >= self._settings.cash_outs_open:
                raise Conflict("cash_outs_too_many", most=self._settings.cash_outs_open)
            promised_minor = store.promised_minor(tx, holding.institution, holding.account)
            affordable(amount_minor, available_minor=available_minor, promised_minor=promised_minor)
            kept = self._free(tx, wanted)
            store.add(tx, kept)
            return kept

        return self._again(await self._storage.write(verb), customer, holding, amount_minor)

    def latest(self, customer: Customer, limit: int = 10) -> list[Seen]:
        """The customer's last codes, without their digits."""
        now = self._world.clock.now()
        found = self._storage.read(lambda rows: store.latest(rows, customer.id, limit))
        return [Seen(one, seen(one, now)) for one in found]

    def receipt(self, cash_out: CashOut) -> Receipt | None:
        """What became of a code that was used."""
        if cash_out.payment_id is None:
            return None
        holding = Holding(institution=cash_out.institution, account=cash_out.account)
        return self._wallets.desk(holding).payment(cash_out.payment_id)

    async def cancel(self, customer: Customer, identifier: str) -> CashOut:
        """End a code. Raises: NotFound `cash_out_not_found`; Conflict `cash_out_over`."""
        now = self._world.clock.now()

        def verb(tx: Tx) -> CashOut:
            found = store.one(tx, identifier)
            if found is None or found.customer != customer.id:
                raise NotFound("cash_out_not_found")
            kept = cancelled(found, now)
            store.change(tx, kept)
            return kept

        return await self._storage.write(verb)

    async def end_lost(self) -> None:
        """End what was made under another secret: nobody can use it, so it must not be called open."""

        def verb(tx: Tx) -> None:
            for one in store.every_open(tx):
                if not self._is_ours(one):
                    store.change(tx, over(one, State.ENDED))

        await self._storage.write(verb)

    async def settle(self) -> None:
        """What has passed its time is over."""
        now = self._world.clock.now()
        await self._storage.write(lambda tx: store.expire(tx, now))

    def _again(self, found: CashOut, customer: Customer, holding: Holding, amount_minor: int) -> Seen:
        """The code with its digits, when the form says the same as the one that made it."""
        said = (customer.id, holding.institution, holding.account, amount_minor)
        if (found.customer, found.institution, found.account, found.amount_minor) != said:
            raise Conflict("form_of_another")
        now: datetime = self._world.clock.now()
        holds = found.holds(now) and self._is_ours(found)
        shown = digits(self._secret, found.id, found.turn) if holds else ""
        return Seen(found, seen(found, now), shown)

    def _is_ours(self, one: CashOut) -> bool:
        """Whether it was made under this secret."""
        return one.digest == digest(self._secret, digits(self._secret, one.id, one.turn))

    def _free(self, tx: Tx, wanted: CashOut) -> CashOut:
        """With digits that nobody else has at this time."""
        for turn in range(_TURNS):
            kept = digest(self._secret, digits(self._secret, wanted.id, turn))
            if store.by_digest(tx, kept) is None:
                return msgspec.structs.replace(wanted, digest=kept, turn=turn)
        raise Conflict("cash_outs_too_many", most=self._settings.cash_outs_open)

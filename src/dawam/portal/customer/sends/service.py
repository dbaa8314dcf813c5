"""Payments that customers make on the pages: the payee looked at, the amount, the word, once."""

from datetime import timedelta

import msgspec

from dawam.kernel import Conflict, NotFound, World, id_from_text, invariant
from dawam.people import Customer, Holding, match_names
from dawam.portal.customer.ports import Customers
from dawam.portal.customer.sends import store
from dawam.portal.customer.sends.model import CHECKED, Check, Send, confirmed, payee_of, priced, rewritten
from dawam.portal.customer.settings import CustomerSettings
from dawam.portal.customer.wallets import Wallets
from dawam.standin import PaymentRequest, Receipt
from dawam.storage import Storage, Tx
from dawam.web.pages import RateLimit


class Sends:
    """What a customer sends from their own accounts, and from no other."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        customers: Customers,
        wallets: Wallets,
        settings: CustomerSettings,
    ) -> None:
        self._storage = storage
        self._world = world
        self._customers = customers
        self._wallets = wallets
        self._lasts_s = settings.send_lasts_s
        self._checks = RateLimit(settings.name_checks_at_once, every_s=settings.name_check_again_after_s)

    async def begin(
        self, customer: Customer, holding: Holding, *, payee_account: str, payee_name: str, once: str
    ) -> Send:
        """To whom; the same form again is the same payment, and costs no further look at a name.

        Raises: InvalidInput `id_malformed`, and as `payee_of`; Unavailable `too_many_tries`,
        `account_unreachable`; Conflict `send_confirmed`, `form_of_another`.
        """
        id_from_text(once)
        account, name = payee_of(payee_account, payee_name, payer=holding.account)
        now = self._world.clock.now()
        wanted = Send(
            id=once,
            customer=customer.id,
            institution=holding.institution,
            account=holding.account,
            currency=await self._wallets.currency(holding),
            payee_account=account,
            payee_name=name,
            check=Check.ELSEWHERE,
            made_at=now,
        )
        known = self._storage.read(lambda rows: store.one(rows, once))
        if known is not None and known.customer == customer.id and known.same_payee(wanted):
            return known
        wanted = msgspec.structs.replace(wanted, check=self._looked_at(customer, wanted))
        return await self._storage.write(lambda tx: _begun(tx, wanted))

    async def price(self, customer: Customer, identifier: str, amount_minor: int, *, sure: bool) -> Send:
        """How much. Raises: NotFound `send_not_found`; and as `priced`."""

        def verb(tx: Tx) -> Send:
            kept = priced(_payable(store.one(tx, identifier), customer), amount_minor, sure=sure)
            store.change(tx, kept)
            return kept

        return await self._storage.write(verb)

    async def pay(self, customer: Customer, identifier: str, *, version: int) -> Receipt:
        """The last word; said again it is the same payment with the same answer.

        Raises: NotFound `send_not_found`; Conflict `send_changed`, `send_too_old`; and as `Desk.pay`.
        """
        now = self._world.clock.now()

        def confirm(tx: Tx) -> Send:
            found = _payable(store.one(tx, identifier), customer)
            kept = confirmed(found, version=version, lasts_s=self._lasts_s, now=now)
            store.change(tx, kept)
            return kept

        send = await self._storage.write(confirm)
        desk = self._wallets.desk(Holding(institution=send.institution, account=send.account))
        receipt, _ = await desk.pay(_request(send), key=send.id)

        def keep(tx: Tx) -> None:
            store.change(tx, msgspec.structs.replace(send, payment_id=receipt.payment_id))

        await self._storage.write(keep)
        return receipt

    def send(self, customer: Customer, identifier: str) -> Send:
        """One of the customer's own. Raises: NotFound `send_not_found`."""
        return _own(self._storage.read(lambda rows: store.one(rows, identifier)), customer)

    def receipt(self, send: Send) -> Receipt | None:
        """Where it stands now; None before it was paid."""
        if send.payment_id is None:
            return None
        holding = Holding(institution=send.institution, account=send.account)
        return self._wallets.desk(holding).payment(send.payment_id)

    def latest(self, customer: Customer, limit: int = 5) -> list[Send]:
        """What the customer sent last."""
        return self._storage.read(lambda rows: store.sent(rows, customer.id, limit))

    async def settle(self) -> None:
        """Forget what was begun long ago and never confirmed."""
        before = self._world.clock.now() - timedelta(seconds=self._lasts_s)
        await self._storage.write(lambda tx: store.forget(tx, before))

    def _looked_at(self, customer: Customer, send: Send) -> Check:
        """Counted before anything is looked up, so that names cannot be collected."""
        self._checks.check(customer.id, self._world.clock.now())
        owner = self._customers.owner_of(send.institution, send.payee_account)
        if owner is None:
            return Check.ELSEWHERE
        if owner.id == customer.id:
            return Check.OWN
        return CHECKED[match_names(send.payee_name, owner.name)]


def _begun(tx: Tx, wanted: Send) -> Send:
    known = store.one(tx, wanted.id)
    if known is None:
        store.add(tx, wanted)
        return wanted
    if known.customer != wanted.customer:
        raise Conflict("form_of_another")
    if known.same_payee(wanted):
        return known
    kept = rewritten(known, wanted)
    store.change(tx, kept)
    return kept


def _own(found: Send | None, customer: Customer) -> Send:
    if found is None or found.customer != customer.id:
        raise NotFound("send_not_found")
    return found


def _payable(found: Send | None, customer: Customer) -> Send:
    """One that the customer may still change or pay: the account is theirs today too."""
    send = _own(found, customer)
    if (send.institution, send.account) not in ((one.institution, one.account) for one in customer.holdings):
        raise NotFound("send_not_found")
    return send


def _request(send: Send) -> PaymentRequest:
    invariant(
        send.amount_minor is not None and send.confirmed_at is not None, "a confirmed payment has an amount"
    )
    return PaymentRequest(
        kind="transfer",
        debit_account=send.account,
        credit_account=send.payee_account,
        amount_minor=send.amount_minor or 0,
        currency=send.currency,
        requested_at=send.confirmed_at or send.made_at,
    )

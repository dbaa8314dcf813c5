"""An agent's app redeems a code: one payment, whose key is the code's id."""

from hashlib import sha256

from dawam.kernel import Conflict, InvalidInput, NotFound, World
from dawam.people import Holding
from dawam.portal.customer.cash_outs import store
from dawam.portal.customer.cash_outs.digits import digest
from dawam.portal.customer.cash_outs.model import Asked, CashOut, State, digits_of, tried
from dawam.portal.customer.ports import Customers
from dawam.portal.customer.wallets import Wallets
from dawam.standin import PaymentRequest, Receipt
from dawam.storage import Storage, Tx
from dawam.web.pages import RateLimit

_ACCOUNT_MAX = 64
_OF_AGENT, _OF_AGENT_AGAIN_S = 5, 60.0
_OF_APP, _OF_APP_AGAIN_S = 50, 2.0


class Redeeming:
    """Codes as agents use them. What is guessed counts for whoever guesses; the right code forgives."""

    def __init__(
        self, storage: Storage, world: World, customers: Customers, wallets: Wallets, *, secret: bytes
    ) -> None:
        self._storage = storage
        self._world = world
        self._customers = customers
        self._wallets = wallets
        self._secret = secret
        self._of_agent = RateLimit(_OF_AGENT, every_s=_OF_AGENT_AGAIN_S)
        self._of_app = RateLimit(_OF_APP, every_s=_OF_APP_AGAIN_S)

    async def redeem(self, asked: Asked, *, by: str) -> tuple[Receipt, bool]:
        """The payment, and whether it is new; `by` tells apart who asks.

        Raises: InvalidInput `account_malformed`, `cash_out_differs`; NotFound `cash_out_code_unknown`;
        Conflict `cash_out_used`; Unavailable `too_many_tries`; and as `Desk.pay`.
        """
        agent = asked.agent_account
        if not 0 < len(agent) <= _ACCOUNT_MAX or not agent.isprintable() or agent != agent.strip():
            raise InvalidInput(
                "account_malformed", field="agent_account", length=len(agent), longest=_ACCOUNT_MAX
            )
        now = self._world.clock.now()
        app, counter = sha256(by.encode()).digest(), sha256(agent.encode()).digest()
        self._of_app.check(app, now)
        self._of_agent.check(counter, now)
        kept = await self._use(asked)
        desk = self._wallets.desk(Holding(institution=kept.institution, account=kept.account))
        receipt, created = await desk.pay(
            PaymentRequest(
                kind="cash_out",
                debit_account=kept.account,
                credit_account=agent,
                amount_minor=kept.amount_minor,
                currency=kept.currency,
                requested_at=kept.used_at or now,
            ),
            key=kept.id,
        )
        if created:  # a code that was used before proves nothing any more
            self._of_app.forgive(app)
            self._of_agent.forgive(counter)
        await self._storage.write(lambda tx: store.paid(tx, kept.id, receipt.payment_id))
        return receipt, created

    def _is_still_theirs(self, cash_out: CashOut) -> bool:
        owner = self._customers.owner_of(cash_out.institution, cash_out.account)
        return owner is not None and owner.id == cash_out.customer

    async def _use(self, asked: Asked) -> CashOut:
        now = self._world.clock.now()
        code = digits_of(asked.code)
        hashed = digest(self._secret, code)
        known = self._storage.read(lambda rows: store.by_digest(rows, hashed)) if code else None
        if known is None or not self._is_still_theirs(known):
            raise NotFound("cash_out_code_unknown")

        def verb(tx: Tx) -> CashOut | None:
            found = store.by_digest(tx, hashed)
            if found is None or not (found.holds(now) or found.state is State.USED):
                return None
            kept = tried(found, asked, now)
            if kept != found:
                store.change(tx, kept)
            return kept

        kept = await self._storage.write(verb)  # a wrong try is kept before it is answered
        if kept is None:
            raise NotFound("cash_out_code_unknown")
        if kept.state is not State.USED:
            raise InvalidInput("cash_out_differs", left=kept.tries_left)
        if (kept.agent_account, kept.amount_minor, kept.currency) != (
            asked.agent_account,
            asked.amount_minor,
            asked.currency,
        ):
            raise Conflict("cash_out_used")
        return kept

"""The verbs of a payment: accept, ask the primary or decide in its place, finish."""

from collections.abc import Callable
from hashlib import blake2b

import msgspec
import structlog

from dawam.kernel import APPROVED, Approved, Conflict, DeclineCode, id_to_text
from dawam.ledger import PendingStatus
from dawam.primary import (
    Advice,
    Payment,
    PaymentAnswer,
    PaymentStatus,
    PrimaryFailure,
)
from dawam.standin.advices import AdviceBook
from dawam.standin.cohorts import bucket_of
from dawam.standin.decisions import store
from dawam.standin.decisions.model import Account, Usage, capability_of, day_start, decide
from dawam.standin.decisions.store import Accepted
from dawam.standin.messages import PaymentRequest, PaymentState, Receipt, Source, TakenPayment
from dawam.standin.modes import Modes, Watch
from dawam.standin.surroundings import Surroundings
from dawam.storage import Tx

_log = structlog.get_logger()


class Payments:
    """The payments of one institution."""

    def __init__(
        self,
        around: Surroundings,
        *,
        mirror_age_s: Callable[[], float],
        modes: Modes,
        watch: Watch,
        advices: AdviceBook,
    ) -> None:
        self._institution = around.institution
        self._link = around.link
        self._mirror = around.mirror
        self._mirror_age_s = mirror_age_s
        self._storage = around.storage
        self._world = around.world
        self._policy = around.settings.policy
        self._modes = modes
        self._watch = watch
        self._advices = advices
        self.on_unknown: Callable[[], None] = lambda: None
        """Called when an outcome is unknown, so that somebody settles it."""

    async def pay(self, request: PaymentRequest, *, key: str) -> tuple[Receipt, bool]:
        """Decide a payment, once per key; the flag says whether it is new.

        Raises: Conflict `idempotency_mismatch`; Unavailable `storage_unavailable`.
        """
        accepted = Accepted(
            payment_id=id_to_text(self._world.ids.next()),
            institution=self._institution,
            key=key,
            body_digest=_digest(request),
            request=request,
            bucket=bucket_of(request.debit_account),
        )
        receipt, created = await self._storage.write(lambda tx: self._accept(tx, accepted))
        if created and receipt.status is PaymentState.PENDING:
            receipt = await self._ask_primary(accepted, receipt)
        return receipt, created

    def payment(self, payment_id: str) -> Receipt | None:
        """Where a payment stands now."""
        return self._storage.read(lambda rows: store.by_id(rows, payment_id))

    def taken(self, account: str, *, kind: str, limit: int) -> list[TakenPayment]:
        """The last payments of a kind out of an account, newest first, with what became of the money."""
        found = self._storage.read(lambda rows: store.latest(rows, self._institution, account, kind, limit))
        return [
            TakenPayment(
                receipt=receipt,
                amount_minor=amount_minor,
                currency=currency,
                held=self._mirror.hold_status(receipt.payment_id) is PendingStatus.PENDING,
                written_off=written_off,
            )
            for receipt, amount_minor, currency, written_off in found
        ]

    async def finish(self, payment: Payment, answer: PaymentAnswer) -> Receipt:
        """Make the primary's answer the payment's own."""
        approved = answer.status is PaymentStatus.APPROVED
        receipt = Receipt(
            payment_id=payment.payment_id,
            status=PaymentState.APPROVED if approved else PaymentState.DECLINED,
            code=APPROVED if approved else answer.code,
            decided_by=Source.PRIMARY,
            decided_at=self._world.clock.now(),
        )
        frozen = answer.code == DeclineCode.ACCOUNT_FROZEN

        def verb(tx: Tx) -> Receipt:
            if not store.finish(tx, receipt):
                return store.by_id(tx, payment.payment_id) or receipt
            if not approved:
                self._mirror.release(tx, payment.payment_id, now=receipt.decided_at)
            if approved or frozen:
                store.note_frozen(
                    tx, self._institution, payment.debit_account, frozen=frozen, at=receipt.decided_at
                )
            return receipt

        return await self._storage.write(verb)

    def _accept(self, tx: Tx, accepted: Accepted) -> tuple[Receipt, bool]:
        """Know the key again; else hold the money, and decide at once if the primary cannot be asked."""
        known = store.by_key(tx, self._institution, accepted.key)
        if known is not None:
            receipt, digest = known
            if digest != accepted.body_digest:
                raise Conflict("idempotency_mismatch")
            return receipt, False
        request = accepted.request
        account = request.debit_account
        ask = self._modes.shares_with_primary(capability_of(request.kind), account)
        if not ask or self._advices.outstanding.waits(account):
            receipt = self._decide(tx, accepted)
            store.add(tx, accepted, receipt)
            if receipt.status is PaymentState.APPROVED:
                self._hold(tx, accepted, request.amount_minor)
                self._advise(tx, accepted, receipt)
            return receipt, True
        receipt = self._receipt(
            accepted, PaymentState.PENDING, DeclineCode.ISSUER_UNAVAILABLE, Source.PRIMARY
        )
        store.add(tx, accepted, receipt)
        self._hold(tx, accepted, self._available(tx, account))
        return receipt, True

    async def _ask_primary(self, accepted: Accepted, pending: Receipt) -> Receipt:
        payment = _payment(accepted)
        try:
            answer = await self._link.pay(payment)
        except PrimaryFailure as failure:
            self._watch.write_failed(failure.fault)
            if failure.sent:
                self.on_unknown()
                return pending
            return await self._storage.write(lambda tx: self._decide_unsent(tx, accepted))
        except Conflict as conflict:
            _log.error("payment_unknown", code=conflict.code)
            return pending
        self._watch.write_answered()
        return await self.finish(payment, answer)

    def _decide_unsent(self, tx: Tx, accepted: Accepted) -> Receipt:
        """The primary certainly never saw it: decide here, keeping the hold that is already there.

        A payment is held once: one that could not be held in full then is not approved now.
        """
        amount_minor = accepted.request.amount_minor
        held_minor = self._mirror.held_for(accepted.payment_id)
        in_full = held_minor == amount_minor
        receipt = self._decide(tx, accepted, held_minor=held_minor if in_full else 0)
        if receipt.status is PaymentState.APPROVED and not in_full:
            receipt = self._receipt(
                accepted, PaymentState.DECLINED, DeclineCode.INSUFFICIENT_FUNDS, Source.STAND_IN
            )
        if not store.finish(tx, receipt):
            return store.by_id(tx, accepted.payment_id) or receipt
        if receipt.status is PaymentState.APPROVED:
            self._advise(tx, accepted, receipt)
        else:
            self._mirror.release(tx, accepted.payment_id, now=receipt.decided_at)
        return receipt

    def _decide(self, tx: Tx, accepted: Accepted, *, held_minor: int = 0) -> Receipt:
        """The policy's word; `held_minor` is what this very payment already holds."""
        request = accepted.request
        decision = decide(
            request,
            debit=self._account(tx, request.debit_account, held_minor),
            credit_known=self._mirror.balance_in(tx, request.credit_account) is not None,
            usage=self._usage(tx, request.debit_account),
            mirror_age_s=self._mirror_age_s(),
            policy=self._policy,
        )
        approved = isinstance(decision, Approved)
        status = PaymentState.APPROVED if approved else PaymentState.DECLINED
        return self._receipt(accepted, status, decision.code, Source.STAND_IN)

    def _account(self, tx: Tx, account: str, held_minor: int) -> Account | None:
        balance = self._mirror.balance_in(tx, account)
        if balance is None:
            return None
        return Account(
            currency=balance.currency,
            available_minor=balance.available_minor + held_minor,
            frozen=store.is_frozen(tx, self._institution, account),
        )

    def _usage(self, tx: Tx, account: str) -> Usage:
        now = self._world.clock.now()
        day = day_start(now, self._policy)
        outage = self._modes.outage_since or now
        approved = store.approved_since(tx, self._institution, account, min(day, outage))
        in_outage = [amount_minor for amount_minor, at in approved if at >= outage]
        return Usage(
            day_minor=sum(amount_minor for amount_minor, at in approved if at >= day),
            outage_minor=sum(in_outage),
            outage_count=len(in_outage),
            exposure_minor=self._advices.outstanding.exposure_minor,
        )

    def _available(self, tx: Tx, account: str) -> int:
        balance = self._mirror.balance_in(tx, account)
        return 0 if balance is None else balance.available_minor

    def _hold(self, tx: Tx, accepted: Accepted, at_most_minor: int) -> None:
        """Hold the payment's amount, or what there is of it: nobody can spend more than that twice."""
        request = accepted.request
        amount_minor = min(request.amount_minor, at_most_minor)
        if amount_minor > 0:
            self._mirror.hold(
                tx,
                accepted.payment_id,
                request.debit_account,
                amount_minor,
                now=self._world.clock.now(),
            )

    def _advise(self, tx: Tx, accepted: Accepted, receipt: Receipt) -> None:
        request = accepted.request
        self._advices.make(
            tx,
            Advice(
                advice_id=id_to_text(self._world.ids.next()),
                payment_id=accepted.payment_id,
                kind=request.kind,
                debit_account=request.debit_account,
                credit_account=request.credit_account,
                amount_minor=request.amount_minor,
                currency=request.currency,
                decided_at=receipt.decided_at,
            ),
        )

    def _receipt(self, accepted: Accepted, status: PaymentState, code: str, by: Source) -> Receipt:
        return Receipt(
            payment_id=accepted.payment_id,
            status=status,
            code=str(code),
            decided_by=by,
            decided_at=self._world.clock.now(),
        )


def _digest(request: PaymentRequest) -> bytes:
    """What makes two bodies the same: every field."""
    said = msgspec.json.encode(
        [
            request.kind,
            request.debit_account,
            request.credit_account,
            request.amount_minor,
            request.currency,
            request.requested_at,
        ]
    )
    return blake2b(said, digest_size=16).digest()


def _payment(accepted: Accepted) -> Payment:
    request = accepted.request
    return Payment(
        payment_id=accepted.payment_id,
        kind=request.kind,
        debit_account=request.debit_account,
        credit_account=request.credit_account,
        amount_minor=request.amount_minor,
        currency=request.currency,
        requested_at=request.requested_at,
    )

"""Takes the primary's snapshot, waits for the feed to reach it, compares."""

import asyncio

from dawam.ledger import PendingStatus
from dawam.primary import Fault, PrimaryFailure, SnapshotEnd, SnapshotLine
from dawam.standin.advices import AdviceState
from dawam.standin.reconciliation import store
from dawam.standin.reconciliation.model import (
    Difference,
    DifferenceKind,
    Reconciliation,
    compare_balances,
)
from dawam.standin.surroundings import Surroundings

_CATCH_UP_S = 30.0
_DECISION_KINDS = {
    AdviceState.PARKED.value: DifferenceKind.DECISION_PARKED,
    AdviceState.WAITING.value: DifferenceKind.DECISION_WAITING,
}


class Reconciler:
    """The three-way comparison of one institution."""

    def __init__(self, around: Surroundings) -> None:
        self._institution = around.institution
        self._link = around.link
        self._mirror = around.mirror
        self._storage = around.storage

    async def reconcile(self) -> Reconciliation:
        """Compare everything once.

        Raises: PrimaryFailure, when the snapshot cannot be had whole or the feed does not reach it.
        """
        lines: list[SnapshotLine] = []
        end: SnapshotEnd | None = None
        async for line in self._link.snapshot():
            if isinstance(line, SnapshotEnd):
                end = line
            else:
                lines.append(line)
        if end is None:
            raise PrimaryFailure(Fault.MALFORMED, sent=True, detail="snapshot without its end")
        try:
            async with asyncio.timeout(_CATCH_UP_S):
                await self._mirror.wait_until(end.last_seq)
        except TimeoutError:
            raise PrimaryFailure(
                Fault.TIMEOUT, sent=True, detail="the feed does not reach the snapshot"
            ) from None
        mirrored: dict[str, int | None] = {
            line.account: self._mirror.balance_at(line.account, end.last_seq) for line in lines
        }
        for account in self._mirror.accounts():
            if account not in mirrored:
                mirrored[account] = self._mirror.balance_at(account, end.last_seq)
        accounts, agreeing, differences = compare_balances(lines, mirrored)
        return Reconciliation(
            accounts=accounts,
            agreeing=agreeing,
            differences=differences + self._decisions(),
        )

    def _decisions(self) -> list[Difference]:
        """Decisions that the two books do not yet agree on."""
        found: list[Difference] = []
        position = self._mirror.position().last_seq
        for decision in self._storage.read(lambda rows: store.open_decisions(rows, self._institution)):
            kind = _DECISION_KINDS.get(decision.state)
            if kind is None:
                if decision.seq > position:
                    continue
                if self._mirror.hold_status(decision.payment_id) is not PendingStatus.PENDING:
                    continue
                kind = DifferenceKind.DECISION_UNBOOKED
            found.append(
                Difference(
                    kind=kind,
                    reference=decision.payment_id,
                    amount_minor=decision.amount_minor,
                    code=decision.code,
                )
            )
        for payment_id, amount_minor in self._storage.read(
            lambda rows: store.unknown_outcomes(rows, self._institution)
        ):
            found.append(
                Difference(
                    kind=DifferenceKind.OUTCOME_UNKNOWN,
                    reference=payment_id,
                    amount_minor=amount_minor,
                )
            )
        return found

"""The names of differences, and the pure comparison.

| name | what it means | explained |
|---|---|---|
| balance_differs | the primary's balance is not what its own feed adds up to | no |
| not_mirrored | the primary has an account that the feed never brought | no, unless empty |
| not_at_primary | the mirror has an account that the primary does not know | no, unless empty |
| decision_parked | a decision that the primary refused and people must settle | yes |
| decision_waiting | a decision still on its way | yes |
| decision_unbooked | the primary says applied, its feed does not show it | no |
| outcome_unknown | a payment that the primary was asked for and has not answered | yes |
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from dawam.primary import SnapshotLine


class DifferenceKind(StrEnum):
    """What kind of difference; see the module's table."""

    BALANCE_DIFFERS = "balance_differs"
    NOT_MIRRORED = "not_mirrored"
    NOT_AT_PRIMARY = "not_at_primary"
    DECISION_PARKED = "decision_parked"
    DECISION_WAITING = "decision_waiting"
    DECISION_UNBOOKED = "decision_unbooked"
    OUTCOME_UNKNOWN = "outcome_unknown"


EXPLAINED = frozenset(
    {
        DifferenceKind.DECISION_PARKED,
        DifferenceKind.DECISION_WAITING,
        DifferenceKind.OUTCOME_UNKNOWN,
    }
)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: `amount_minor` is primary minus mirror for balances, the amount for decisions.

    `reference` is the account or the payment.
    """

    kind: DifferenceKind
    reference: str
    amount_minor: int
    code: str = ""


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison's result; complete only when the primary stood still or was caught up with."""

    accounts: int
    agreeing: int
    differences: list[Difference]

    @property
    def differing(self) -> int:
        """Accounts whose balances differ."""
        return self.accounts - self.agreeing

    @property
    def unexplained_minor(self) -> int:
        """The sum of what no name explains, in minor units, sign left aside."""
        return sum(abs(d.amount_minor) for d in self.differences if d.kind not in EXPLAINED)


def compare_balances(
    lines: Iterable[SnapshotLine], mirrored: Mapping[str, int | None]
) -> tuple[int, int, list[Difference]]:
    """Accounts compared, accounts agreeing, differences.

    `mirrored` gives each account's balance at its line's `last_seq`; None or absent: not mirrored.
    """
    accounts = agreeing = 0
    differences: list[Difference] = []
    seen: set[str] = set()
    for line in lines:
        accounts += 1
        seen.add(line.account)
        balance_minor = mirrored.get(line.account)
        if balance_minor == line.balance_minor or (balance_minor is None and line.balance_minor == 0):
            agreeing += 1
            continue
        kind = DifferenceKind.NOT_MIRRORED if balance_minor is None else DifferenceKind.BALANCE_DIFFERS
        differences.append(
            Difference(
                kind=kind,
                reference=line.account,
                amount_minor=line.balance_minor - (balance_minor or 0),
            )
        )
    for account, balance_minor in mirrored.items():
        if account in seen:
            continue
        accounts += 1
        if not balance_minor:
            agreeing += 1
            continue
        differences.append(
            Difference(kind=DifferenceKind.NOT_AT_PRIMARY, reference=account, amount_minor=-balance_minor)
        )
    return accounts, agreeing, differences

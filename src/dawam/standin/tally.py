"""What an institution's customers were answered: counts since the start, and whom the outage under way met.

Counts are of this process and begin at 0 with it. Accounts are kept for one outage, in memory, and go nowhere
but to the file of the incident.
"""

import msgspec

from dawam.standin.messages import PaymentState, Receipt, Shown, Source, Withheld


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers were given, by who gave them; how many shown balances were checked again, and how many
    of those were wrong. All only grow.
    """

    from_primary: int
    from_standin: int
    withheld: int
    contradicted: int
    approved_by_standin: int
    declined_by_standin: int
    checked: int
    wrong: int

    @property
    def shown(self) -> int:
        """Balances shown, by whomever."""
        return self.from_primary + self.from_standin


class Tally:
    """Counted where answers leave the desk."""

    def __init__(self) -> None:
        self.contradicted = 0
        self._shown = {Source.PRIMARY: 0, Source.STAND_IN: 0}
        self._withheld = 0
        self._decided = {state: 0 for state in PaymentState}
        self._affected: set[str] = set()

    def balance(self, account: str, answer: Shown | Withheld, *, away: bool) -> None:
        """A balance was shown or withheld; `away` while some capability is not the primary's."""
        if isinstance(answer, Withheld):
            self._withheld += 1
        else:
            self._shown[answer.source] += 1
        if away:
            self._affected.add(account)

    def payment(self, account: str, receipt: Receipt) -> None:
        """A payment was answered."""
        if receipt.decided_by is Source.STAND_IN:
            self._decided[receipt.status] += 1
            self._affected.add(account)

    def counts(self, *, checked: int, wrong: int) -> Counts:
        """Everything so far, with what the measures have found."""
        return Counts(
            from_primary=self._shown[Source.PRIMARY],
            from_standin=self._shown[Source.STAND_IN],
            withheld=self._withheld,
            contradicted=self.contradicted,
            approved_by_standin=self._decided[PaymentState.APPROVED],
            declined_by_standin=self._decided[PaymentState.DECLINED],
            checked=checked,
            wrong=wrong,
        )

    def affected(self) -> frozenset[str]:
        """The accounts that were asked for, or that paid, in the outage under way or the last one."""
        return frozenset(self._affected)

    def outage_begins(self) -> None:
        """Another outage: its customers are counted anew."""
        self._affected.clear()

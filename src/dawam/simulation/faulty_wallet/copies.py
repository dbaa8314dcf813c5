"""What the wallet's lies are made of: somebody else's balance, and an old copy of everything."""

import msgspec

from dawam.primary import Event
from dawam.simulation.distortion import Copied
from dawam.simulation.faults import FaultKind
from dawam.simulation.oracle import Oracle
from dawam.simulation.switch import FaultSwitch
from dawam.wallet import SnapshotEnd, Wallet

_PAGE = 5_000


class Copies:
    """Reads the healthy books of a wallet in this process, when a fault that needs them starts."""

    def __init__(self, wallet: Wallet, faults: FaultSwitch) -> None:
        self._wallet = wallet
        self._faults = faults
        self._history = Oracle()
        self._next: dict[str, str] = {}

    def prepare(self, kind: FaultKind) -> None:
        """Read what this fault will need, before its first answer."""
        if kind is FaultKind.SHIFT:
            names = [
                line.account
                for page in self._wallet.snapshot()
                for line in page
                if not isinstance(line, SnapshotEnd)
            ]
            self._next = dict(zip(names, [*names[1:], *names[:1]], strict=True))
        if kind is FaultKind.STALE:
            self._catch_up()

    def neighbour(self, account: str) -> Copied | None:
        """What the next account holds now."""
        other = self._next.get(account)
        if other is None or self._faults.get(FaultKind.SHIFT) is None:
            return None
        told = self._wallet.balance(other)
        return Copied(told.balance_minor, told.last_seq)

    def old(self, account: str) -> Copied | None:
        """What the account held when the copy was made; empty, when it came later."""
        stale = self._faults.get(FaultKind.STALE)
        if stale is None:
            return None
        moment = stale.copied_at()
        told = moment if stale.manner.copy_tells_age else None
        then = self._history.standing(account, moment)
        return Copied(then.balance_minor, then.last_seq, told) if then else Copied(0, 0, told)

    def _catch_up(self) -> None:
        while True:
            page = self._wallet.events_after(self._history.heard_seq, _PAGE)
            for event in page.events:
                self._history.hear(msgspec.convert(event, Event, from_attributes=True))
            if not page.events:
                return

"""Where does a wrong amount come from? Asked only once a storm has broken out; until then it only
remembers."""

from collections.abc import Iterator, Sequence
from itertools import islice

from dawam.guard.pattern import Contradiction
from dawam.guard.ports import MirrorView

_REMEMBERED = 4_096


class Provenance:
    """Looks wrong amounts up in the mirror: the account's own past, and other accounts' present."""

    def __init__(self, mirror: MirrorView, *, scan_accounts: int) -> None:
        self._mirror = mirror
        self._scan_accounts = scan_accounts
        self._lately: dict[int, str] = {}

    def remember(self, account: str, balance_minor: int) -> None:
        """Note a balance that was just proved; an amount of 0 is nobody's in particular."""
        if balance_minor == 0:
            return
        self._lately[balance_minor] = account
        if len(self._lately) > _REMEMBERED:
            del self._lately[next(iter(self._lately))]

    def own_past(self, contradiction: Contradiction) -> bool:
        """Whether the account did hold the answered amount at the answer's own, older `last_seq`."""
        mirrored = self._mirror.balance(contradiction.account)
        seq = contradiction.last_seq
        if mirrored is None or seq is None or seq >= mirrored.last_seq:
            return False
        return self._mirror.balance_at(contradiction.account, seq) == contradiction.answered_minor

    def owners(self, contradictions: Sequence[Contradiction]) -> int:
        """How many of the answered amounts, none of them 0, are the present balance of another account.

        Looks at the balances proved lately, then at a bounded number of accounts.
        """
        wanted: dict[int, list[str]] = {}
        for each in contradictions:
            if each.answered_minor:
                wanted.setdefault(each.answered_minor, []).append(each.account)
        found = 0
        for candidate in self._candidates(list(wanted)):
            mirrored = self._mirror.balance(candidate)
            askers = wanted.get(mirrored.balance_minor, []) if mirrored is not None else []
            others = [asker for asker in askers if asker != candidate]
            if others and mirrored is not None:
                found += len(others)
                wanted[mirrored.balance_minor] = [asker for asker in askers if asker == candidate]
                if not any(wanted.values()):
                    break
        return found

    def _candidates(self, amounts: Sequence[int]) -> Iterator[str]:
        yield from (self._lately[amount] for amount in amounts if amount in self._lately)
        yield from islice(self._mirror.accounts(), self._scan_accounts)

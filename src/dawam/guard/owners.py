"""Whose balance is this? Only asked when a storm has broken out; until then it only remembers."""

from collections.abc import Iterator, Sequence
from itertools import islice

from dawam.guard.pattern import Contradiction
from dawam.guard.ports import MirrorView

_REMEMBERED = 4_096


class Owners:
    """Finds accounts whose mirrored balance is a given amount: proved lately, then by a bounded scan."""

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

    def count(self, contradictions: Sequence[Contradiction]) -> int:
        """How many of the answered amounts, none of them 0, are the present balance of another account."""
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

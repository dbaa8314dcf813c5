"""Whom a wrong balance would meet first: the accounts asked about lately, and those answered falsely."""

from collections import OrderedDict
from random import Random

_REMEMBERED = 2_000
_SUSPECTS = 200


class Asked:
    """A bounded memory of accounts; nothing of it is ever logged."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, None] = OrderedDict()
        self._suspects: OrderedDict[str, None] = OrderedDict()
        self._held_back: set[str] = set()

    @property
    def suspects(self) -> int:
        """How many accounts were answered falsely and not truly since."""
        return len(self._suspects)

    def note(self, account: str) -> None:
        """A customer asked about it."""
        _remember(self._accounts, account, _REMEMBERED)

    def suspect(self, account: str) -> None:
        """The primary's answer on it was contradicted."""
        _remember(self._suspects, account, _SUSPECTS)

    def clear_suspect(self, account: str) -> None:
        """The primary's answer on it was proved."""
        self._suspects.pop(account, None)

    def hold_back(self, accounts: list[str]) -> None:
        """The primary is well but for these: they stay with the stand-in until it answers them truly."""
        self._held_back.update(accounts)

    def is_held_back(self, account: str) -> bool:
        """Whether this account stays with the stand-in while others are back."""
        return account in self._held_back

    def held_back(self) -> list[str]:
        """Those accounts, sorted."""
        return sorted(self._held_back)

    def let_back(self, account: str) -> None:
        """The primary has answered it truly."""
        self._held_back.discard(account)

    def sample(self, count: int, entropy: Random) -> list[str]:
        """Up to `count` of those asked about, by chance."""
        known = list(self._accounts)
        return known if len(known) <= count else entropy.sample(known, count)

    def shadow_sample(self, count: int, entropy: Random) -> list[str]:
        """Up to `count` to ask in the shadow: half of them suspects, while there are any."""
        suspects = list(self._suspects)
        chosen = suspects if len(suspects) <= count // 2 else entropy.sample(suspects, count // 2)
        others = self.sample(count - len(chosen), entropy)
        return list(dict.fromkeys(chosen + others))


def _remember(memory: OrderedDict[str, None], account: str, limit: int) -> None:
    memory[account] = None
    memory.move_to_end(account)
    if len(memory) > limit:
        memory.popitem(last=False)

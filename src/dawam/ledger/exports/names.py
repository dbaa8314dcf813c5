"""Account names that no program misreads: the chart's paths, and a name by id for an account without one."""

from collections.abc import Callable

from dawam.kernel import id_to_text
from dawam.ledger.chart import UNMAPPED, is_path
from dawam.ledger.exports.model import Names

_REMEMBERED = 100_000


class AccountNames:
    """The names in one export. A path that the chart would refuse is not used, whoever gave it."""

    def __init__(self, names: Names, spell: Callable[[str], str] = str) -> None:
        self._names = names
        self._spell = spell
        self._known: dict[int, tuple[str, str]] = {}

    def of(self, account_id: int) -> str:
        """The account's name."""
        return self.id_and_name(account_id)[1]

    def id_and_name(self, account_id: int) -> tuple[str, str]:
        """The account's id as text, and its name; worked out once while it is remembered."""
        known = self._known.get(account_id)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            name = self._spell(path_or_derived(self._names(account_id), account_id))
            known = self._known[account_id] = (id_to_text(account_id), name)
        return known


def path_or_derived(path: str | None, account_id: int) -> str:
    """The path, or `equity:unmapped:` and the account's id, which the chart gives to nobody."""
    if path is not None and is_path(path):
        return path
    return f"{UNMAPPED}:{id_to_text(account_id).lower()}"


def in_beancount(path: str) -> str:
    """`Liabilities:Wallets:Egp:Agent-7`: segments begin with a capital or a digit.

    Beancount knows no underscore: it becomes two hyphens, which no path has, so that no two paths become one.
    """
    return ":".join(segment[0].upper() + segment[1:].replace("_", "--") for segment in path.split(":"))

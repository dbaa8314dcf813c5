"""What a path is, and which account id it gives.

A path is 2 to 12 segments joined by colons, at most 200 characters. A segment is words of a-z and 0-9 joined
by single hyphens or underscores, so that every program that books are exported to can tell two paths apart.
The first segment is one of `ROOTS`. Below `equity:unmapped` exports put the accounts that have no path.
"""

import re
from hashlib import sha256

import msgspec

from dawam.kernel import ID_MAX, InvalidInput, invariant
from dawam.ledger.model import Account

ROOTS = ("assets", "liabilities", "equity", "income", "expenses")
UNMAPPED = "equity:unmapped"
PATH_MAX = 200
DEPTH_MAX = 12

_SEGMENT = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
_PATH = re.compile(rf"(?:{'|'.join(ROOTS)})(?::{_SEGMENT}){{1,{DEPTH_MAX - 1}}}", re.ASCII)
_BRANCH = re.compile(rf"(?:{'|'.join(ROOTS)})(?::{_SEGMENT}){{0,{DEPTH_MAX - 1}}}", re.ASCII)
_ID_DOMAIN = b"dawam/chart/v1\0"


class Named(msgspec.Struct, frozen=True, gc=False):
    """A line of the chart."""

    path: str
    account_id: int


class Child(msgspec.Struct, frozen=True, gc=False):
    """A segment directly below a path: an account, a branch with accounts below it, or both."""

    path: str
    account_id: int | None
    is_branch: bool


class SubtreeTotal(msgspec.Struct, frozen=True, gc=False):
    """One ledger's sums over the accounts at and below a path, in minor units, and how many there are."""

    ledger: int
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    accounts: int = 0

    @property
    def balance_minor(self) -> int:
        """Posted credits less posted debits: what a branch of credit-normal accounts holds."""
        return self.credits_posted - self.debits_posted

    def plus(self, account: Account) -> "SubtreeTotal":
        """The sums with one more account."""
        return SubtreeTotal(
            self.ledger,
            self.debits_pending + account.debits_pending,
            self.debits_posted + account.debits_posted,
            self.credits_pending + account.credits_pending,
            self.credits_posted + account.credits_posted,
            self.accounts + 1,
        )


def is_path(text: str) -> bool:
    """Whether an account may be named so."""
    return (
        len(text) <= PATH_MAX
        and _PATH.fullmatch(text) is not None
        and text != UNMAPPED
        and not text.startswith(UNMAPPED + ":")
    )


def valid_path(text: str) -> str:
    """The path, if an account may be named so.

    Raises: InvalidInput `chart_path_malformed`.
    """
    if not is_path(text):
        raise InvalidInput("chart_path_malformed", path=text[:80])
    return text


def valid_branch(text: str) -> str:
    """The path, if accounts may stand at or below it: a path, or a root by itself.

    Raises: InvalidInput `chart_path_malformed`.
    """
    if len(text) > PATH_MAX or _BRANCH.fullmatch(text) is None:
        raise InvalidInput("chart_path_malformed", path=text[:80])
    return text


def account_id_of(path: str) -> int:
    """The id that every node gives to the system account of this path.

    The first 128 bits, big-endian, of SHA-256 over `dawam/chart/v1`, a zero byte, and the path.
    Raises: InvalidInput `chart_path_malformed`.
    """
    digest = sha256(_ID_DOMAIN + valid_path(path).encode("ascii")).digest()
    account_id = int.from_bytes(digest[:16], "big")
    invariant(0 < account_id < ID_MAX, "a path gave an id that no account may have")
    return account_id


def child_of(branch: str, path: str) -> str:
    """The path one segment below a branch that leads to a path below it."""
    end = path.find(":", len(branch) + 1)
    return path if end < 0 else path[:end]

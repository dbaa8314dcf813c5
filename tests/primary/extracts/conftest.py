"""Small extracts, written where a test wants them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dawam.primary.extracts import Extract, load_mapping, mapping_from_toml, read_extract

SIGNED = """
name = "signed"
[time]
column = "when"
format = "rfc3339"
[money]
currency = "EGP"
[account]
column = "account"
balance_after = "balance"
[amount]
column = "amount"
"""

WALLET_HEADER = (
    "step,action,amount,nameOrig,oldBalanceOrig,newBalanceOrig,nameDest,oldBalanceDest,newBalanceDest,"
    "isUnauthorizedOverdraft"
)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes under a name, and say where."""

    def write(content: str | bytes, name: str = "feed.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def signed(written: Callable[..., Path]) -> Callable[..., Extract]:
    """Read lines of `when,account,amount,balance` by a mapping of signed amounts.

    `settings` adds lines to sections (`{"account": 'opening = "zero"'}`), `without` leaves out lines.
    """

    def read(
        *lines: str,
        header: str = "when,account,amount,balance",
        settings: dict[str, str] | None = None,
        without: tuple[str, ...] = (),
    ) -> Extract:
        mapping = mapping_from_toml(changed(SIGNED, settings or {}, without).encode(), source="signed.toml")
        return read_extract(written("\n".join((header, *lines, ""))), mapping)

    return read


def changed(text: str, settings: dict[str, str], without: tuple[str, ...]) -> str:
    """A mapping with lines added to its sections, others left out."""
    kept = "\n".join(line for line in text.splitlines() if line not in without) + "\n"
    for section, lines in settings.items():
        heading = f"[{section}]\n"
        kept = (
            kept.replace(heading, heading + lines + "\n") if heading in kept else f"{kept}{heading}{lines}\n"
        )
    return kept


@pytest.fixture
def wallet(written: Callable[..., Path]) -> Callable[..., Extract]:
    """Read two-sided lines by the shipped mapping `wallet`."""

    def read(*lines: str) -> Extract:
        return read_extract(written("\n".join((WALLET_HEADER, *lines, ""))), load_mapping("wallet"))

    return read

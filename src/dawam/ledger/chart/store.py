"""All SQL of the chart. A subtree is a range of paths: from `branch:` to `branch;`, the next character."""

from sqlalchemy import bindparam, insert, select

from dawam.ledger.chart.model import Named
from dawam.ledger.chart.tables import chart
from dawam.storage import Rows, Tx

PAGE = 256

_insert = insert(chart)
_by_path = select(chart.c.account_id).where(chart.c.path == bindparam("wanted"))
_by_account = select(chart.c.path).where(chart.c.account_id == bindparam("wanted"))
_page = (
    select(chart.c.path, chart.c.account_id)
    .where(chart.c.path > bindparam("after"), chart.c.path < bindparam("beyond"))
    .order_by(chart.c.path)
    .limit(PAGE)
)


def add(tx: Tx, path: str, account_id: int) -> None:
    """Write a line of the chart."""
    tx.execute(_insert, {"path": path, "account_id": _bytes(account_id)})


def account_at(rows: Rows, path: str) -> int | None:
    """The account of a path."""
    found = rows.execute(_by_path, {"wanted": path}).scalar_one_or_none()
    return None if found is None else int.from_bytes(found, "big")


def path_of(rows: Rows, account_id: int) -> str | None:
    """The path of an account."""
    found: str | None = rows.execute(_by_account, {"wanted": _bytes(account_id)}).scalar_one_or_none()
    return found


def page(rows: Rows, *, after: str, beyond: str) -> list[Named]:
    """Up to `PAGE` lines in the order of their paths, after one text and before another."""
    found = rows.execute(_page, {"after": after, "beyond": beyond})
    return [Named(path, int.from_bytes(account_id, "big")) for path, account_id in found]


def _bytes(account_id: int) -> bytes:
    return account_id.to_bytes(16, "big")

"""The chart of accounts: accounts by path, such as `liabilities:wallets:egp:agent-7`.

Promises: a path names one account and an account has one path, for ever; every path says by its first segment
which of the five kinds of account it is; any two nodes derive the same account id from a path. Page:
docs/chart.md.
"""

from dawam.ledger.chart.model import (
    ROOTS,
    UNMAPPED,
    Child,
    Named,
    SubtreeTotal,
    account_id_of,
    is_path,
    valid_path,
)
from dawam.ledger.chart.service import Books, Chart
from dawam.ledger.chart.tables import TABLES

__all__ = [
    "ROOTS",
    "TABLES",
    "UNMAPPED",
    "Books",
    "Chart",
    "Child",
    "Named",
    "SubtreeTotal",
    "account_id_of",
    "is_path",
    "valid_path",
]

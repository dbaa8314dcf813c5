"""The mirror in the ledger: what it posts must be accepted, and what it says must be what is posted."""

from collections.abc import Iterable, Sequence

from dawam.kernel import IntegrityBroken, invariant
from dawam.ledger import Account, AccountResult, Ledger, PendingStatus, Transfer, TransferResult
from dawam.primary.mirror import numbers
from dawam.primary.mirror.model import Row
from dawam.primary.mirror.statement import StatementLine, line_of
from dawam.storage import Tx

_STATEMENT_PAGE = 200


class Books:
    """One institution's accounts and transfers in the ledger."""

    def __init__(self, ledger: Ledger, institution: str, number: int) -> None:
        self._ledger = ledger
        self._institution = institution
        self._number = number

    def open_accounts(self, tx: Tx, accounts: Sequence[Account], *, now_ns: int) -> None:
        """Open accounts that may be open already."""
        for result in self._ledger.create_accounts(tx, accounts, now_ns=now_ns):
            invariant(
                result in (AccountResult.OK, AccountResult.EXISTS),
                f"the ledger refused an account: {result.name}",
            )

    def post(self, tx: Tx, transfers: Sequence[Transfer], *, now_ns: int) -> None:
        """Post what must be accepted. Raises: IntegrityBroken `mirror_posting_refused`."""
        if not transfers:
            return
        results = self._ledger.post_transfers(tx, transfers, now_ns=now_ns)
        for result, transfer in zip(results, transfers, strict=True):
            if result != TransferResult.OK:
                raise IntegrityBroken(
                    "mirror_posting_refused",
                    institution=self._institution,
                    seq=transfer.user_data_64,
                    result=result.name.lower(),
                )

    def refusal(self, tx: Tx, transfer: Transfer, *, now_ns: int) -> str | None:
        """Post what may be refused; the ledger's word for why it was, None when it was not."""
        (result,) = self._ledger.post_transfers(tx, [transfer], now_ns=now_ns)
        return None if result == TransferResult.OK else result.name.lower()

    def posted(self, tx: Tx, seq: int) -> Transfer | None:
        """What an applied event became; None for one that moved nothing."""
        booking = self._ledger.transfer_in(tx, numbers.booking(self._number, seq))
        return booking or self._ledger.transfer_in(tx, numbers.drift(self._number, seq))

    def pending(self, payment: int) -> PendingStatus | None:
        """What has become of a hold, as committed."""
        return self._ledger.pending(payment)

    def statement(self, row: Row, *, before: int | None, limit: int) -> list[StatementLine]:
        """The account's bookings, newest first, at most `limit`, from before a place."""
        account = numbers.customer_account(self._number, row.ordinal)
        lines: list[StatementLine] = []
        while len(lines) < limit:
            page = self._ledger.statement(account, before=before, limit=limit)
            found = (line_of(entry, row.currency) for entry in page)
            lines += [line for line in found if line is not None]
            if len(page) < limit:
                break
            before = page[-1].seq
        return lines[:limit]

    def balance_before(self, row: Row, seq: int) -> int:
        """Walk the account's statement back to the last entry at or before `seq`."""
        account = numbers.customer_account(self._number, row.ordinal)
        before: int | None = None
        while page := self._ledger.statement(account, before=before, limit=_STATEMENT_PAGE):
            for entry in page:
                if entry.transfer.user_data_64 <= seq:
                    return entry.balance_minor
            before = page[-1].seq
        return 0

    def check_agreement(self, tx: Tx, rows: Iterable[Row]) -> None:
        """What the mirror says is what the ledger holds."""
        base = numbers.customer_account(self._number, 0)
        for row in rows:
            account = self._ledger.account_in(tx, base + row.ordinal)
            invariant(
                account is not None
                and account.balance_minor == row.balance_minor
                and account.held_minor == row.held_minor,
                "mirror and ledger disagree",
            )

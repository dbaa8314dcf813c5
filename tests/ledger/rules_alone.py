"""The rules driven by the least that can drive them: dicts, and a deep copy to go back to."""

from copy import deepcopy

import msgspec

from dawam.ledger import AccountFlags, AccountResult, PendingStatus, Transfer, TransferFlags, TransferResult
from dawam.ledger.model import AccountRow, Pending
from dawam.ledger.ranges import check_account, check_transfer
from dawam.ledger.results import TRANSIENT
from dawam.ledger.rules import (
    LINKED,
    PENDING,
    POST,
    RESOLVES,
    amount_of,
    completed,
    expires_at,
    expiry_of,
    judge_account,
    judge_transfer,
    move,
    sides_of,
)

OK = TransferResult.OK


class RulesAlone:
    """Books in memory that ask the rules and do what they say."""

    def __init__(self):
        self.accounts = {}
        self.named = {}  # transfers by id
        self.burnt = set()
        self.account_stamps = []
        self.transfer_stamps = []

    def create_accounts(self, accounts, now):
        importing = any(account.flags & AccountFlags.IMPORTED for account in accounts[:1])
        return self._chains(accounts, lambda one: self._open(one, now, importing), AccountResult)

    def post_transfers(self, transfers, now):
        self.expire(now)
        importing = any(transfer.flags & TransferFlags.IMPORTED for transfer in transfers[:1])
        return self._chains(transfers, lambda one: self._post(one, now, importing), TransferResult)

    def expire(self, now):
        moment = self._next(now)
        due = [
            pending
            for pending in self.named.values()
            if pending.status is PendingStatus.PENDING and expires_at(pending.transfer) <= moment
        ]
        for pending in sorted(due, key=lambda found: (expires_at(found.transfer), found.seq)):
            self._record(expiry_of(pending.transfer), pending, self._next(now))
        return len(due)

    def _next(self, now):
        return max(now, max(self.account_stamps, default=0) + 1, max(self.transfer_stamps, default=0) + 1)

    def _chains(self, events, one, codes):
        results = []
        while len(results) < len(events):
            start = end = len(results)
            while end < len(events) and events[end].flags & LINKED:
                end += 1
            chain, is_open = events[start : end + 1], end == len(events)
            before, answers = deepcopy(self.__dict__) if len(chain) > 1 else {}, []
            for place, event in enumerate(chain):
                last_of_open = is_open and place == len(chain) - 1
                answers.append(codes.LINKED_EVENT_CHAIN_OPEN if last_of_open else one(event))
                if answers[-1]:
                    break
            if answers[-1]:
                self.__dict__.update(before)
                failed = len(answers) - 1
                if answers[failed] in TRANSIENT and codes is TransferResult:
                    self.burnt.add(chain[failed].id)
                answers = [codes.LINKED_EVENT_FAILED] * failed + answers[failed:]
                answers += [codes.LINKED_EVENT_FAILED] * (len(chain) - len(answers))
                if is_open:
                    answers[-1] = codes.LINKED_EVENT_CHAIN_OPEN
            results += answers
        return results

    def _open(self, account, now, importing):
        check_account(account)
        result = judge_account(
            account,
            self.accounts.get(account.id),
            timestamp=self._next(now),
            importing=importing,
            last=max(self.account_stamps, default=0),
            taken=self.transfer_stamps,
        )
        if result is AccountResult.OK:
            stamp = account.timestamp or self._next(now)
            fields = {**msgspec.structs.asdict(account), "terms": account.terms, "timestamp": stamp}
            self.accounts[account.id] = AccountRow(len(self.accounts) + 1, **fields)
            self.account_stamps.append(stamp)
        return result

    def _post(self, transfer, now, importing):
        check_transfer(transfer)
        existing, pending = self.named.get(transfer.id), self.named.get(transfer.pending_id)
        debit, credit = map(self.accounts.get, sides_of(transfer, pending))
        result = judge_transfer(
            transfer,
            existing=existing and existing.transfer,
            pending=pending,
            debit=debit,
            credit=credit,
            timestamp=self._next(now),
            failed=transfer.id in self.burnt,
            importing=importing,
            last=max(self.transfer_stamps, default=0),
            taken=self.account_stamps,
        )
        if result is not OK:
            return result
        stamp = transfer.timestamp or self._next(now)
        if transfer.flags & RESOLVES:
            self._record(completed(transfer, pending.transfer), pending, stamp)
        else:
            amount = amount_of(transfer, debit, credit)
            self._record(msgspec.structs.replace(transfer, amount=amount), None, stamp)
        return OK

    def _record(self, transfer, held, stamp):
        debit, credit = self.accounts[transfer.debit_account_id], self.accounts[transfer.credit_account_id]
        self.transfer_stamps.append(stamp)
        if held is None:
            move(transfer, 0, debit, credit)
        else:
            move(transfer, held.transfer.amount, debit, credit, held.transfer.flags)
            ended = PendingStatus.POSTED if transfer.flags & POST else PendingStatus.VOIDED
            status = ended if transfer.id else PendingStatus.EXPIRED
            self.named[held.transfer.id] = Pending(held.seq, held.transfer, status)
        if transfer.id:
            recorded = msgspec.structs.replace(transfer, timestamp=stamp)
            status = PendingStatus.PENDING if transfer.flags & PENDING else None
            self.named[transfer.id] = Pending(len(self.transfer_stamps), recorded, status)

    def account(self, account_id):
        """The account as the ledger would show it."""
        row = self.accounts.get(account_id)
        return row and {
            name: value
            for name, value in msgspec.to_builtins(row).items()
            if name not in ("number", "last_seq", "happened_ns", "mark")
        }

    def transfer(self, transfer_id) -> Transfer | None:
        found = self.named.get(transfer_id)
        return found and found.transfer

    def pending(self, transfer_id):
        found = self.named.get(transfer_id)
        return found and found.status

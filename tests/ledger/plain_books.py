"""An auditor's own books: slow, obvious, and without a line of the ledger's code.

Everything is a dict or a list; a failed chain or verb is undone by putting back a deep copy. Codes are names.
"""

from copy import deepcopy

MAX = 2**63 - 1
INT_MAX = 2**128 - 1
SECOND = 1_000_000_000
COUNTERS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
DATA = ("user_data_128", "user_data_64", "user_data_32")
# flags of accounts
DEBITS_LIMITED, CREDITS_LIMITED, HISTORY, IMPORTED_ACCOUNT, CLOSED = 2, 4, 8, 16, 32
# flags of transfers
LINKED, PENDING, POST, VOID = 1, 2, 4, 8
BALANCING_DEBIT, BALANCING_CREDIT, CLOSING_DEBIT, CLOSING_CREDIT, IMPORTED = 16, 32, 64, 128, 256
# refusals after which the id is of no use
NOT_FOUND = ("debit_account_not_found", "credit_account_not_found", "pending_transfer_not_found")
NOT_OPEN = ("debit_account_already_closed", "credit_account_already_closed", "debit_frozen", "credit_frozen")
TOO_MUCH = ("exceeds_credits", "exceeds_debits", "exceeds_overdraft")
BURNING = (*NOT_FOUND, *NOT_OPEN, *TOO_MUCH, "below_balance_min", "above_balance_max")


class PlainBooks:
    """Accounts, transfers and statement lines by id. Without `burns`, a refused id may be used again."""

    def __init__(self, burns=True):
        self.accounts = {}
        self.transfers = {}
        self.lines = {}
        self.burnt = []
        self.burns = burns
        self.account_stamps = [0]
        self.transfer_stamps = [0]

    def snapshot(self):
        return deepcopy(self.__dict__)

    def put_back(self, snapshot):
        self.__dict__.update(deepcopy(snapshot))

    def next_stamp(self, now):
        return max(now, max(self.account_stamps) + 1, max(self.transfer_stamps) + 1)

    def create_accounts(self, accounts, now):
        first_is_imported = bool(accounts) and bool(accounts[0]["flags"] & IMPORTED_ACCOUNT)
        return self._chains(accounts, lambda account: self._open(account, now, first_is_imported))

    def post_transfers(self, transfers, now):
        self.expire(now)
        first_is_imported = bool(transfers) and bool(transfers[0]["flags"] & IMPORTED)
        return self._chains(transfers, lambda transfer: self._post(transfer, now, first_is_imported))

    def _chains(self, events, one):
        results = []
        while len(results) < len(events):
            start = len(results)
            end = start
            while end < len(events) and events[end]["flags"] & LINKED:
                end += 1
            is_open = end == len(events)
            chain = events[start : end + 1]
            before = self.snapshot() if len(chain) > 1 else {}  # a refusal alone changes nothing
            codes = []
            for event in chain:
                last = is_open and len(codes) == len(chain) - 1
                codes.append("linked_event_chain_open" if last else one(event))
                if codes[-1] != "ok":
                    break
            if codes[-1] == "ok":
                results += codes
                continue
            self.put_back(before)
            if self.burns and codes[-1] in BURNING:
                self.burnt.append(chain[len(codes) - 1]["id"])
            whole = ["linked_event_failed"] * len(chain)
            whole[len(codes) - 1] = codes[-1]
            if is_open:
                whole[-1] = "linked_event_chain_open"
            results += whole
        return results

    def _wrong_time(self, event, is_imported, first_is_imported, now):
        if is_imported and not first_is_imported:
            return "imported_event_not_expected"
        if first_is_imported and not is_imported:
            return "imported_event_expected"
        if not is_imported:
            return "timestamp_must_be_zero" if event["timestamp"] else None
        if event["timestamp"] < 1 or event["timestamp"] > MAX:
            return "imported_event_timestamp_out_of_range"
        if event["timestamp"] >= self.next_stamp(now):
            return "imported_event_timestamp_must_not_advance"
        return None

    # Accounts

    def _open(self, account, now, first_is_imported):
        is_imported = bool(account["flags"] & IMPORTED_ACCOUNT)
        wrong = self._wrong_time(account, is_imported, first_is_imported, now) or self._wrong_account(account)
        if wrong:
            return wrong
        stamp = account["timestamp"]
        if is_imported and (stamp <= max(self.account_stamps) or stamp in self.transfer_stamps):
            return "imported_event_timestamp_must_not_regress"
        if not is_imported:
            stamp = self.next_stamp(now)
        self.account_stamps.append(stamp)
        self.accounts[account["id"]] = {**account, "timestamp": stamp}
        self.lines[account["id"]] = []
        return "ok"

    def _wrong_account(self, account):  # noqa: C901
        if account["flags"] > 63:
            return "reserved_flag"
        if account["id"] == 0:
            return "id_must_not_be_zero"
        if account["id"] == INT_MAX:
            return "id_must_not_be_int_max"
        if account["id"] in self.accounts:
            there = self.accounts[account["id"]]
            for field in ("flags", *DATA, "ledger", "code", "terms"):
                if there[field] != account[field]:
                    return f"exists_with_different_{field}"
            return "exists"
        if account["flags"] & DEBITS_LIMITED and account["flags"] & CREDITS_LIMITED:
            return "flags_are_mutually_exclusive"
        for field in COUNTERS:
            if account[field]:
                return f"{field}_must_be_zero"
        for field in ("ledger", "code"):
            if not account[field]:
                return f"{field}_must_not_be_zero"
        return None

    # Transfers

    def _post(self, t, now, first_is_imported):
        wrong = self._wrong_time(t, bool(t["flags"] & IMPORTED), first_is_imported, now)
        if wrong:
            return wrong
        if t["flags"] > 511:
            return "reserved_flag"
        if t["id"] == 0:
            return "id_must_not_be_zero"
        if t["id"] == INT_MAX:
            return "id_must_not_be_int_max"
        if t["id"] in self.transfers:
            return self._again(t, self.transfers[t["id"]])
        if t["id"] in self.burnt:
            return "id_already_failed"
        stamp = t["timestamp"] if t["flags"] & IMPORTED else self.next_stamp(now)
        if t["flags"] & POST or t["flags"] & VOID:
            return self._second_phase(t, stamp)
        return self._first_phase(t, stamp)

    def _again(self, t, there):
        for field in ("flags", "pending_id", "timeout"):
            if t[field] != there[field]:
                return f"exists_with_different_{field}"
        if t["flags"] & POST or t["flags"] & VOID:
            t = self._filled(t)
        if t["flags"] & BALANCING_DEBIT or t["flags"] & BALANCING_CREDIT:
            t = {**t, "amount": min(t["amount"], there["amount"])}
        sides = ("debit_account_id", "credit_account_id")
        for field in (*sides, "amount", *DATA, "ledger", "code", "effective_at"):
            if t[field] != there[field]:
                return f"exists_with_different_{field}"
        return "exists"

    def _filled(self, t):
        held = self.transfers[t["pending_id"]]
        filled = dict(t)
        for field in ("debit_account_id", "credit_account_id", *DATA, "ledger", "code"):
            filled[field] = t[field] if t[field] else held[field]
        if t["flags"] & VOID and t["amount"] == 0:
            filled["amount"] = held["amount"]
        if t["flags"] & POST and t["amount"] == MAX:
            filled["amount"] = held["amount"]
        return filled

    def _wrong_form(self, t):  # noqa: C901
        for side in ("debit", "credit"):
            if t[f"{side}_account_id"] == 0:
                return f"{side}_account_id_must_not_be_zero"
            if t[f"{side}_account_id"] == INT_MAX:
                return f"{side}_account_id_must_not_be_int_max"
        if t["debit_account_id"] == t["credit_account_id"]:
            return "accounts_must_be_different"
        if t["pending_id"]:
            return "pending_id_must_be_zero"
        if t["timeout"] and not t["flags"] & PENDING:
            return "timeout_reserved_for_pending_transfer"
        if (t["flags"] & CLOSING_DEBIT or t["flags"] & CLOSING_CREDIT) and not t["flags"] & PENDING:
            return "closing_transfer_must_be_pending"
        if not t["ledger"]:
            return "ledger_must_not_be_zero"
        if not t["code"]:
            return "code_must_not_be_zero"
        return None

    def _first_phase(self, t, stamp):  # noqa: C901
        wrong = self._wrong_form(t)
        if wrong:
            return wrong
        for side in ("debit", "credit"):
            if t[f"{side}_account_id"] not in self.accounts:
                return f"{side}_account_not_found"
        d, c = self.accounts[t["debit_account_id"]], self.accounts[t["credit_account_id"]]
        if d["ledger"] != c["ledger"]:
            return "accounts_must_have_the_same_ledger"
        if d["ledger"] != t["ledger"]:
            return "transfer_must_have_the_same_ledger_as_accounts"
        amount = self._balancing(t, d, c)
        wrong = self._wrong_import(t, d, c) or self._closed(d, c) or self._overflow(t, amount, d, c, stamp)
        wrong = wrong or self._exceeds(amount, d, c) or self._terms(amount, d, c)
        if wrong:
            return wrong
        phase = "pending" if t["flags"] & PENDING else "posted"
        d[f"debits_{phase}"] += amount
        c[f"credits_{phase}"] += amount
        if t["flags"] & CLOSING_DEBIT:
            d["flags"] += CLOSED
        if t["flags"] & CLOSING_CREDIT:
            c["flags"] += CLOSED
        self._write({**t, "amount": amount}, stamp, "pending" if phase == "pending" else None)
        return "ok"

    def _wrong_import(self, t, d, c):
        if not t["flags"] & IMPORTED:
            return None
        if t["timestamp"] <= max(self.transfer_stamps) or t["timestamp"] in self.account_stamps:
            return "imported_event_timestamp_must_not_regress"
        if t["timestamp"] <= d["timestamp"]:
            return "imported_event_timestamp_must_postdate_debit_account"
        if t["timestamp"] <= c["timestamp"]:
            return "imported_event_timestamp_must_postdate_credit_account"
        if t["timeout"]:
            return "imported_event_timeout_must_be_zero"
        return None

    def _closed(self, d, c):
        if d["flags"] & CLOSED:
            return "debit_account_already_closed"
        return "credit_account_already_closed" if c["flags"] & CLOSED else None

    def _balancing(self, t, d, c):
        amount = t["amount"]
        if t["flags"] & BALANCING_DEBIT:
            amount = min(amount, max(0, d["credits_posted"] - d["debits_posted"] - d["debits_pending"]))
        if t["flags"] & BALANCING_CREDIT:
            amount = min(amount, max(0, c["debits_posted"] - c["credits_posted"] - c["credits_pending"]))
        return amount

    def _overflow(self, t, amount, d, c, stamp):  # noqa: C901
        if t["flags"] & PENDING:
            if amount + d["debits_pending"] > MAX:
                return "overflows_debits_pending"
            if amount + c["credits_pending"] > MAX:
                return "overflows_credits_pending"
        if amount + d["debits_posted"] > MAX:
            return "overflows_debits_posted"
        if amount + c["credits_posted"] > MAX:
            return "overflows_credits_posted"
        if amount + d["debits_posted"] + d["debits_pending"] > MAX:
            return "overflows_debits"
        if amount + c["credits_posted"] + c["credits_pending"] > MAX:
            return "overflows_credits"
        if stamp + t["timeout"] * SECOND > MAX:
            return "overflows_timeout"
        return None

    def _exceeds(self, amount, d, c):
        debits = d["debits_pending"] + d["debits_posted"] + amount
        if d["flags"] & DEBITS_LIMITED and debits > d["credits_posted"]:
            return "exceeds_credits"
        credited = c["credits_pending"] + c["credits_posted"] + amount
        if c["flags"] & CREDITS_LIMITED and credited > c["debits_posted"]:
            return "exceeds_debits"
        return None

    def _terms(self, amount, d, c):
        if amount == 0:
            return None
        if d["terms"]["debits_frozen"]:
            return "debit_frozen"
        if c["terms"]["credits_frozen"]:
            return "credit_frozen"
        left = d["credits_posted"] - d["debits_posted"] - d["debits_pending"] - amount
        if d["terms"]["balance_min"] is not None and left < d["terms"]["balance_min"]:
            return "below_balance_min"
        reached = c["credits_posted"] - c["debits_posted"] + c["credits_pending"] + amount
        if c["terms"]["balance_max"] is not None and reached > c["terms"]["balance_max"]:
            return "above_balance_max"
        if d["terms"]["overdraft"] is not None and left < -d["terms"]["overdraft"]:
            return "exceeds_overdraft"
        return None

    # Posting and voiding

    def _second_phase(self, t, stamp):
        wrong = self._wrong_end(t)
        if wrong:
            return wrong
        held = self.transfers[t["pending_id"]]
        filled = self._filled(t)
        if held["timeout"] and held["timestamp"] + held["timeout"] * SECOND <= stamp:
            return "pending_transfer_expired"
        if t["flags"] & IMPORTED and (stamp <= max(self.transfer_stamps) or stamp in self.account_stamps):
            return "imported_event_timestamp_must_not_regress"
        d, c = self.accounts[held["debit_account_id"]], self.accounts[held["credit_account_id"]]
        if t["flags"] & POST and self._closed(d, c):
            return self._closed(d, c)
        self._take_back(held)
        if t["flags"] & POST:
            d["debits_posted"] += filled["amount"]
            c["credits_posted"] += filled["amount"]
        else:
            self._reopen(held)
        held["status"] = "posted" if t["flags"] & POST else "voided"
        self._write(filled, stamp, None)
        return "ok"

    def _wrong_end(self, t):  # noqa: C901  the rules one after another, to be read as a list
        if t["flags"] & POST and t["flags"] & VOID:
            return "flags_are_mutually_exclusive"
        for flag in (PENDING, BALANCING_DEBIT, BALANCING_CREDIT, CLOSING_DEBIT, CLOSING_CREDIT):
            if t["flags"] & flag:
                return "flags_are_mutually_exclusive"
        if t["pending_id"] == 0:
            return "pending_id_must_not_be_zero"
        if t["pending_id"] == INT_MAX:
            return "pending_id_must_not_be_int_max"
        if t["pending_id"] == t["id"]:
            return "pending_id_must_be_different"
        if t["timeout"]:
            return "timeout_reserved_for_pending_transfer"
        if t["pending_id"] not in self.transfers:
            return "pending_transfer_not_found"
        held = self.transfers[t["pending_id"]]
        if held["status"] is None:
            return "pending_transfer_not_pending"
        for field in ("debit_account_id", "credit_account_id", "ledger", "code"):
            if t[field] and t[field] != held[field]:
                return f"pending_transfer_has_different_{field}"
        amount = self._filled(t)["amount"]
        if amount > held["amount"]:
            return "exceeds_pending_transfer_amount"
        if t["flags"] & VOID and amount < held["amount"]:
            return "pending_transfer_has_different_amount"
        if held["status"] == "expired":
            return "pending_transfer_expired"
        return None if held["status"] == "pending" else f"pending_transfer_already_{held['status']}"

    def _take_back(self, held):
        self.accounts[held["debit_account_id"]]["debits_pending"] -= held["amount"]
        self.accounts[held["credit_account_id"]]["credits_pending"] -= held["amount"]

    def _reopen(self, held):
        for side, flag in (("debit", CLOSING_DEBIT), ("credit", CLOSING_CREDIT)):
            if held["flags"] & flag:
                self.accounts[held[f"{side}_account_id"]]["flags"] -= CLOSED

    def expire(self, now):
        moment, due = self.next_stamp(now), []
        for held in self.transfers.values():
            expiry = held["timestamp"] + held["timeout"] * SECOND
            if held["status"] == "pending" and held["timeout"] and expiry <= moment:
                due.append((expiry, held["timestamp"], held["id"]))
        for _, _, ident in sorted(due):
            held = self.transfers[ident]
            self._take_back(held)
            self._reopen(held)
            held["status"] = "expired"
            self._line(held, self.next_stamp(now), 0)
        return len(due)

    # Records

    def _write(self, t, stamp, status):
        self.transfers[t["id"]] = {**t, "timestamp": stamp, "status": status}
        self._line(t, stamp, t["id"])

    def _line(self, t, stamp, ident):
        self.transfer_stamps.append(stamp)
        for side in ("debit", "credit"):
            account = self.accounts[t[f"{side}_account_id"]]
            line = {"timestamp": stamp, "id": ident, "side": side, "amount": t["amount"]}
            self.lines[account["id"]].append({**line, **{name: account[name] for name in COUNTERS}})

    def statement(self, account_id):
        return self.lines.get(account_id, [])[::-1]

    def counters_as_of(self, account_id, moment):
        account = self.accounts.get(account_id)
        if account is None or account["timestamp"] > moment:
            return None
        past = [line for line in self.lines[account_id] if line["timestamp"] <= moment]
        return tuple(past[-1][name] for name in COUNTERS) if past else (0, 0, 0, 0)

"""An auditor's own books: slow, obvious, and without a line of the ledger's code.

Everything is a dict or a list; a failed chain or verb is undone by putting back a deep copy.
Codes are TigerBeetle's names in lower case.
"""

from copy import deepcopy

MAX = 2**63 - 1
INT_MAX = 2**128 - 1
LINKED, PENDING, POST, VOID = 1, 2, 4, 8
DEBITS_LIMITED, CREDITS_LIMITED = 2, 4
SECOND = 1_000_000_000
COUNTERS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
DATA = ("user_data_128", "user_data_64", "user_data_32")


class PlainBooks:
    """Accounts, transfers and statement lines by id."""

    def __init__(self):
        self.accounts = {}
        self.transfers = {}
        self.lines = {}
        self.clock = 0

    def snapshot(self):
        return deepcopy(self.__dict__)

    def put_back(self, snapshot):
        self.__dict__.update(deepcopy(snapshot))

    def tick(self, now):
        self.clock = max(now, self.clock + 1)
        return self.clock

    def create_accounts(self, accounts, now):
        return self._chains(accounts, lambda account: self._open(account, now))

    def post_transfers(self, transfers, now):
        self.expire(now)
        return self._chains(transfers, lambda transfer: self._post(transfer, now))

    def _chains(self, events, one):
        results = []
        while len(results) < len(events):
            start = len(results)
            end = start
            while end < len(events) and events[end]["flags"] & LINKED:
                end += 1
            is_open = end == len(events)
            chain = events[start : end + 1]
            before = self.snapshot()
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
            whole = ["linked_event_failed"] * len(chain)
            whole[len(codes) - 1] = codes[-1]
            if is_open:
                whole[-1] = "linked_event_chain_open"
            results += whole
        return results

    def _open(self, account, now):  # noqa: C901  the rules one after another, to be read as a list
        if account["timestamp"]:
            return "timestamp_must_be_zero"
        if account["flags"] > 15:
            return "reserved_flag"
        if account["id"] == 0:
            return "id_must_not_be_zero"
        if account["id"] == INT_MAX:
            return "id_must_not_be_int_max"
        if account["id"] in self.accounts:
            there = self.accounts[account["id"]]
            for field in ("flags", *DATA, "ledger", "code"):
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
        self.accounts[account["id"]] = {**account, "timestamp": self.tick(now)}
        self.lines[account["id"]] = []
        return "ok"

    def _post(self, t, now):
        if t["timestamp"]:
            return "timestamp_must_be_zero"
        if t["flags"] > 15:
            return "reserved_flag"
        if t["id"] == 0:
            return "id_must_not_be_zero"
        if t["id"] == INT_MAX:
            return "id_must_not_be_int_max"
        if t["id"] in self.transfers:
            return self._again(t, self.transfers[t["id"]])
        if t["flags"] & (POST | VOID):
            return self._second_phase(t, now)
        return self._first_phase(t, now)

    def _again(self, t, there):
        for field in ("flags", "pending_id", "timeout"):
            if t[field] != there[field]:
                return f"exists_with_different_{field}"
        if t["flags"] & (POST | VOID):
            t = self._filled(t)
        for field in (
            "debit_account_id",
            "credit_account_id",
            "amount",
            *DATA,
            "ledger",
            "code",
            "effective_at",
        ):
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

    def _first_phase(self, t, now):  # noqa: C901
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
        if not t["ledger"]:
            return "ledger_must_not_be_zero"
        if not t["code"]:
            return "code_must_not_be_zero"
        for side in ("debit", "credit"):
            if t[f"{side}_account_id"] not in self.accounts:
                return f"{side}_account_not_found"
        d, c = self.accounts[t["debit_account_id"]], self.accounts[t["credit_account_id"]]
        if d["ledger"] != c["ledger"]:
            return "accounts_must_have_the_same_ledger"
        if d["ledger"] != t["ledger"]:
            return "transfer_must_have_the_same_ledger_as_accounts"
        amount = t["amount"]
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
        if max(now, self.clock + 1) + t["timeout"] * SECOND > MAX:
            return "overflows_timeout"
        if (
            d["flags"] & DEBITS_LIMITED
            and d["debits_pending"] + d["debits_posted"] + amount > d["credits_posted"]
        ):
            return "exceeds_credits"
        if (
            c["flags"] & CREDITS_LIMITED
            and c["credits_pending"] + c["credits_posted"] + amount > c["debits_posted"]
        ):
            return "exceeds_debits"
        phase = "pending" if t["flags"] & PENDING else "posted"
        d[f"debits_{phase}"] += amount
        c[f"credits_{phase}"] += amount
        self._write(t, now, "pending" if phase == "pending" else None)
        return "ok"

    def _second_phase(self, t, now):  # noqa: C901
        if (t["flags"] & POST and t["flags"] & VOID) or t["flags"] & PENDING:
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
        filled = self._filled(t)
        if filled["amount"] > held["amount"]:
            return "exceeds_pending_transfer_amount"
        if t["flags"] & VOID and filled["amount"] < held["amount"]:
            return "pending_transfer_has_different_amount"
        if held["status"] == "expired":
            return "pending_transfer_expired"
        if held["status"] != "pending":
            return f"pending_transfer_already_{held['status']}"
        if held["timeout"] and held["timestamp"] + held["timeout"] * SECOND <= max(now, self.clock + 1):
            return "pending_transfer_expired"
        self._release(held)
        if t["flags"] & POST:
            self.accounts[held["debit_account_id"]]["debits_posted"] += filled["amount"]
            self.accounts[held["credit_account_id"]]["credits_posted"] += filled["amount"]
        held["status"] = "posted" if t["flags"] & POST else "voided"
        self._write(filled, now, None)
        return "ok"

    def _release(self, held):
        self.accounts[held["debit_account_id"]]["debits_pending"] -= held["amount"]
        self.accounts[held["credit_account_id"]]["credits_pending"] -= held["amount"]

    def expire(self, now):
        moment = max(now, self.clock + 1)
        due = [
            (held["timestamp"] + held["timeout"] * SECOND, held["timestamp"], held["id"])
            for held in self.transfers.values()
            if held["status"] == "pending" and held["timeout"]
        ]
        due = [ident for expiry, _, ident in sorted(due) if expiry <= moment]
        for ident in due:
            held = self.transfers[ident]
            self._release(held)
            held["status"] = "expired"
            self._line(held, self.tick(now), 0)
        return len(due)

    def _write(self, t, now, status):
        stamp = self.tick(now)
        self.transfers[t["id"]] = {**t, "timestamp": stamp, "status": status}
        self._line(t, stamp, t["id"])

    def _line(self, t, stamp, ident):
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

"""Every code, in order of precedence: each line mends what the line before was refused for.

A line names the fields that change; everything else stays as the lines before left it. `after` puts another
event with these flags before it into the call, `now` is the moment of the call, 0 the usual one. What is
refused leaves no trace, not even a burnt id; what is accepted stays.
"""

from contextlib import suppress
from copy import deepcopy

import pytest

from dawam.kernel import InvalidInput
from dawam.ledger import Account, AccountResult, Ledger, Terms, Transfer, TransferResult

from .rules_alone import RulesAlone
from .test_agrees_with_auditor import LEDGER_KEEPS_ALL, RolledBack

MAX = 2**63 - 1
SECOND = 1_000_000_000
BEGIN = 1_700_000_000 * SECOND
NOW = BEGIN + 5 * SECOND
WORDS = {
    "MAX": MAX,
    "INT_MAX": 2**128 - 1,
    "OLD": BEGIN,  # older than everything
    "PAST": BEGIN + 3 * SECOND,  # after the last transfer and the first accounts, before the last accounts
    "OPENED": BEGIN + 4 * SECOND,  # when the first of the last accounts was opened
    "LAST": BEGIN + 4 * SECOND + SECOND // 2,  # when a transfer was posted after them
    "RECENT": BEGIN + 4 * SECOND + SECOND // 2 + 1,
    "LATER": NOW + 1,
    "END": MAX - 3 * SECOND,
    "NONE": None,
}

ACCOUNTS = """
after=16 flags=64 timestamp=-1 debits_pending=1 debits_posted=1 | IMPORTED_EVENT_EXPECTED
after=0 flags=80       | IMPORTED_EVENT_NOT_EXPECTED
flags=64               | TIMESTAMP_MUST_BE_ZERO
after=16 flags=80      | IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
timestamp=LATER        | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE
timestamp=OLD          | RESERVED_FLAG
flags=16 credits_pending=1 credits_posted=1 | ID_MUST_NOT_BE_ZERO
id=INT_MAX             | ID_MUST_NOT_BE_INT_MAX
id=7 user_data_128=1 user_data_64=1 user_data_32=1 | EXISTS_WITH_DIFFERENT_FLAGS
after=NONE flags=2 timestamp=0 | EXISTS_WITH_DIFFERENT_USER_DATA_128
user_data_128=5        | EXISTS_WITH_DIFFERENT_USER_DATA_64
user_data_64=6         | EXISTS_WITH_DIFFERENT_USER_DATA_32
user_data_32=7         | EXISTS_WITH_DIFFERENT_LEDGER
ledger=818             | EXISTS_WITH_DIFFERENT_CODE
code=3                 | EXISTS_WITH_DIFFERENT_TERMS
overdraft=5            | EXISTS
id=8 flags=22 timestamp=OLD ledger=0 code=0 | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=18               | DEBITS_PENDING_MUST_BE_ZERO
debits_pending=0       | DEBITS_POSTED_MUST_BE_ZERO
debits_posted=0        | CREDITS_PENDING_MUST_BE_ZERO
credits_pending=0      | CREDITS_POSTED_MUST_BE_ZERO
credits_posted=0       | LEDGER_MUST_NOT_BE_ZERO
ledger=818             | CODE_MUST_NOT_BE_ZERO
code=3                 | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
timestamp=LAST         | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
timestamp=RECENT       | OK
timestamp=RECENT       | EXISTS
"""

FORM = """
after=256 flags=512 timestamp=-1 amount=20 pending_id=5 timeout=5 | IMPORTED_EVENT_EXPECTED
after=0 flags=768      | IMPORTED_EVENT_NOT_EXPECTED
flags=512              | TIMESTAMP_MUST_BE_ZERO
after=256 flags=768    | IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
timestamp=LATER        | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE
timestamp=OLD          | RESERVED_FLAG
flags=320              | ID_MUST_NOT_BE_ZERO
id=INT_MAX             | ID_MUST_NOT_BE_INT_MAX
id=60                  | ID_ALREADY_FAILED
id=100                 | DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
debit_account_id=INT_MAX | DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
debit_account_id=98    | CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
credit_account_id=INT_MAX | CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
credit_account_id=98   | ACCOUNTS_MUST_BE_DIFFERENT
credit_account_id=99   | PENDING_ID_MUST_BE_ZERO
pending_id=0           | TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
timeout=0              | CLOSING_TRANSFER_MUST_BE_PENDING
timeout=5 flags=322    | LEDGER_MUST_NOT_BE_ZERO
ledger=1               | CODE_MUST_NOT_BE_ZERO
code=1                 | DEBIT_ACCOUNT_NOT_FOUND
debit_account_id=44    | CREDIT_ACCOUNT_NOT_FOUND
credit_account_id=4    | ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
credit_account_id=45   | TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
ledger=818             | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
timestamp=OPENED       | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
timestamp=PAST         | IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
debit_account_id=42    | IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
credit_account_id=43   | IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO
timeout=0              | DEBIT_ACCOUNT_ALREADY_CLOSED
debit_account_id=10    | CREDIT_ACCOUNT_ALREADY_CLOSED
credit_account_id=11   | OVERFLOWS_DEBITS_PENDING
debit_account_id=20    | OVERFLOWS_CREDITS_PENDING
credit_account_id=21   | OVERFLOWS_DEBITS_POSTED
debit_account_id=10 flags=256 | OVERFLOWS_CREDITS_POSTED
credit_account_id=11   | OVERFLOWS_DEBITS
debit_account_id=5 credit_account_id=22 flags=2 timeout=4 timestamp=0 after=NONE now=END | OVERFLOWS_CREDITS
credit_account_id=3    | OVERFLOWS_TIMEOUT
timeout=0 now=0        | EXCEEDS_CREDITS
debit_account_id=30    | EXCEEDS_DEBITS
credit_account_id=31   | DEBIT_FROZEN
debit_account_id=32    | CREDIT_FROZEN
credit_account_id=33   | BELOW_BALANCE_MIN
debit_account_id=34    | ABOVE_BALANCE_MAX
credit_account_id=2    | EXCEEDS_OVERDRAFT
debit_account_id=1     | OK
credit_account_id=2    | EXISTS
"""

AGAIN = """
id=50 flags=4 pending_id=3 timeout=9 ledger=1 code=9 effective_at=9 | EXISTS_WITH_DIFFERENT_FLAGS
flags=2                | EXISTS_WITH_DIFFERENT_PENDING_ID
pending_id=0           | EXISTS_WITH_DIFFERENT_TIMEOUT
timeout=60             | EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID
debit_account_id=1     | EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID
credit_account_id=2    | EXISTS_WITH_DIFFERENT_AMOUNT
amount=30              | EXISTS_WITH_DIFFERENT_USER_DATA_128
user_data_128=5        | EXISTS_WITH_DIFFERENT_USER_DATA_64
user_data_64=6         | EXISTS_WITH_DIFFERENT_USER_DATA_32
user_data_32=7         | EXISTS_WITH_DIFFERENT_LEDGER
ledger=818             | EXISTS_WITH_DIFFERENT_CODE
code=1                 | EXISTS_WITH_DIFFERENT_EFFECTIVE_AT
effective_at=8         | EXISTS
"""

END_OF_A_HOLD = """
id=200 flags=270 timestamp=OLD timeout=5 debit_account_id=9 credit_account_id=9 | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=268 amount=31    | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=262              | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=276              | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=296              | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=324              | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=392              | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=264 ledger=9 code=9 | PENDING_ID_MUST_NOT_BE_ZERO
pending_id=INT_MAX     | PENDING_ID_MUST_NOT_BE_INT_MAX
pending_id=200         | PENDING_ID_MUST_BE_DIFFERENT
pending_id=201         | TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
timeout=0              | PENDING_TRANSFER_NOT_FOUND
pending_id=60          | PENDING_TRANSFER_NOT_FOUND
pending_id=40          | PENDING_TRANSFER_NOT_PENDING
pending_id=51          | PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID
debit_account_id=1     | PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID
credit_account_id=2    | PENDING_TRANSFER_HAS_DIFFERENT_LEDGER
ledger=818             | PENDING_TRANSFER_HAS_DIFFERENT_CODE
code=1                 | EXCEEDS_PENDING_TRANSFER_AMOUNT
amount=29              | PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
flags=260              | PENDING_TRANSFER_ALREADY_POSTED
pending_id=52          | PENDING_TRANSFER_ALREADY_VOIDED
pending_id=53          | PENDING_TRANSFER_EXPIRED
debit_account_id=0 credit_account_id=0 pending_id=54 | IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
timestamp=PAST         | DEBIT_ACCOUNT_ALREADY_CLOSED
pending_id=55          | CREDIT_ACCOUNT_ALREADY_CLOSED
pending_id=50          | OK
amount=28              | EXISTS_WITH_DIFFERENT_AMOUNT
amount=29 user_data_64=1 | EXISTS_WITH_DIFFERENT_USER_DATA_64
user_data_64=0         | EXISTS
debit_account_id=1 credit_account_id=2 ledger=818 code=1 | EXISTS
id=202 timestamp=0 flags=4 | PENDING_TRANSFER_ALREADY_POSTED
id=203 pending_id=54 flags=8 amount=0 debit_account_id=0 credit_account_id=0 | OK
id=203                 | EXISTS
"""


class ByTheLedger:
    """The ledger, asked like the rules alone."""

    def __init__(self, storage):
        self.storage, self.ledger = storage, Ledger(storage)

    def create_accounts(self, accounts, now, *, keep=True):
        return self._ask(lambda tx: self.ledger.create_accounts(tx, accounts, now_ns=now), keep)

    def post_transfers(self, transfers, now, *, keep=True):
        return self._ask(lambda tx: self.ledger.post_transfers(tx, transfers, now_ns=now), keep)

    def expire(self, now):
        return self.storage.write_now(lambda tx: self.ledger.expire_pending(tx, now_ns=now))

    def _ask(self, verb, keep):
        done = []

        def run(tx):
            done.extend(verb(tx))
            if done[-1] and not keep:
                raise RolledBack

        with suppress(RolledBack):
            self.storage.write_now(run)
        return done


class ByTheRules(RulesAlone):
    """The rules alone, which can forget what they have refused."""

    def create_accounts(self, accounts, now, *, keep=True):
        return self._ask(super().create_accounts, accounts, now, keep)

    def post_transfers(self, transfers, now, *, keep=True):
        return self._ask(super().post_transfers, transfers, now, keep)

    def _ask(self, verb, events, now, keep):
        before = deepcopy(self.__dict__)
        done = verb(events, now)
        if done[-1] and not keep:
            self.__dict__.update(before)
        return done


def lines_of(table):
    """Each line's fields, what is said around it, and its code."""
    fields = {}
    for line in table.strip().splitlines():
        changes, code = line.split("|")
        for change in changes.split():
            name, value = change.split("=")
            fields[name] = WORDS[value] if value in WORDS else int(value)
        around = {name: fields.get(name) for name in ("after", "now", "overdraft")}
        yield {name: value for name, value in fields.items() if name not in around}, around, code.strip()


needs_all = pytest.mark.skipif(not LEDGER_KEEPS_ALL, reason="the tables do not hold all that the rules know")


@pytest.fixture(params=["rules", pytest.param("ledger", marks=needs_all)])
def asked(request, storage):
    return ByTheRules() if request.param == "rules" else ByTheLedger(storage)


def opened(*numbers, flags=0, **terms):
    agreed = Terms(**terms)
    return [Account(number, 504 if number == 4 else 818, 1, flags, terms=agreed) for number in numbers]


@pytest.fixture
def books(asked):
    """Accounts on both sides of every limit, pending transfers in every state, and a burnt id."""
    accounts = [
        *opened(1, 3, 4, 10, 11, 20, 21, 22, 23, 40, 41),
        *opened(2, 5, flags=2),
        *opened(42, 43, flags=32),
        *opened(30, debits_frozen=True, balance_min=0, overdraft=5),
        *opened(31, credits_frozen=True, balance_max=5),
        *opened(32, balance_min=0, overdraft=5),
        *opened(33, balance_max=5),
        *opened(34, overdraft=5),
    ]
    accounts[1] = Account(3, 818, 1, 4)
    assert not any(asked.create_accounts(accounts, BEGIN))
    hold = {"debit_account_id": 1, "credit_account_id": 2, "ledger": 818, "code": 1, "flags": 2, "amount": 30}
    data = {"user_data_128": 5, "user_data_64": 6, "user_data_32": 7, "effective_at": 8, "timeout": 60}
    plain = {"ledger": 818, "code": 1}
    done = asked.post_transfers(
        [
            Transfer(30, 10, 11, MAX - 10, **plain, flags=2),
            Transfer(31, 20, 21, MAX - 10, **plain),
            Transfer(32, 23, 22, MAX // 2, **plain, flags=2),
            Transfer(33, 23, 22, MAX // 2, **plain),
            Transfer(40, 1, 11, 1, **plain),
            Transfer(50, **hold, **data),
            Transfer(51, **hold),
            Transfer(52, **hold),
            Transfer(53, **hold, timeout=1),
            Transfer(54, 40, 41, 30, **plain, flags=2),
            Transfer(55, 1, 41, 30, **plain, flags=2),
            Transfer(61, flags=4, pending_id=51, amount=MAX),
            Transfer(62, flags=8, pending_id=52),
            Transfer(63, 40, 41, 0, **plain, flags=2 | 64 | 128),
        ],
        BEGIN,
    )
    assert not any(done)
    assert asked.expire(BEGIN + SECOND + 100) == 1
    burnt = asked.post_transfers([Transfer(60, 98, 1, 1, **plain)], BEGIN + SECOND + 200)
    assert burnt == [TransferResult.DEBIT_ACCOUNT_NOT_FOUND]
    assert not any(asked.create_accounts(opened(44, 45, flags=32), WORDS["OPENED"]))
    return asked


@pytest.mark.parametrize("table", [FORM, AGAIN, END_OF_A_HOLD], ids=["form", "again", "end of a hold"])
def test_transfers_are_refused_in_order_of_precedence(books, table):
    for number, (fields, around, code) in enumerate(lines_of(table)):
        call = [Transfer(**{"id": 0, **fields})]
        if around["after"] is not None:
            call.insert(0, Transfer(0, flags=around["after"]))
        result = books.post_transfers(call, around["now"] or NOW, keep=False)[-1]
        assert result.name == code, f"line {number + 1}"


def test_accounts_are_refused_in_order_of_precedence(books):
    first = Account(7, 818, 3, 2, 5, 6, 7, terms=Terms(overdraft=5))
    assert books.create_accounts([first], WORDS["OPENED"] + 100) == [AccountResult.OK]
    transfer = Transfer(70, 1, 11, 1, ledger=818, code=1)
    assert books.post_transfers([transfer], WORDS["LAST"]) == [TransferResult.OK]
    for number, (fields, around, code) in enumerate(lines_of(ACCOUNTS)):
        terms = Terms(overdraft=around["overdraft"])
        call = [Account(**{"id": 0, "ledger": 0, "code": 0, **fields}, terms=terms)]
        if around["after"] is not None:
            call.insert(0, Account(0, 0, 0, flags=around["after"]))
        result = books.create_accounts(call, NOW, keep=False)[-1]
        assert result.name == code, f"line {number + 1}"


def test_every_code_stands_in_a_table_and_the_tables_in_the_order_of_the_codes():
    chains = ["OK", "LINKED_EVENT_FAILED", "LINKED_EVENT_CHAIN_OPEN"]
    written = {code for table in (FORM, AGAIN, END_OF_A_HOLD) for _, _, code in lines_of(table)}
    assert written | set(chains) == set(TransferResult.__members__)
    assert {code for _, _, code in lines_of(ACCOUNTS)} | set(chains) == set(AccountResult.__members__)
    for table, codes in (
        (FORM, TransferResult),
        (AGAIN, TransferResult),
        (END_OF_A_HOLD, TransferResult),
        (ACCOUNTS, AccountResult),
    ):
        order = list(codes.__members__)
        places = [order.index(code) for _, _, code in lines_of(table)]
        until_accepted = places[: places.index(0)] if 0 in places else places
        assert until_accepted == sorted(until_accepted)


def test_a_chain_fails_as_a_whole_and_names_its_culprit(books):
    link = {"ledger": 818, "code": 1, "flags": 1}
    done = books.post_transfers(
        [
            Transfer(300, 1, 2, 5, **link),
            Transfer(301, 1, 1, 5, **link),
            Transfer(302, 1, 2, 5, ledger=818, code=1),
            Transfer(300, 1, 2, 5, ledger=818, code=1),
            Transfer(303, 1, 2, 5, **link),
            Transfer(304, 1, 2, 5, **link),
        ],
        NOW,
    )
    assert [result.name for result in done] == [
        "LINKED_EVENT_FAILED",
        "ACCOUNTS_MUST_BE_DIFFERENT",
        "LINKED_EVENT_FAILED",
        "OK",
        "LINKED_EVENT_FAILED",
        "LINKED_EVENT_CHAIN_OPEN",
    ]


def test_of_a_chain_that_fails_for_the_moment_only_the_culprits_id_is_burnt(books):
    plain = {"ledger": 818, "code": 1}
    chain = [Transfer(310, 1, 2, 5, **plain, flags=1), Transfer(311, 5, 1, 5, **plain)]
    done = books.post_transfers(chain, NOW)
    assert [result.name for result in done] == ["LINKED_EVENT_FAILED", "EXCEEDS_CREDITS"]
    again = books.post_transfers([Transfer(310, 1, 2, 5, **plain), Transfer(311, 1, 2, 5, **plain)], NOW)
    assert [result.name for result in again] == ["OK", "ID_ALREADY_FAILED"]


@pytest.mark.parametrize(
    "fields",
    [{"id": 2**128}, {"amount": -1}, {"user_data_64": 2**64}, {"code": 2**16}, {"timeout": -1}],
)
@pytest.mark.parametrize("flags", [0, 2])
def test_what_no_record_can_hold_is_an_error_and_leaves_no_trace(storage, ledger, fields, flags):
    plain = {"debit_account_id": 1, "credit_account_id": 2, "ledger": 818, "code": 1, "flags": flags}
    storage.write_now(lambda tx: ledger.create_accounts(tx, opened(1, 2), now_ns=NOW))
    pair = [Transfer(400, amount=1, **plain), Transfer(**{"id": 401, "amount": 1, **plain, **fields})]
    with pytest.raises(InvalidInput, match="transfer_field_out_of_range"):
        storage.write_now(lambda tx: ledger.post_transfers(tx, pair, now_ns=NOW))
    assert ledger.transfer(400) is None
    assert ledger.account(1).debits_posted == ledger.account(1).debits_pending == 0
    assert ledger.audit().ok

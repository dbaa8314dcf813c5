"""Every code, in order of precedence: each line mends what the line before was refused for.

A line names the fields that change; everything else stays as the lines before left it.
"""

import pytest

from dawam.kernel import InvalidInput
from dawam.ledger import Account, AccountResult, Transfer, TransferResult

MAX = 2**63 - 1
WORDS = {"MAX": MAX, "INT_MAX": 2**128 - 1}
NOW = 1_700_000_000_000_000_000
SECOND = 1_000_000_000

ACCOUNTS = """
timestamp=1 flags=54 debits_pending=1 debits_posted=1 | TIMESTAMP_MUST_BE_ZERO
timestamp=0            | RESERVED_FLAG
flags=32 credits_pending=1 credits_posted=1 | RESERVED_FLAG
flags=6                | ID_MUST_NOT_BE_ZERO
id=INT_MAX             | ID_MUST_NOT_BE_INT_MAX
id=7 user_data_128=1 user_data_64=1 user_data_32=1 | EXISTS_WITH_DIFFERENT_FLAGS
flags=2                | EXISTS_WITH_DIFFERENT_USER_DATA_128
user_data_128=5        | EXISTS_WITH_DIFFERENT_USER_DATA_64
user_data_64=6         | EXISTS_WITH_DIFFERENT_USER_DATA_32
user_data_32=7         | EXISTS_WITH_DIFFERENT_LEDGER
ledger=818             | EXISTS_WITH_DIFFERENT_CODE
code=3                 | EXISTS
id=8 flags=6 ledger=0 code=0 | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=2                | DEBITS_PENDING_MUST_BE_ZERO
debits_pending=0       | DEBITS_POSTED_MUST_BE_ZERO
debits_posted=0        | CREDITS_PENDING_MUST_BE_ZERO
credits_pending=0      | CREDITS_POSTED_MUST_BE_ZERO
credits_posted=0       | LEDGER_MUST_NOT_BE_ZERO
ledger=818             | CODE_MUST_NOT_BE_ZERO
code=3                 | OK
code=3                 | EXISTS
"""

PLAIN = """
timestamp=1 flags=48 amount=20 pending_id=5 timeout=5 | TIMESTAMP_MUST_BE_ZERO
timestamp=0            | RESERVED_FLAG
flags=0                | ID_MUST_NOT_BE_ZERO
id=INT_MAX             | ID_MUST_NOT_BE_INT_MAX
id=100                 | DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
debit_account_id=INT_MAX | DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
debit_account_id=98    | CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
credit_account_id=INT_MAX | CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
credit_account_id=98   | ACCOUNTS_MUST_BE_DIFFERENT
credit_account_id=99   | PENDING_ID_MUST_BE_ZERO
pending_id=0           | TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
timeout=0              | LEDGER_MUST_NOT_BE_ZERO
ledger=1               | CODE_MUST_NOT_BE_ZERO
code=1                 | DEBIT_ACCOUNT_NOT_FOUND
debit_account_id=10    | CREDIT_ACCOUNT_NOT_FOUND
credit_account_id=4    | ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
credit_account_id=11   | TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
ledger=818 flags=2     | OVERFLOWS_DEBITS_PENDING
debit_account_id=20    | OVERFLOWS_CREDITS_PENDING
credit_account_id=21   | OVERFLOWS_DEBITS_POSTED
debit_account_id=10 flags=0 | OVERFLOWS_CREDITS_POSTED
credit_account_id=11   | OVERFLOWS_DEBITS
debit_account_id=5     | OVERFLOWS_CREDITS
credit_account_id=3    | EXCEEDS_CREDITS
debit_account_id=1     | EXCEEDS_DEBITS
credit_account_id=2    | OK
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

POST = """
id=200 flags=14 timeout=5 debit_account_id=9 credit_account_id=9 | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=12 amount=31     | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=6                | FLAGS_ARE_MUTUALLY_EXCLUSIVE
flags=8 ledger=9 code=9 | PENDING_ID_MUST_NOT_BE_ZERO
pending_id=INT_MAX     | PENDING_ID_MUST_NOT_BE_INT_MAX
pending_id=200         | PENDING_ID_MUST_BE_DIFFERENT
pending_id=201         | TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
timeout=0              | PENDING_TRANSFER_NOT_FOUND
pending_id=40          | PENDING_TRANSFER_NOT_PENDING
pending_id=51          | PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID
debit_account_id=1     | PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID
credit_account_id=2    | PENDING_TRANSFER_HAS_DIFFERENT_LEDGER
ledger=818             | PENDING_TRANSFER_HAS_DIFFERENT_CODE
code=1                 | EXCEEDS_PENDING_TRANSFER_AMOUNT
amount=29              | PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
flags=4                | PENDING_TRANSFER_ALREADY_POSTED
pending_id=52          | PENDING_TRANSFER_ALREADY_VOIDED
pending_id=53          | PENDING_TRANSFER_EXPIRED
pending_id=50          | OK
amount=28              | EXISTS_WITH_DIFFERENT_AMOUNT
amount=29 user_data_64=1 | EXISTS_WITH_DIFFERENT_USER_DATA_64
user_data_64=0         | EXISTS
debit_account_id=0 credit_account_id=0 ledger=0 code=0 | EXISTS
id=202                 | PENDING_TRANSFER_ALREADY_POSTED
"""


def lines_of(table):
    fields = {}
    for line in table.strip().splitlines():
        changes, code = line.split("|")
        for change in changes.split():
            name, value = change.split("=")
            fields[name] = WORDS.get(value) or int(value)
        yield dict(fields), code.strip()


def post(ledger, storage, *transfers, now=NOW):
    return storage.write_now(lambda tx: ledger.post_transfers(tx, transfers, now_ns=now))


@pytest.fixture
def books(storage, ledger):
    """Accounts on both sides of every limit, and pending transfers in every state."""
    flags = {2: 2, 3: 4, 5: 2}
    accounts = [
        Account(number, 504 if number == 4 else 818, 1, flags.get(number, 0))
        for number in (1, 2, 3, 4, 5, 10, 11, 20, 21)
    ]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    hold = {"debit_account_id": 1, "credit_account_id": 2, "ledger": 818, "code": 1, "flags": 2, "amount": 30}
    data = {"user_data_128": 5, "user_data_64": 6, "user_data_32": 7, "effective_at": 8, "timeout": 60}
    done = post(
        ledger,
        storage,
        Transfer(30, 10, 11, MAX - 10, ledger=818, code=1, flags=2),
        Transfer(31, 20, 21, MAX - 10, ledger=818, code=1),
        Transfer(40, 1, 11, 1, ledger=818, code=1),
        Transfer(50, **hold, **data),
        Transfer(51, **hold),
        Transfer(52, **hold),
        Transfer(53, **hold, timeout=1),
        Transfer(61, flags=4, pending_id=51, amount=MAX),
        Transfer(62, flags=8, pending_id=52),
    )
    assert not any(done)
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + SECOND + 100)) == 1
    return ledger


@pytest.mark.parametrize("table", [PLAIN, AGAIN, POST], ids=["plain", "again", "post and void"])
def test_transfers_are_refused_in_order_of_precedence(storage, books, table):
    for number, (fields, code) in enumerate(lines_of(table)):
        (result,) = post(books, storage, Transfer(**{"id": 0, **fields}), now=NOW + 2 * SECOND)
        assert result.name == code, f"line {number + 1}"
    assert books.audit().ok


def test_accounts_are_refused_in_order_of_precedence(storage, ledger):
    first = Account(7, 818, 3, 2, 5, 6, 7)
    assert storage.write_now(lambda tx: ledger.create_accounts(tx, [first], now_ns=NOW)) == [AccountResult.OK]
    for number, (fields, code) in enumerate(lines_of(ACCOUNTS)):
        account = Account(**{"id": 0, "ledger": 0, "code": 0, **fields})
        (result,) = storage.write_now(lambda tx, one=account: ledger.create_accounts(tx, [one], now_ns=NOW))
        assert result.name == code, f"line {number + 1}"
    assert ledger.audit().ok


def test_every_supported_code_stands_in_a_table():
    written = {code for table in (PLAIN, AGAIN, POST) for _, code in lines_of(table)}
    elsewhere = {"LINKED_EVENT_FAILED", "LINKED_EVENT_CHAIN_OPEN", "OVERFLOWS_TIMEOUT"}
    assert written | elsewhere == set(TransferResult.__members__)
    written = {code for _, code in lines_of(ACCOUNTS)}
    assert written | {"LINKED_EVENT_FAILED", "LINKED_EVENT_CHAIN_OPEN"} == set(AccountResult.__members__)


def test_a_timeout_beyond_the_end_of_time_overflows(storage, books):
    late = MAX - 3 * SECOND
    hold = Transfer(900, 1, 2, 1, ledger=818, code=1, flags=2, timeout=4)
    assert post(books, storage, hold, now=late) == [TransferResult.OVERFLOWS_TIMEOUT]


def test_a_chain_fails_as_a_whole_and_names_its_culprit(storage, books):
    link = {"ledger": 818, "code": 1, "flags": 1}
    done = post(
        books,
        storage,
        Transfer(300, 1, 2, 5, **link),
        Transfer(301, 1, 1, 5, **link),
        Transfer(302, 1, 2, 5, ledger=818, code=1),
        Transfer(300, 1, 2, 5, ledger=818, code=1),
        Transfer(303, 1, 2, 5, **link),
        Transfer(304, 1, 2, 5, **link),
    )
    assert [result.name for result in done] == [
        "LINKED_EVENT_FAILED",
        "ACCOUNTS_MUST_BE_DIFFERENT",
        "LINKED_EVENT_FAILED",
        "OK",
        "LINKED_EVENT_FAILED",
        "LINKED_EVENT_CHAIN_OPEN",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 2**128},
        {"id": -1},
        {"amount": -1},
        {"user_data_64": 2**63},
        {"user_data_32": 2**32},
        {"user_data_128": -1},
        {"code": 2**16},
        {"effective_at": 2**63},
        {"timeout": -1},
    ],
)
@pytest.mark.parametrize("flags", [0, 2])
def test_what_no_record_can_hold_is_an_error_and_leaves_no_trace(storage, books, fields, flags):
    before = books.totals()
    good = Transfer(400, 1, 2, 1, ledger=818, code=1)
    bad = Transfer(
        **{
            "id": 401,
            "debit_account_id": 1,
            "credit_account_id": 2,
            "ledger": 818,
            "code": 1,
            "flags": flags,
            **fields,
        }
    )
    with pytest.raises(InvalidInput, match="transfer_field_out_of_range"):
        post(books, storage, good, bad)
    assert books.totals() == before
    assert books.transfer(400) is None
    assert books.audit().ok


def test_an_account_that_no_record_can_hold_is_an_error(storage, ledger):
    with pytest.raises(InvalidInput, match="account_field_out_of_range"):
        storage.write_now(lambda tx: ledger.create_accounts(tx, [Account(1, 2**32, 1)], now_ns=NOW))

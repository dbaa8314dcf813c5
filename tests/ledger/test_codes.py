"""The result codes are TigerBeetle's: names, numbers, order of precedence."""

import pytest
import tigerbeetle

from dawam.ledger import AccountFlags, AccountResult, TransferFlags, TransferResult

CREATED = "CREATED"  # 2^32-1 there, OK = 0 here


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (AccountResult, tigerbeetle.CreateAccountStatus),
        (TransferResult, tigerbeetle.CreateTransferStatus),
    ],
)
def test_every_code_has_tigerbeetles_name_number_and_place(ours, theirs):
    known = {status.name: status.value for status in theirs}
    own = [result for result in ours if result.value >= 1000]
    shared = [result for result in ours if result not in own and result.name != "OK"]
    assert {result.name: result.value for result in shared}.items() <= known.items()
    order = [status.name for status in theirs if status.name in ours.__members__]
    assert [result.name for result in shared] == order
    assert ours.OK == 0
    assert CREATED in known


def test_the_codes_left_out_belong_to_what_is_not_supported():
    left_out = {status.name for status in tigerbeetle.CreateTransferStatus} - set(TransferResult.__members__)
    unsupported = ("IMPORTED_", "CLOSING_", "DEBIT_ACCOUNT_ALREADY_CLOSED", "CREDIT_ACCOUNT_ALREADY_CLOSED")
    assert {name for name in left_out if not name.startswith(unsupported)} == {CREATED, "ID_ALREADY_FAILED"}
    left_out = {status.name for status in tigerbeetle.CreateAccountStatus} - set(AccountResult.__members__)
    assert {name for name in left_out if not name.startswith("IMPORTED_")} == {CREATED, "RESERVED_FIELD"}


def test_the_flags_have_tigerbeetles_bits():
    theirs = tigerbeetle.AccountFlags
    assert all(theirs[flag.name].value == flag.value for flag in AccountFlags)
    theirs = tigerbeetle.TransferFlags
    names = {"POST_PENDING": "POST_PENDING_TRANSFER", "VOID_PENDING": "VOID_PENDING_TRANSFER"}
    own = TransferFlags.EXPIRED
    assert all(
        theirs[names.get(flag.name, flag.name)].value == flag.value for flag in TransferFlags if flag != own
    )
    assert own.value not in {flag.value for flag in theirs}

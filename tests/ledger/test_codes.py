"""The result codes are TigerBeetle's: names, numbers, order of precedence."""

import re
from pathlib import Path

import pytest
import tigerbeetle

from dawam.ledger import AccountFlags, AccountResult, TransferFlags, TransferResult
from dawam.ledger.results import TRANSIENT

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


def test_no_code_of_tigerbeetles_is_missing():
    left_out = {status.name for status in tigerbeetle.CreateTransferStatus} - set(TransferResult.__members__)
    assert left_out == {CREATED}
    left_out = {status.name for status in tigerbeetle.CreateAccountStatus} - set(AccountResult.__members__)
    assert left_out == {CREATED, "RESERVED_FIELD"}  # there is no such field here


def test_our_own_codes_are_1000_and_up_and_none_has_two_meanings():
    own = [
        result.value for results in (AccountResult, TransferResult) for result in results if result >= 1000
    ]
    assert sorted(own) == list(range(1000, 1000 + len(own)))


def test_only_refusals_that_depend_on_the_books_of_the_moment_burn_the_id():
    of_tigerbeetle = {result.name for result in TRANSIENT if result < 1000}
    assert of_tigerbeetle == {
        "DEBIT_ACCOUNT_NOT_FOUND",
        "CREDIT_ACCOUNT_NOT_FOUND",
        "PENDING_TRANSFER_NOT_FOUND",
        "EXCEEDS_CREDITS",
        "EXCEEDS_DEBITS",
        "DEBIT_ACCOUNT_ALREADY_CLOSED",
        "CREDIT_ACCOUNT_ALREADY_CLOSED",
    }
    own = {result.name for result in TransferResult if result >= 1000} - {
        "EXISTS_WITH_DIFFERENT_EFFECTIVE_AT"
    }
    assert own == {result.name for result in TRANSIENT if result >= 1000}


def test_the_flags_have_tigerbeetles_bits():
    theirs = tigerbeetle.AccountFlags
    assert {flag.name: flag.value for flag in AccountFlags} == {flag.name: flag.value for flag in theirs}
    theirs = tigerbeetle.TransferFlags
    names = {"POST_PENDING": "POST_PENDING_TRANSFER", "VOID_PENDING": "VOID_PENDING_TRANSFER"}
    own = TransferFlags.EXPIRED
    assert all(
        theirs[names.get(flag.name, flag.name)].value == flag.value for flag in TransferFlags if flag != own
    )
    assert own.value not in {flag.value for flag in theirs}


def test_the_page_lists_every_code_in_order_and_says_which_burn_the_id():
    page = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
    of_accounts, of_transfers = page.split("For accounts:")[1].split("For transfers:")
    for text, codes in ((of_accounts, AccountResult), (of_transfers, TransferResult)):
        rows = re.findall(r"^\| `(\w+)` \| (\d+) \|(.*)\|$", text, re.MULTILINE)
        assert [(name, int(number)) for name, number, _ in rows] == [(code.name, code) for code in codes]
        burning = [name for name, _, when in rows if "burns the id" in when]
        assert burning == [code.name for code in codes if codes is TransferResult and code in TRANSIENT]

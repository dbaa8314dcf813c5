"""What the rules decide beyond the order of codes: balancing, closing, terms, what no record can hold."""

import pytest

from dawam.kernel import InvalidInput
from dawam.ledger import Account, AccountFlags, PendingStatus, Terms, Transfer, TransferFlags
from dawam.ledger.model import AccountRow, Pending
from dawam.ledger.ranges import TERM_MAX, check_account, check_transfer
from dawam.ledger.rules import judge_transfer

from .rules_alone import RulesAlone

MAX = 2**63 - 1
SECOND = 1_000_000_000
BEGIN = 1_700_000_000 * SECOND
BANK, SALMA, OMAR = 1, 2, 3
F = TransferFlags


class Books(RulesAlone):
    """Books of a bank and two customers, asked for one thing at a time."""

    def __init__(self, *, salma=None, omar=None, flags=0):
        super().__init__()
        self.now, self.fresh = BEGIN, 100
        customers = ((SALMA, flags, salma or Terms()), (OMAR, 0, omar or Terms()))
        accounts = [Account(number, 818, 1, flag, terms=terms) for number, flag, terms in customers]
        assert not any(self.create_accounts([Account(BANK, 818, 1), *accounts], BEGIN))

    def move(self, debit, credit, amount, flags=0, timeout=0):
        self.fresh += 1
        asked = Transfer(self.fresh, debit, credit, amount, timeout=timeout, ledger=818, code=1, flags=flags)
        return self.ask(asked)

    def end(self, hold, flags, amount=0):
        self.fresh += 1
        return self.ask(Transfer(self.fresh, amount=amount, pending_id=hold, flags=flags))

    def ask(self, transfer):
        self.now += SECOND
        (result,) = self.post_transfers([transfer], self.now)
        return result.name

    def is_closed(self, number):
        return bool(self.accounts[number].flags & AccountFlags.CLOSED)

    def balance(self, number):
        row = self.accounts[number]
        return row.credits_posted - row.debits_posted


def test_a_balancing_debit_takes_what_is_there_and_not_what_is_held():
    books = Books()
    assert books.move(BANK, SALMA, 50) == "OK"
    assert books.move(SALMA, BANK, 20, F.PENDING) == "OK"
    assert books.move(SALMA, OMAR, MAX, F.BALANCING_DEBIT) == "OK"
    assert books.transfer(103).amount == 30
    assert books.move(SALMA, OMAR, 10, F.BALANCING_DEBIT) == "OK"
    assert books.transfer(104).amount == 0


def test_a_balancing_credit_pays_back_what_is_owed():
    books = Books()
    assert books.move(SALMA, BANK, 30) == "OK"
    assert books.move(BANK, SALMA, MAX, F.BALANCING_CREDIT) == "OK"
    assert books.balance(SALMA) == 0


def test_a_balancing_transfer_asked_for_again_exists_unless_it_asks_for_less_than_moved():
    books = Books()
    assert books.move(BANK, SALMA, 50) == "OK"
    asked = {"debit_account_id": SALMA, "credit_account_id": OMAR, "ledger": 818, "code": 1, "flags": 16}
    assert books.ask(Transfer(7, amount=80, **asked)) == "OK"
    assert books.ask(Transfer(7, amount=50, **asked)) == "EXISTS"
    assert books.ask(Transfer(7, amount=MAX, **asked)) == "EXISTS"
    assert books.ask(Transfer(7, amount=49, **asked)) == "EXISTS_WITH_DIFFERENT_AMOUNT"


def test_closing_both_sides_closes_both_and_the_void_opens_both():
    books = Books()
    assert books.move(SALMA, OMAR, 0, F.PENDING | F.CLOSING_DEBIT | F.CLOSING_CREDIT) == "OK"
    assert books.is_closed(SALMA)
    assert books.is_closed(OMAR)
    assert books.end(101, F.VOID_PENDING) == "OK"
    assert not books.is_closed(SALMA)
    assert not books.is_closed(OMAR)


@pytest.mark.parametrize(
    ("fields", "timestamp", "code"),
    [
        ({}, BEGIN + SECOND - 1, "OK"),
        ({}, BEGIN + SECOND, "PENDING_TRANSFER_EXPIRED"),
        ({"flags": 4 | 256, "timestamp": BEGIN + SECOND - 1}, BEGIN + 2 * SECOND, "OK"),
        ({"flags": 4 | 256, "timestamp": BEGIN + SECOND}, BEGIN + 2 * SECOND, "PENDING_TRANSFER_EXPIRED"),
    ],
)
def test_a_hold_expires_to_the_nanosecond_though_it_was_not_yet_released(fields, timestamp, code):
    held = Transfer(1, SALMA, OMAR, 5, timeout=1, ledger=818, code=1, flags=2, timestamp=BEGIN)
    debit, credit = (AccountRow(number, number, 818, 1, 0, 0, 0, 0, 1) for number in (SALMA, OMAR))
    result = judge_transfer(
        Transfer(**{"id": 2, "amount": MAX, "pending_id": 1, "flags": 4, **fields}),
        existing=None,
        pending=Pending(3, held, PendingStatus.PENDING),
        debit=debit,
        credit=credit,
        timestamp=timestamp,
        importing="timestamp" in fields,
        last=BEGIN,
    )
    assert result.name == code


@pytest.mark.parametrize("end", ["void", "expiry"])
def test_a_closing_transfer_closes_and_its_end_opens_again(end):
    books = Books()
    assert books.move(BANK, SALMA, 50) == "OK"
    assert books.move(SALMA, BANK, 5, F.PENDING) == "OK"
    closing = F.PENDING | F.CLOSING_DEBIT | F.BALANCING_DEBIT
    assert books.move(SALMA, BANK, MAX, closing, timeout=60) == "OK"
    assert books.is_closed(SALMA)
    assert books.move(BANK, SALMA, 1) == "CREDIT_ACCOUNT_ALREADY_CLOSED"
    assert books.end(102, F.POST_PENDING, MAX) == "DEBIT_ACCOUNT_ALREADY_CLOSED"
    assert books.end(102, F.VOID_PENDING) == "OK"
    assert books.is_closed(SALMA)
    if end == "void":
        assert books.end(103, F.VOID_PENDING) == "OK"
    else:
        assert books.expire(books.now + 60 * SECOND) == 1
    assert not books.is_closed(SALMA)
    assert books.move(BANK, SALMA, 1) == "OK"


def test_a_floor_counts_what_is_held_and_lets_money_in():
    books = Books(salma=Terms(balance_min=10))
    assert books.move(BANK, SALMA, 5) == "OK"  # still below it
    assert books.move(BANK, SALMA, 25) == "OK"
    assert books.move(SALMA, OMAR, 15, F.PENDING) == "OK"
    assert books.move(SALMA, OMAR, 6) == "BELOW_BALANCE_MIN"
    assert books.move(SALMA, OMAR, 5) == "OK"


def test_a_cap_counts_what_is_on_its_way_and_never_stops_money_going_out():
    books = Books(salma=Terms(balance_max=100))
    assert books.move(BANK, SALMA, 60) == "OK"
    assert books.move(BANK, SALMA, 30, F.PENDING) == "OK"
    assert books.move(BANK, SALMA, 11) == "ABOVE_BALANCE_MAX"
    books.accounts[SALMA].terms = Terms(balance_max=20)  # agreed on later
    assert books.end(102, F.POST_PENDING, MAX) == "OK"  # promised before
    assert books.move(SALMA, OMAR, 10) == "OK"
    assert books.move(BANK, SALMA, 1) == "ABOVE_BALANCE_MAX"


def test_an_overdraft_is_how_far_below_zero_debits_may_go():
    books = Books(salma=Terms(overdraft=40))
    assert books.move(SALMA, OMAR, 41) == "EXCEEDS_OVERDRAFT"
    assert books.move(SALMA, OMAR, 40) == "OK"
    assert books.move(SALMA, OMAR, 0) == "OK"


def test_the_flag_is_stricter_than_an_overdraft():
    books = Books(salma=Terms(overdraft=40), flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    assert books.move(SALMA, OMAR, 1) == "EXCEEDS_CREDITS"


def test_a_freeze_stops_what_is_new_and_not_what_was_promised():
    books = Books()
    assert books.move(BANK, SALMA, 50) == "OK"
    assert books.move(SALMA, OMAR, 20, F.PENDING) == "OK"
    assert books.move(SALMA, OMAR, 20, F.PENDING) == "OK"
    books.accounts[SALMA].terms = Terms(debits_frozen=True)
    assert books.move(SALMA, OMAR, 1) == "DEBIT_FROZEN"
    assert books.move(SALMA, OMAR, 1, F.PENDING) == "DEBIT_FROZEN"
    assert books.move(BANK, SALMA, 1) == "OK"
    assert books.end(102, F.POST_PENDING, MAX) == "OK"
    assert books.end(103, F.VOID_PENDING) == "OK"
    books.accounts[SALMA].terms = Terms(credits_frozen=True)
    assert books.move(BANK, SALMA, 1) == "CREDIT_FROZEN"
    assert books.move(SALMA, OMAR, 1) == "OK"


def test_a_frozen_account_can_be_closed_because_nothing_moves():
    books = Books(salma=Terms(debits_frozen=True, balance_min=10))
    assert books.move(SALMA, BANK, 0, F.PENDING | F.CLOSING_DEBIT) == "OK"
    assert books.is_closed(SALMA)


def test_a_refused_id_stays_refused_when_the_reason_is_gone():
    books = Books(salma=Terms(balance_min=0))
    asked = Transfer(7, SALMA, OMAR, 5, ledger=818, code=1)
    assert books.ask(asked) == "BELOW_BALANCE_MIN"
    assert books.move(BANK, SALMA, 50) == "OK"
    assert books.ask(asked) == "ID_ALREADY_FAILED"
    assert books.end(7, F.POST_PENDING) == "PENDING_TRANSFER_NOT_FOUND"


def test_an_id_refused_for_its_form_may_be_used_again():
    books = Books()
    assert books.ask(Transfer(7, SALMA, SALMA, 5, ledger=818, code=1)) == "ACCOUNTS_MUST_BE_DIFFERENT"
    assert books.ask(Transfer(7, SALMA, OMAR, 5, ledger=818, code=1)) == "OK"


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 2**128},
        {"id": -1},
        {"amount": -1},
        {"user_data_64": 2**64},
        {"user_data_32": 2**32},
        {"user_data_128": -1},
        {"code": 2**16},
        {"effective_at": 2**63},
        {"timeout": -1},
    ],
)
def test_a_transfer_that_no_record_can_hold_is_the_callers_error(fields):
    with pytest.raises(InvalidInput, match="transfer_field_out_of_range"):
        check_transfer(Transfer(**{"id": 1, **fields}))


def test_user_data_may_use_all_64_bits():
    check_transfer(Transfer(1, user_data_64=2**64 - 1))
    check_account(Account(1, 818, 1, user_data_64=2**64 - 1))


@pytest.mark.parametrize("fields", [{"ledger": 2**32}, {"flags": -1}, {"user_data_64": 2**64}])
def test_an_account_that_no_record_can_hold_is_the_callers_error(fields):
    with pytest.raises(InvalidInput, match="account_field_out_of_range"):
        check_account(Account(**{"id": 1, "ledger": 818, "code": 1, **fields}))


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"balance_min": 5, "balance_max": 4}, "account_terms_contradict"),
        ({"overdraft": 5, "balance_max": -6}, "account_terms_contradict"),
        ({"overdraft": -1}, "account_terms_out_of_range"),
        ({"balance_max": TERM_MAX + 1}, "account_terms_out_of_range"),
        ({"balance_min": -TERM_MAX - 1}, "account_terms_out_of_range"),
    ],
)
def test_terms_that_no_balance_can_meet_are_the_callers_error(terms, code):
    with pytest.raises(InvalidInput, match=code):
        check_account(Account(1, 818, 1, terms=Terms(**terms)))


def test_terms_at_their_ends_are_accepted():
    check_account(Account(1, 818, 1, terms=Terms(balance_min=4, balance_max=4, overdraft=TERM_MAX)))
    check_account(Account(1, 818, 1, terms=Terms(balance_max=-5, overdraft=5)))

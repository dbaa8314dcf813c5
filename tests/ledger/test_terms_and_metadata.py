"""Terms that change, metadata that is kept, and calls that are too large: on both engines, over a restart."""

import pytest

from dawam.kernel import InvalidInput
from dawam.ledger import TABLES, Account, Ledger, Terms, Transfer, TransferResult
from dawam.ledger.service import BATCH_MAX
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
HOUSE, WALLET = 1, 2


@pytest.fixture
def books(storage, ledger):
    """A house that may owe, and a wallet with 100."""
    accounts = [Account(HOUSE, 818, 1), Account(WALLET, 818, 1, terms=Terms(balance_max=150))]
    assert not any(storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW)))
    assert pay(storage, ledger, 10, HOUSE, WALLET, 100) is TransferResult.OK
    return ledger


def pay(storage, ledger, identifier, debit, credit, amount, **more):
    paid = Transfer(identifier, debit, credit, amount, ledger=818, code=1, **more)
    (result,) = storage.write_now(lambda tx: ledger.post_transfers(tx, [paid], now_ns=NOW))
    return result


def agree(storage, books, account_id, terms):
    return storage.write_now(lambda tx: books.set_terms(tx, account_id, terms, now_ns=NOW))


def test_each_term_refuses_what_it_says_until_it_is_changed(storage, books):
    assert pay(storage, books, 20, HOUSE, WALLET, 51) is TransferResult.ABOVE_BALANCE_MAX
    agree(storage, books, WALLET, Terms(balance_min=40))
    assert pay(storage, books, 21, HOUSE, WALLET, 51) is TransferResult.OK
    assert pay(storage, books, 22, WALLET, HOUSE, 112) is TransferResult.BELOW_BALANCE_MIN
    agree(storage, books, WALLET, Terms(overdraft=10))
    assert pay(storage, books, 23, WALLET, HOUSE, 162) is TransferResult.EXCEEDS_OVERDRAFT
    assert pay(storage, books, 24, WALLET, HOUSE, 161) is TransferResult.OK
    agree(storage, books, WALLET, Terms(debits_frozen=True))
    assert pay(storage, books, 25, WALLET, HOUSE, 1) is TransferResult.DEBIT_FROZEN
    agree(storage, books, WALLET, Terms(credits_frozen=True))
    assert pay(storage, books, 26, HOUSE, WALLET, 1) is TransferResult.CREDIT_FROZEN
    agree(storage, books, WALLET, Terms())
    assert pay(storage, books, 27, HOUSE, WALLET, 1) is TransferResult.OK
    assert books.audit().ok


def test_a_cap_below_the_balance_never_keeps_money_from_going_out(storage, books):
    agree(storage, books, WALLET, Terms(balance_max=5))
    assert pay(storage, books, 20, WALLET, HOUSE, 1) is TransferResult.OK
    assert pay(storage, books, 21, HOUSE, WALLET, 1) is TransferResult.ABOVE_BALANCE_MAX


def test_terms_and_metadata_outlive_the_process_and_a_rolled_back_change_does_not(database_url):
    storage = Storage.open(database_url, tables=TABLES)
    ledger = Ledger(storage)
    accounts = [Account(HOUSE, 818, 1), Account(WALLET, 818, 1)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    pay(storage, ledger, 10, HOUSE, WALLET, 1)
    frozen = Terms(credits_frozen=True, balance_max=7)
    agree(storage, ledger, WALLET, frozen)

    def describe(tx):
        assert ledger.annotate_account(tx, WALLET, {"فرع": "القاهرة", "tier": 2}, now_ns=NOW)
        assert ledger.annotate_transfer(tx, 10, {"channel": "atm"}, now_ns=NOW)
        assert not ledger.annotate_account(tx, 99, {"no": "body"}, now_ns=NOW)

    storage.write_now(describe)

    def undone(tx):
        ledger.set_terms(tx, WALLET, Terms(), now_ns=NOW)
        ledger.annotate_account(tx, WALLET, {}, now_ns=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        storage.write_now(undone)
    for life in (ledger, None):
        if life is None:
            storage.close()
            storage = Storage.open(database_url, tables=TABLES)
            life = Ledger(storage)
        assert life.account(WALLET).terms == frozen
        assert life.metadata_of_account(WALLET) == {"فرع": "القاهرة", "tier": 2}
        assert life.metadata_of_transfer(10) == {"channel": "atm"}
        assert life.metadata_of_account(HOUSE) == {}
        assert life.audit().ok
    storage.close()


def test_terms_that_contradict_each_other_are_bad_input(storage, books):
    with pytest.raises(InvalidInput) as caught:
        agree(storage, books, WALLET, Terms(balance_min=5, balance_max=4))
    assert caught.value.code == "account_terms_contradict"
    assert not agree(storage, books, 99, Terms())


def test_metadata_that_is_too_large_is_bad_input(storage, books):
    with pytest.raises(InvalidInput) as caught:
        storage.write_now(lambda tx: books.annotate_account(tx, WALLET, {"a": "x" * 5000}, now_ns=NOW))
    assert caught.value.code == "metadata_too_large"


@pytest.mark.parametrize("verb", ["create_accounts", "post_transfers"])
def test_a_call_over_the_limit_is_bad_input_and_changes_nothing(storage, books, verb):
    of = Account if verb == "create_accounts" else Transfer
    many = [of(number, 818, 1) for number in range(100, 101 + BATCH_MAX)]
    with pytest.raises(InvalidInput) as caught:
        storage.write_now(lambda tx: getattr(books, verb)(tx, many, now_ns=NOW))
    assert caught.value.code == "batch_too_large"
    assert books.account(100) is None


def test_a_burnt_id_stays_burnt_after_a_restart_and_in_a_large_call(database_url):
    storage = Storage.open(database_url, tables=TABLES)
    ledger = Ledger(storage)
    limited = [Account(HOUSE, 818, 1), Account(WALLET, 818, 1, 2)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, limited, now_ns=NOW))
    assert pay(storage, ledger, 50, WALLET, HOUSE, 5) is TransferResult.EXCEEDS_CREDITS
    storage.close()
    storage = Storage.open(database_url, tables=TABLES)
    ledger = Ledger(storage)
    paid = [Transfer(number, HOUSE, WALLET, 1, ledger=818, code=1) for number in range(20, 80)]
    results = storage.write_now(lambda tx: ledger.post_transfers(tx, paid, now_ns=NOW))
    assert [paid[at].id for at, result in enumerate(results) if result] == [50]
    assert results[30] is TransferResult.ID_ALREADY_FAILED
    assert ledger.audit().ok
    storage.close()

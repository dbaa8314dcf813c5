"""The wallet's decisions as tables, in their documented precedence."""

from typing import Any

import pytest

from dawam.kernel import AMOUNT_MAX, DeclineCode, InvalidInput, PaymentKind
from dawam.wallet.model import (
    AccountKind,
    AccountStatus,
    AdviceStatus,
    BookingFault,
    DecidedPayment,
    Order,
    TakenAdvice,
    WalletAccount,
    check_account_text,
    check_provider,
    decide_advice,
    decide_payment,
    judge_booking,
    moved,
)


def account(number: int, balance_minor: int = 1_000, **more: Any) -> WalletAccount:
    fields = {"provider": "vfc", "kind": AccountKind.CUSTOMER, "currency": "EGP"} | more
    return WalletAccount(number=number, account=f"a{number}", balance_minor=balance_minor, **fields)


def order(amount_minor: int = 100, currency: str = "EGP") -> Order:
    return Order(
        kind=PaymentKind.TRANSFER,
        debit_account="a1",
        credit_account="a2",
        amount_minor=amount_minor,
        currency=currency,
    )


FROZEN, CLOSED = AccountStatus.FROZEN, AccountStatus.CLOSED
PAYER, PAYEE = account(1), account(2)

PAYMENTS = [
    # Each row but the approved ones breaks its own rule and every later one.
    ("zero", order(0, "MAD"), None, None, "invalid_amount"),
    ("negative", order(-1, "MAD"), None, None, "invalid_amount"),
    ("too large", order(AMOUNT_MAX + 1, "MAD"), None, None, "invalid_amount"),
    ("no payer", order(AMOUNT_MAX), None, PAYEE, "account_not_found"),
    ("no payee", order(AMOUNT_MAX), account(1, status=FROZEN), None, "account_not_found"),
    ("payer closed", order(AMOUNT_MAX), account(1, 0, status=CLOSED), PAYEE, "account_not_found"),
    (
        "payee closed",
        order(AMOUNT_MAX),
        account(1, status=FROZEN),
        account(2, 0, status=CLOSED),
        "account_not_found",
    ),
    ("payer in another currency", order(AMOUNT_MAX), account(1, currency="MAD"), PAYEE, "account_not_found"),
    ("payee in another currency", order(AMOUNT_MAX), PAYER, account(2, currency="MAD"), "account_not_found"),
    ("payer is payee", order(AMOUNT_MAX), account(1, status=FROZEN), account(1), "account_not_found"),
    ("payer frozen", order(AMOUNT_MAX), account(1, status=FROZEN), PAYEE, "account_frozen"),
    ("payee too full", order(AMOUNT_MAX), PAYER, account(2, 1), "over_limit"),
    ("not enough", order(1_001), PAYER, PAYEE, "insufficient_funds"),
    ("nothing at all", order(1), account(1, 0), PAYEE, "insufficient_funds"),
    ("below zero already", order(1), account(1, -5, guarded=False), PAYEE, "insufficient_funds"),
    ("beyond the overdraft", order(1_501), account(1, overdraft_minor=500), PAYEE, "insufficient_funds"),
    ("unguarded is not free", order(1_001), account(1, guarded=False), PAYEE, "insufficient_funds"),
    ("to the last unit", order(1_000), PAYER, PAYEE, "approved"),
    ("to the end of the overdraft", order(1_500), account(1, overdraft_minor=500), PAYEE, "approved"),
    ("to a frozen payee", order(100), PAYER, account(2, status=FROZEN), "approved"),
    ("filling the payee", order(AMOUNT_MAX - 7), account(1, AMOUNT_MAX), account(2, 7), "approved"),
    ("to a payee below zero", order(AMOUNT_MAX), account(1, AMOUNT_MAX), account(2, -9), "approved"),
]


@pytest.mark.parametrize(
    ("asked", "debit", "credit", "code"), [row[1:] for row in PAYMENTS], ids=[r[0] for r in PAYMENTS]
)
def test_a_payment_is_decided_by_the_first_rule_that_it_breaks(
    asked: Order, debit: WalletAccount | None, credit: WalletAccount | None, code: str
) -> None:
    assert decide_payment(asked, debit, credit).code == code


def test_the_rules_stand_in_the_order_of_the_decline_codes() -> None:
    ranked = list(DeclineCode)
    codes = [DeclineCode(row[4]) for row in PAYMENTS if row[4] != "approved"]
    assert codes == sorted(codes, key=ranked.index)


SAME, OTHER = order().digest(), order(101).digest()
APPROVED_HERE = DecidedPayment(payment_id="p", order_digest=SAME, code="approved", seq=7)
DECLINED_HERE = DecidedPayment(payment_id="p", order_digest=SAME, code="account_frozen", seq=None)
OTHER_HERE = DecidedPayment(payment_id="p", order_digest=OTHER, code="approved", seq=7)


def taken(
    status: AdviceStatus, code: str, seq: int | None, digest: bytes = SAME, payment_id: str = "p"
) -> TakenAdvice:
    return TakenAdvice(
        advice_id="a", payment_id=payment_id, order_digest=digest, status=status, code=code, seq=seq
    )


APPLIED, AGAIN, REJECTED = AdviceStatus.APPLIED, AdviceStatus.ALREADY_APPLIED, AdviceStatus.REJECTED
MISMATCH = ("rejected", "payment_mismatch", None)
ONCE = ("already_applied", "approved", 7)
STILL_FROZEN = ("rejected", "account_frozen", None)
ADVICES = [
    ("another order, same id", taken(APPLIED, "approved", 7, OTHER), APPROVED_HERE, PAYER, MISMATCH),
    ("another payment, same id", taken(APPLIED, "approved", 7, SAME, "q"), None, PAYER, MISMATCH),
    ("rejected stays rejected", taken(REJECTED, "account_frozen", None), None, PAYER, STILL_FROZEN),
    ("applied before", taken(APPLIED, "approved", 7), APPROVED_HERE, PAYER, ONCE),
    ("told so before", taken(AGAIN, "approved", 7), APPROVED_HERE, PAYER, ONCE),
    ("another order under its payment", None, OTHER_HERE, PAYER, MISMATCH),
    ("declined here", None, DECLINED_HERE, PAYER, STILL_FROZEN),
    ("approved here", None, APPROVED_HERE, PAYER, ONCE),
    ("unknown payer", None, None, None, ("rejected", "account_not_found", None)),
    ("frozen payer", None, None, account(1, status=FROZEN), STILL_FROZEN),
    ("not enough", None, None, account(1, 99), ("rejected", "insufficient_funds", None)),
    ("good", None, None, PAYER, ("applied", "approved", None)),
]


@pytest.mark.parametrize(
    ("advice", "payment", "debit", "outcome"), [row[1:] for row in ADVICES], ids=[r[0] for r in ADVICES]
)
def test_an_advice_is_answered_by_the_first_rule_that_it_meets(
    advice: TakenAdvice | None,
    payment: DecidedPayment | None,
    debit: WalletAccount | None,
    outcome: tuple[str, str, int | None],
) -> None:
    given = decide_advice(order(), payment_id="p", advice=advice, payment=payment, debit=debit, credit=PAYEE)
    assert (given.status, given.code, given.seq) == outcome


BOOKINGS = [
    (None, 0, "amount"),
    (PAYER, 0, "amount"),
    (PAYER, AMOUNT_MAX + 1, "amount"),
    (PAYER, -AMOUNT_MAX - 1, "amount"),
    (None, 5, "unknown"),
    (account(1, 0, status=CLOSED), 5, "closed"),
    (PAYER, AMOUNT_MAX, "amount"),
    (PAYER, -1_001, "below_zero"),
    (account(1, overdraft_minor=10), -1_011, "below_zero"),
    (PAYER, -1_000, None),
    (account(1, overdraft_minor=10), -1_010, None),
    (account(1, guarded=False), -5_000, None),
    (account(1, status=FROZEN), -1_000, None),
    (account(1, -1_000, guarded=False), -AMOUNT_MAX + 1_000, None),
    (account(1, -1_000, guarded=False), -AMOUNT_MAX + 999, "amount"),
]


@pytest.mark.parametrize(("row", "amount_minor", "fault"), BOOKINGS)
def test_a_booking_is_judged(
    row: WalletAccount | None, amount_minor: int, fault: BookingFault | None
) -> None:
    assert judge_booking(row, amount_minor) == fault


def test_an_event_moves_balance_position_and_moment() -> None:
    after = moved(PAYER, -400, 9, 123)
    assert (after.balance_minor, after.last_seq, after.booked_ns) == (600, 9, 123)
    assert PAYER.balance_minor == 1_000


@pytest.mark.parametrize(
    ("balance", "overdraft", "spendable"), [(5, 0, 5), (5, 3, 8), (-2, 3, 1), (-9, 3, 0)]
)
def test_what_may_be_spent_is_never_negative(balance: int, overdraft: int, spendable: int) -> None:
    assert account(1, balance, overdraft_minor=overdraft, guarded=False).spendable_minor == spendable


def test_orders_are_the_same_only_in_every_particular() -> None:
    different = [
        order(),
        order(101),
        order(currency="MAD"),
        Order(
            kind=PaymentKind.CHEQUE, debit_account="a1", credit_account="a2", amount_minor=100, currency="EGP"
        ),
        Order(
            kind=PaymentKind.TRANSFER,
            debit_account="a2",
            credit_account="a1",
            amount_minor=100,
            currency="EGP",
        ),
        Order(
            kind=PaymentKind.TRANSFER,
            debit_account="a1', 'a2",
            credit_account="",
            amount_minor=100,
            currency="EGP",
        ),
        order(2**300),
    ]
    assert len({one.digest() for one in different}) == len(different)
    assert order().digest() == order().digest()


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "a b", "a/b", "a?b", "a#b", "a%b", "a\nb", "\u202eab", "\x00"]
)
def test_an_account_name_that_a_path_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="account_text_invalid"):
        check_account_text(name, 3)


@pytest.mark.parametrize("name", ["vfc-00000001", "C1231006815", "576", "محفظة-١", "x" * 64])
def test_account_names_of_any_script_are_fine(name: str) -> None:
    check_account_text(name, 0)


@pytest.mark.parametrize("provider", ["", "VFC", "1a", "a-b", "x" * 17, "é"])
def test_a_provider_is_a_short_plain_prefix(provider: str) -> None:
    with pytest.raises(InvalidInput, match="provider_invalid"):
        check_provider(provider, 0)

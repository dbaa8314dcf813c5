"""Sending money: the payee looked at, the amount, everything once more, once."""

import asyncio
import re

import msgspec
import pytest
from tests.standin.stage import BALANCE, SETTINGS, account, until_normal

from dawam.kernel import DeclineCode, InvalidInput, PaymentKind, currency_of
from dawam.portal.customer import words
from dawam.portal.customer.amounts import amount_of
from dawam.portal.customer.sends.model import Check
from dawam.simulation import FaultKind
from dawam.standin import PaymentState

from .lobby import EVIL, HOSTILE, LOST, OMAR, plain, visit

TO_OMAR = {"n": "1", "payee_account": account(2), "payee_name": "عمر خالد"}


async def pay(browser, amount="10", locale="en", payee=TO_OMAR, **more):
    """All steps; the answer to the last."""
    page = await browser.send(f"/{locale}/send", follow=True, **payee)
    path = page.url.path
    priced = await browser.send(path, follow=True, amount=amount, **more)
    if not priced.url.path.endswith("/review"):
        return priced
    return await browser.send(f"{path}/review", f"{path}/pay", follow=True)


def minor(typed, locale, currency="EGP"):
    return amount_of(typed, currency_of(currency), locale)


@pytest.mark.parametrize(
    ("typed", "locale", "found"),
    [
        ("1250.5", "en", 125_050),
        ("1,250.50", "en", 125_050),
        ("1,250", "en", 125_000),
        ("1.250,50", "fr", 125_050),
        ("1 250,50", "fr", 125_050),
        ("1\u202f250,50", "fr", 125_050),
        ("12,5", "fr", 1_250),
        ("١٬٢٥٠٫٥٠", "ar", 125_050),
        ("١٢٥٠", "ar", 125_000),
        ("١٢،٥", "ar", 1_250),
        ("۱۲۵۰٫۵", "ar", 125_050),
        ("\u200f١٢٫٥\u200e", "ar", 1_250),
        ("1,250,000", "fr", 125_000_000),
        ("0.05", "ar", 5),
    ],
)
def test_amounts_are_read_in_three_digit_systems(typed, locale, found):
    assert minor(typed, locale) == found


@pytest.mark.parametrize(
    ("typed", "locale", "code"),
    [
        ("1,250", "fr", "amount_ambiguous"),
        ("1.250", "en", "amount_ambiguous"),
        ("1,250", "ar", "amount_ambiguous"),
        ("0", "en", "amount_not_positive"),
        ("٠٫٠٠", "ar", "amount_not_positive"),
        ("-5", "en", "amount_malformed"),
        ("\u22125", "en", "amount_malformed"),
        ("", "en", "amount_malformed"),
        ("12,34,56", "en", "amount_malformed"),
        ("1.2.3", "en", "amount_malformed"),
        ("12 5", "fr", "amount_malformed"),
        ("1e5", "en", "amount_malformed"),
        ("12.345", "fr", "amount_ambiguous"),
        ("12.3456", "en", "amount_not_minor_units"),
        ("9" * 20, "en", "amount_too_large"),
        ("9" * 60, "en", "amount_malformed"),
        ("٫٫", "ar", "amount_malformed"),
        (".", "en", "amount_malformed"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(typed, locale, code):
    with pytest.raises(InvalidInput) as caught:
        minor(typed, locale)
    assert caught.value.code == code


def test_three_decimals_are_decimals_where_the_currency_has_them():
    assert minor("1.250", "en", "KWD") == 1_250
    with pytest.raises(InvalidInput):
        minor("1,250", "en", "KWD")


def test_a_payment_reaches_the_payee_and_the_receipt_says_who_decided():
    async def story(lobby):
        receipt = await pay(lobby.browser(), "١٢٫٥٠", "ar")
        english = await lobby.browser().get(receipt.url.path.replace("/ar/", "/en/"))
        listed = await lobby.browser().get("/en/send")
        return receipt, english, listed, lobby.stage.primary.balance(account(2)).balance_minor

    arabic, english, listed, balance_minor = visit(story)
    assert balance_minor == BALANCE + 1_250
    assert "١٢٫٥٠" in plain(arabic.text)
    said = plain(english.text)
    assert "Approved" in said
    assert "The institution’s own system has approved it." in said
    assert "EGP 12.50 to" in plain(listed.text)


def test_a_form_sent_twice_pays_once():
    async def story(lobby):
        browser = lobby.browser()
        first = await browser.hidden("/en/send")
        for _ in range(2):
            begun = await browser.send("/en/send", hidden=first, **TO_OMAR)
        path = begun.headers["location"]
        await browser.send(path, amount="10")
        last = await browser.hidden(f"{path}/review")
        answers = [await browser.send(f"{path}/pay", hidden=last) for _ in range(2)]
        both = [answer.headers["location"] for answer in answers]
        at_once = await asyncio.gather(*[browser.send(f"{path}/pay", hidden=last) for _ in range(3)])
        return both, [one.status_code for one in at_once], lobby.stage.primary.balance(account(2))

    both, statuses, balance = visit(story)
    assert both[0] == both[1]
    assert statuses == [303] * 3
    assert balance.balance_minor == BALANCE + 1_000


def test_in_stand_in_the_limits_are_said_and_the_standby_system_decides():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        browser = lobby.browser()
        await browser.get("/en/home")
        await asyncio.sleep(5)
        page = await browser.send("/en/send", follow=True, **TO_OMAR)
        review = await browser.send(page.url.path, follow=True, amount="10")
        receipt = await browser.send(review.url.path, f"{page.url.path}/pay", follow=True)
        too_much = await pay(browser, "60")
        lobby.stage.faults.clear()
        await until_normal(lobby.desk)
        return review.text, receipt.text, too_much.text, lobby.stage.primary.balance(account(2))

    review, receipt, too_much, balance = visit(story)
    assert "One payment may be at most EGP 50.00" in plain(review)
    assert "Our standby system has approved it" in plain(receipt)
    assert "more than may be spent at the moment" in plain(too_much)
    assert balance.balance_minor == BALANCE + 1_000


def test_a_payment_whose_outcome_is_unknown_is_pending_until_it_is_known():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.LOST_REPLY)
        browser = lobby.browser()
        receipt = await pay(browser)
        path = receipt.url.path
        lobby.stage.faults.clear()
        await until_normal(lobby.desk)
        await asyncio.sleep(10)
        state = await browser.get(path.replace("/receipt", "/state"))
        return receipt.text, state.text, lobby.stage.primary.balance(account(2))

    receipt, later, balance = visit(story)
    assert "Not certain yet" in plain(receipt)
    assert 'hx-trigger="every 3s"' in receipt
    assert '<noscript><meta http-equiv="refresh"' in receipt
    assert "Approved" in later
    assert "hx-trigger" not in later
    assert balance.balance_minor == BALANCE + 1_000


def test_a_decline_says_why_and_what_to_do():
    async def story(lobby):
        return (await pay(lobby.browser(), "1000")).text

    said = plain(visit(story))
    assert "There is not enough available on the account." in said
    assert "Choose a smaller amount" in said


@pytest.mark.parametrize("code", [*DeclineCode, "strange_code"])
def test_every_decline_has_its_words(code):
    assert all(words.decline(code))
    assert set(words.STATUS) == set(PaymentState)
    assert set(words.CHECKS) == set(Check)


@pytest.mark.parametrize(
    ("payee", "said"),
    [
        ({"payee_account": account(2), "payee_name": "Omar Khaled"}, ("matches", "close")),
        ({"payee_account": account(2), "payee_name": "Samir Adel"}, ("does not match",)),
        ({"payee_account": account(30), "payee_name": "Samir Adel"}, ("could not be checked",)),
        ({"payee_account": account(1), "payee_name": "Me"}, ("your own account",)),
    ],
)
def test_the_name_is_looked_at_and_never_told(payee, said):
    async def story(lobby):
        return (await lobby.browser().send("/en/send", follow=True, n="1", **payee)).text

    page = visit(story)
    assert any(words in plain(page) for words in said)
    assert "عمر" not in page


def test_a_name_that_does_not_match_needs_the_customers_word():
    async def story(lobby):
        wrong = {**TO_OMAR, "payee_name": "Samir Adel"}
        refused = await pay(lobby.browser(), payee=wrong)
        paid = await pay(lobby.browser(), payee=wrong, sure_yes="on")
        return refused, paid

    refused, paid = visit(story)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "Approved" in plain(paid.text)


def test_names_cannot_be_collected():
    async def story(lobby):
        browser = lobby.browser()
        answers = []
        for number in range(9):
            payee = {**TO_OMAR, "payee_name": f"Guess {number}"}
            answers.append((await browser.send("/en/send", **payee)).status_code)
        other = await lobby.browser(LOST).send("/en/send", **{**TO_OMAR, "n": "3"})
        await asyncio.sleep(301)
        again = await browser.send("/en/send", **TO_OMAR)
        return answers, other.status_code, again.status_code

    answers, other, again = visit(story)
    assert answers == [303] * 6 + [429] * 3
    assert (other, again) == (303, 303)


@pytest.mark.parametrize(
    "fields",
    [
        {**TO_OMAR, "payee_account": account(0)},
        {**TO_OMAR, "payee_account": ""},
        {**TO_OMAR, "payee_account": "x" * 65},
        {**TO_OMAR, "payee_account": "12\u202e34"},
        {**TO_OMAR, "payee_name": " "},
        {**TO_OMAR, "payee_name": "x" * 201},
    ],
)
def test_a_payee_that_cannot_be_is_shown_again_with_what_is_wrong(fields):
    async def story(lobby):
        return await lobby.browser().send("/ar/send", **fields)

    answer = visit(story)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_only_ones_own_accounts_can_be_debited():
    async def story(lobby):
        browser = lobby.browser(OMAR)
        answers = [
            (await browser.send("/en/send", **{**TO_OMAR, "payee_account": account(9), "n": n})).status_code
            for n in ("2", "0", account(0))
        ]
        return answers, lobby.stage.primary.balance(account(0)).balance_minor

    assert visit(story) == ([404] * 3, BALANCE)


def test_a_page_that_shows_an_older_amount_cannot_pay():
    async def story(lobby):
        browser = lobby.browser()
        path = (await browser.send("/en/send", follow=True, **TO_OMAR)).url.path
        await browser.send(path, amount="10")
        old = await browser.hidden(f"{path}/review")
        await browser.send(path, amount="20")
        refused = await browser.send(f"{path}/pay", hidden=old)
        late = await browser.hidden(f"{path}/review")
        await asyncio.sleep(1_801)
        too_late = await browser.send(f"{path}/pay", hidden=late)
        return refused, too_late, lobby.stage.primary.balance(account(2)).balance_minor

    refused, too_late, balance_minor = visit(story)
    assert (refused.status_code, too_late.status_code) == (409, 409)
    assert "EGP 20.00" in plain(refused.text)
    assert balance_minor == BALANCE


def test_what_was_sent_cannot_be_changed_and_what_was_left_is_forgotten():
    async def story(lobby):
        browser = lobby.browser()
        receipt = await pay(browser)
        paid = receipt.url.path.removesuffix("/receipt")
        left = (await browser.send("/en/send", follow=True, **TO_OMAR)).url.path
        token = await browser.hidden(left)
        changed = await browser.send(paid, hidden=token, amount="20")
        await asyncio.sleep(1_801)
        await lobby.teller.settle()
        return (
            changed.status_code,
            (await browser.get(left)).status_code,
            (await browser.get(paid)).status_code,
        )

    assert visit(story) == (409, 404, 303)


def test_sending_that_does_not_go_on_is_said_before_the_button():
    policy = msgspec.structs.replace(SETTINGS.policy, kinds=(PaymentKind.CASH_OUT,))

    async def story(lobby):
        lobby.desk.take_over([], by="amal", reason="test")
        browser = lobby.browser()
        path = (await browser.send("/en/send", follow=True, **TO_OMAR)).url.path
        return (await browser.send(path, follow=True, amount="10")).text

    page = visit(story, standin=msgspec.structs.replace(SETTINGS, policy=policy))
    assert "Sending is not possible now" in plain(page)
    assert "/pay" not in re.findall('action="([^"]+)"', page)[-1]


def test_hostile_names_in_both_directions_are_shown_and_never_obeyed():
    async def story(lobby):
        browser = lobby.browser(EVIL)
        payee = {"n": "1", "payee_account": '"><b>\u0627', "payee_name": HOSTILE}
        first = await browser.send("/ar/send", follow=True, **payee)
        second = await browser.send(first.url.path, follow=True, amount="5")
        third = await browser.send(second.url.path, f"{first.url.path}/pay", follow=True)
        return [first.text, second.text, third.text, (await browser.get("/en/send")).text]

    for page in visit(story):
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "\u202e" not in page


def test_payments_are_kept_alike_on_both_engines(database_url):
    async def story(lobby):
        browser = lobby.browser()
        receipt = await pay(browser)
        return receipt.status_code, lobby.teller.sends.latest(lobby.people.customers.customer("MONA"))

    status, (sent,) = visit(story, url=database_url)
    assert status == 200
    assert (sent.amount_minor, sent.check, sent.version) == (1_000, Check.MATCH, 2)

"""Cheques: each stands on the page once, as what it is at the moment."""

import asyncio

import msgspec
from tests.standin.stage import SETTINGS, STAFF, account, payment, until_normal

from dawam.kernel import DeclineCode, PaymentKind
from dawam.portal.customer import words
from dawam.simulation import FaultKind, SimulatedPrimary
from dawam.web import text

from .lobby import OMAR, plain, visit

APPROVED = "Our standby system has approved it."


def cheque(amount_minor, debit=0):
    return payment(amount_minor, debit=debit, credit=30, kind="cheque")


async def seen(lobby, locale="en", customer=None):
    browser = lobby.browser(customer) if customer else lobby.browser()
    answer = await browser.get(f"/{locale}/cheques")
    assert answer.status_code == 200
    return plain(answer.text).replace("\u2212", "−")


async def mended(lobby):
    lobby.stage.faults.clear()
    await until_normal(lobby.desk)
    await asyncio.sleep(1)


def test_a_cheque_of_the_stand_in_is_listed_once_before_and_after_its_booking(database_url):
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        receipt, _ = await lobby.desk.pay(cheque(1_100), key="k")
        before = {locale: await seen(lobby, locale) for locale in ("en", "ar", "fr")}
        await mended(lobby)
        return receipt, before, await seen(lobby), await seen(lobby, customer=OMAR)

    receipt, before, after, other = visit(story, database=database_url)
    assert (receipt.status, receipt.decided_by) == ("approved", "stand-in")
    english = before["en"]
    assert english.count("EGP 11.00") == 1
    assert "EGP 11.00 Cheque approved Our standby system has approved it. The amount is set aside" in english
    assert receipt.payment_id in english
    assert english.count("No cheque has been booked on this account.") == 2
    assert before["ar"].count("١١٫٠٠") == 1
    assert (
        text(APPROVED + " The amount is set aside until the institution has booked it.", "ar") in before["ar"]
    )
    assert before["fr"].count("11,00") == 1
    assert after.count("EGP 11.00") == 1
    assert "−EGP 11.00 Balance after it EGP 89.00" in after
    assert APPROVED not in after
    assert "EGP 11.00" not in other


def test_a_declined_cheque_says_what_it_means_and_what_its_drawer_can_do(database_url):
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        await lobby.desk.pay(payment(5_000, credit=30), key="a")
        await lobby.desk.pay(payment(4_000, credit=30), key="b")
        receipt, _ = await lobby.desk.pay(cheque(2_000), key="c")
        before = await seen(lobby)
        await mended(lobby)
        return receipt, before, await seen(lobby)

    receipt, before, after = visit(story, database=database_url)
    assert receipt.code == DeclineCode.INSUFFICIENT_FUNDS
    for page in (before, after):
        assert page.count("EGP 20.00") == 1
        assert (
            "EGP 20.00 Cheque declined There is not enough available on the account. "
            "Pay money in before the payee presents it again. "
            "Nothing was taken from your account for this cheque."
        ) in page
        assert "EGP 50.00" not in page, "a transfer is no cheque"


def test_a_cheque_whose_outcome_is_unknown_is_not_certain_and_then_booked():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.HANG)
        receipt, _ = await lobby.desk.pay(cheque(700), key="k")
        before = await seen(lobby)
        await mended(lobby)
        return receipt, before, await seen(lobby)

    receipt, before, after = visit(story)
    assert receipt.status == "pending"
    assert "EGP 7.00 Cheque not certain yet The institution was asked and has not answered yet." in before
    assert before.count("EGP 7.00") == after.count("EGP 7.00") == 1
    assert "−EGP 7.00" in after


def test_a_cheque_that_the_primary_approves_waits_for_its_booking():
    async def story(lobby):
        receipt, _ = await lobby.desk.pay(cheque(900), key="k")
        before = await seen(lobby)  # the feed has not brought it yet
        await asyncio.sleep(2)
        return receipt, before, await seen(lobby)

    receipt, before, after = visit(story)
    assert (receipt.status, receipt.decided_by) == ("approved", "primary")
    assert "EGP 9.00 Cheque approved The institution’s own system has approved it." in before
    assert before.count("EGP 9.00") == after.count("EGP 9.00") == 1
    assert "−EGP 9.00" in after


def test_a_cheque_that_was_written_off_stays_listed_as_closed():
    async def story(lobby):
        desk = lobby.desk
        lobby.stage.faults.start(FaultKind.DOWN)
        await desk.pay(cheque(4_000), key="k")
        lobby.stage.primary.book(account(0), -9_000, "cash_out")
        await mended(lobby)
        (parked,) = desk.parked()
        waiting = await seen(lobby)
        await desk.settle(parked.advice_id, "write_off", by="amal", staff=STAFF)
        await desk.settle(parked.advice_id, "write_off", by="badr", staff=STAFF)
        return waiting, await seen(lobby)

    waiting, closed = visit(story)
    assert "EGP 40.00 Cheque approved Our standby system has approved it." in waiting
    assert closed.count("EGP 40.00") == waiting.count("EGP 40.00") == 1
    assert "The institution closed it without booking it on your account" in closed


class Clearing(SimulatedPrimary):
    """A primary that has its own word for cheques."""

    def book(self, account, amount_minor, kind, **more):
        return super().book(account, amount_minor, "clearing" if kind == "cheque" else kind, **more)


def test_a_cheque_that_is_booked_by_another_name_is_booked_all_the_same():
    async def story(lobby):
        await lobby.desk.pay(cheque(800), key="k")
        await asyncio.sleep(2)
        return await seen(lobby)

    page = visit(story, primary=Clearing)
    assert page.count("EGP 8.00") == 1
    assert "−EGP 8.00" in page


def test_the_newest_cheques_of_an_account_come_first_and_no_other_kind(database_url):
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        for n in range(4):
            await lobby.desk.pay(cheque(100 + n), key=f"c{n}")
            await asyncio.sleep(1)
        await lobby.desk.pay(payment(500), key="t")
        await lobby.desk.pay(cheque(900, debit=5), key="other")
        return lobby.desk.payments(account(0), kind=PaymentKind.CHEQUE, limit=3)

    found = visit(story, database=database_url)
    assert [one.amount_minor for one in found] == [103, 102, 101]
    assert {(one.currency, one.held, one.written_off) for one in found} == {("EGP", True, False)}


def test_a_cheque_is_declined_where_cheques_do_not_go_on():
    policy = msgspec.structs.replace(SETTINGS.policy, kinds=(PaymentKind.TRANSFER,))
    settings = msgspec.structs.replace(SETTINGS, policy=policy)

    async def story(lobby):
        lobby.desk.take_over([], by="amal", reason="test")
        await lobby.desk.pay(cheque(300), key="k")
        return await seen(lobby)

    page = visit(story, standin=settings)
    assert "This is not possible while the institution's system is away." in page.replace("&#39;", "'")
    assert "The payee can present it again when the institution’s system is back." in page


def test_every_code_has_a_meaning_and_a_step_for_the_drawer_in_three_languages():
    for code in [*DeclineCode, "some_code_of_the_primary"]:
        for said in words.cheque_declined(code):
            assert text(said, "ar") != said != text(said, "fr")

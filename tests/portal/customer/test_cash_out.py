"""Cash-out codes: shown once, kept hashed, redeemed once by an agent's app."""

import asyncio
import re

import pytest
from tests.standin.stage import BALANCE, account, until_normal

from dawam.portal.customer.cash_outs import State
from dawam.portal.customer.cash_outs.model import digits_of
from dawam.portal.customer.tables import TABLES
from dawam.simulation import FaultKind

from .lobby import LOST, OMAR, plain, visit

AGENT = account(20)


async def code_of(browser, amount="25", n="1", locale="en", **more):
    answer = await browser.send(f"/{locale}/cash-out", n=n, amount=amount, **more)
    found = re.search(r'class="code"[^>]*>(\d{4} \d{4})<', answer.text)
    return found and found[1], answer


async def redeem(browser, code, amount_minor=2_500, agent=AGENT, currency="EGP", **more):
    asked = {"code": code, "agent_account": agent, "amount_minor": amount_minor, "currency": currency}
    return await browser.app("/v1/cash-outs/redeem", asked, **more)


def test_a_code_becomes_one_payment_to_the_agent():
    async def story(lobby):
        browser = lobby.browser()
        code, _ = await code_of(browser)
        paid = await redeem(browser, code.replace(" ", ""))
        again = await redeem(browser, code)
        other = await redeem(browser, code, agent=account(21))
        listed = (await browser.get("/en/cash-out")).text
        primary = lobby.stage.primary
        return paid, again, other, listed, primary.balance(AGENT), primary.balance(account(0))

    paid, again, other, listed, agent, mine = visit(story)
    assert (paid.status_code, paid.json()["status"]) == (201, "approved")
    assert (again.status_code, again.json()["payment_id"]) == (200, paid.json()["payment_id"])
    assert (other.status_code, other.json()["code"]) == (409, "cash_out_used")
    assert (agent.balance_minor, mine.balance_minor) == (BALANCE + 2_500, BALANCE - 2_500)
    assert "Used" in plain(listed)


def test_a_code_is_shown_once_and_kept_as_a_hash_only(database_url):
    async def story(lobby):
        browser = lobby.browser()
        hidden = await browser.hidden("/ar/cash-out")
        code, _ = await code_of(browser, "٢٥", locale="ar", hidden=hidden)
        again, _ = await code_of(browser, "25", locale="ar", hidden=hidden)
        listed = (await browser.get("/ar/cash-out")).text
        rows = lobby.storage.read(
            lambda rows: [tuple(row) for table in TABLES for row in rows.execute(table.select())]
        )
        return code, again, listed, rows

    code, again, listed, rows = visit(story, url=database_url)
    plain_code = code.replace(" ", "")
    assert code == again
    assert plain_code not in listed
    assert code not in listed
    assert len(rows) == 1
    assert plain_code.encode() not in b" ".join(str(value).encode() for value in rows[0])


def test_a_code_outlives_a_restart_under_the_same_secret(database_url):
    async def story(lobby):
        code, made = await code_of(lobby.browser())
        await lobby.restart(b"s" * 32)
        return made, await redeem(lobby.browser(), code)

    made, paid = visit(story, url=database_url)
    assert "started anew" not in made.text
    assert (paid.status_code, paid.json()["status"]) == (201, "approved")


@pytest.mark.parametrize("secret", [None, b"t" * 32])
def test_without_it_the_code_ends_and_its_customer_is_told(database_url, secret):
    async def story(lobby):
        hidden = await lobby.browser().hidden("/en/cash-out")
        codes = [await code_of(lobby.browser(), "5") for _ in range(2)]
        last, _ = await code_of(lobby.browser(), "5", hidden=hidden)
        await lobby.restart(secret)
        browser = lobby.browser()
        listed = (await browser.get("/en/cash-out")).text
        gone = await redeem(browser, last, 500)
        again, answer = await code_of(browser, "5", hidden=hidden)
        new, made = await code_of(browser, "90")
        return codes, listed, gone, again, answer, new, made, await redeem(browser, new, 9_000)

    codes, listed, gone, again, answer, new, made, paid = visit(story, url=database_url)
    assert all(code for code, _ in codes)
    assert plain(listed).count("Our system was started anew. Nothing was taken;") == 3
    assert "Open" not in plain(listed)
    assert gone.json()["code"] == "cash_out_code_unknown"
    assert (again, answer.status_code) == (None, 303), "no digits that lead nowhere"
    assert new, "neither the number of codes nor their sum is held against the customer"
    assert ("If our system is started anew before then" in plain(made.text)) is (secret is None)
    assert paid.json()["status"] == "approved"


def test_three_wrong_tries_end_a_code():
    async def story(lobby):
        browser = lobby.browser()
        code, _ = await code_of(browser)
        answers = [await redeem(browser, code, amount) for amount in (2_501, 1, 99, 2_500)]
        currency, _ = await code_of(browser)
        dollars = await redeem(browser, currency, currency="USD", agent=account(22))
        listed = (await browser.get("/en/cash-out")).text
        return [(one.status_code, one.json()["code"]) for one in answers], dollars.json()["code"], listed

    answers, dollars, listed = visit(story)
    assert "Ended After wrong tries." in plain(listed)
    assert answers == [(400, "cash_out_differs")] * 3 + [(404, "cash_out_code_unknown")]
    assert dollars == "cash_out_differs"


def test_a_code_holds_for_its_time_and_not_longer(database_url):
    async def story(lobby):
        browser = lobby.browser()
        code, _ = await code_of(browser)
        await asyncio.sleep(901)
        late = await redeem(browser, code)
        await lobby.teller.settle()
        (seen,) = lobby.teller.cash_outs.latest(lobby.people.customers.customer("MONA"))
        return late, seen

    late, seen = visit(story, url=database_url)
    assert late.json()["code"] == "cash_out_code_unknown"
    assert (seen.state, seen.cash_out.state, seen.cash_out.digest) == (State.EXPIRED, State.EXPIRED, None)


def test_a_cancelled_code_is_over_and_its_money_is_free_again():
    async def story(lobby):
        browser = lobby.browser()
        code, made = await code_of(browser, "90")
        _, refused = await code_of(browser, "90")
        path = re.search(r'action="(/en/cash-out/\w+/cancel)"', made.text)[1]
        foreign = await lobby.browser(OMAR).send("/en/cash-out", path)
        cancelled = [(await browser.send("/en/cash-out", path)).status_code for _ in range(2)]
        over = await redeem(browser, code, 9_000)
        another, _ = await code_of(browser, "90")
        return refused, foreign.status_code, cancelled, over.json()["code"], another

    refused, foreign, cancelled, over, another = visit(story)
    assert refused.status_code == 422
    assert "less your open codes" in plain(refused.text)
    assert (foreign, cancelled, over) == (404, [303, 303], "cash_out_code_unknown")
    assert another


def test_nothing_is_promised_that_cannot_be_proved():
    async def story(lobby):
        _, ghost = await code_of(lobby.browser(LOST), "10", n="1")
        _, elsewhere = await code_of(lobby.browser(LOST), "10", n="2")
        _, foreign = await code_of(lobby.browser(OMAR), "10", n="2")
        _, too_much = await code_of(lobby.browser(), "100.01")
        return [one.status_code for one in (ghost, elsewhere, foreign, too_much)]

    assert visit(story) == [503, 503, 404, 422]


def test_no_more_codes_are_open_than_may_be():
    async def story(lobby):
        return [(await code_of(lobby.browser(), "5"))[1].status_code for _ in range(4)]

    assert visit(story) == [200, 200, 200, 409]


def test_in_stand_in_the_standby_system_decides_and_the_books_agree_later():
    async def story(lobby):
        browser = lobby.browser()
        lobby.stage.faults.start(FaultKind.DOWN)
        await browser.get("/en/home")
        await asyncio.sleep(5)
        code, _ = await code_of(browser)
        paid = (await redeem(browser, code)).json()
        lobby.stage.faults.clear()
        await until_normal(lobby.desk)
        return paid, lobby.stage.primary.balance(AGENT).balance_minor

    paid, balance_minor = visit(story)
    assert (paid["status"], paid["decided_by"]) == ("approved", "stand-in")
    assert balance_minor == BALANCE + 2_500


def test_guessing_is_stopped():
    async def story(lobby):
        browser = lobby.browser()
        answers = [await redeem(browser, f"{number:08}") for number in range(8)]
        return [one.status_code for one in answers]

    assert visit(story) == [404] * 5 + [429] * 3


def test_a_code_that_was_used_before_does_not_buy_more_guesses():
    async def story(lobby):
        browser = lobby.browser()
        code, _ = await code_of(browser)
        statuses = [(await redeem(browser, code)).status_code]
        for number in range(4):
            for guess in range(2):
                statuses.append((await redeem(browser, f"{number}{guess}000000")).status_code)
            statuses.append((await redeem(browser, code)).status_code)
        return statuses

    statuses = visit(story)
    assert statuses[:4] == [201, 404, 404, 200]
    assert statuses[-3:] == [429] * 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": "12345678"}, 400),
        ({"code": "1", "agent_account": AGENT, "amount_minor": 1, "currency": "EGP"}, 404),
        ({"code": "12345678", "agent_account": " x", "amount_minor": 1, "currency": "EGP"}, 400),
        ({"code": "12345678", "agent_account": AGENT, "amount_minor": "1", "currency": "EGP"}, 400),
        ({"code": 5, "agent_account": AGENT, "amount_minor": 1, "currency": "EGP"}, 400),
        ([], 400),
    ],
)
def test_a_body_that_cannot_be_is_a_problem_with_a_code(body, status):
    async def story(lobby):
        return await lobby.browser(None).app("/v1/cash-outs/redeem", body)

    answer = visit(story)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_without_an_apps_token_nothing_is_redeemed():
    async def story(lobby):
        browser = lobby.browser()
        code, _ = await code_of(browser)
        refused = await redeem(browser, code, token="wrong")
        return refused.status_code, lobby.stage.primary.balance(AGENT).balance_minor

    assert visit(story) == (401, BALANCE)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1234 5678", "12345678"),
        ("١٢٣٤-٥٦٧٨", "12345678"),
        ("۱۲۳۴۵۶۷۸", "12345678"),
        ("1234567", ""),
        ("1234567a", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(written, found):
    assert digits_of(written) == found

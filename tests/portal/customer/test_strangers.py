"""Nothing of another customer is ever reachable: every route, with another's data."""

import asyncio
import re
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import structlog
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract
from tests.standin.stage import account

from dawam.kernel import DeclineCode
from dawam.portal.customer import words
from dawam.simulation import FaultKind
from dawam.web.pages import FOR_APPS, FOR_CUSTOMERS

from .lobby import MONA, OMAR, visit
from .test_cash_out import code_of, redeem
from .test_send import TO_OMAR, pay

ROOT = Path(__file__).parents[3]
CATALOGUES = ROOT / "src" / "dawam" / "web" / "locale"
SHELL = ("/static", "/design", "/theme", "/manifest", "/sw.js", "/offline")


def ours(app):
    """Path and method of every customer's route, with its rule."""
    found = []
    for route in app.routes:
        for handler in route.route_handlers:
            if "rule" in handler.opt and handler.opt["rule"] in (FOR_CUSTOMERS, FOR_APPS):
                found += [
                    (route.path, method, handler.opt["rule"])
                    for method in handler.http_methods
                    if method in ("GET", "POST")
                ]
    return sorted(found, key=lambda one: one[:2])


def test_every_route_is_for_customers_or_for_apps_and_for_nobody_else():
    async def story(lobby):
        table = ours(lobby.app)
        answers = []
        for path, method, rule in table:
            place = re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: "en" if m[1] == "locale" else "1", path)
            answer = await lobby.browser(None).client.request(method, place)
            answers.append((path, rule, answer.status_code))
        return answers

    answers = visit(story)
    assert len(answers) == 18
    assert [path for path, rule, _ in answers if rule == FOR_APPS] == ["/v1/cash-outs/redeem"]
    assert {status for _, rule, status in answers if rule == FOR_CUSTOMERS} <= {302, 401}
    assert {status for _, rule, status in answers if rule == FOR_APPS} == {401}


def test_another_customers_things_are_not_found_on_any_route():
    async def story(lobby):
        mona, omar = lobby.browser(), lobby.browser(OMAR)
        receipt = (await pay(mona)).url.path
        begun = (await mona.send("/en/send", follow=True, **TO_OMAR)).url.path
        await mona.send(begun, amount="11")
        _, made = await code_of(mona)
        cancel = re.search(r'action="(/en/cash-out/\w+/cancel)"', made.text)[1]
        complaint = await mona.send("/en/complaints", text="mine", kind="other")
        seen = [
            await omar.get(path)
            for path in (
                receipt,
                receipt.replace("/receipt", "/state"),
                receipt.replace("/receipt", "/review"),
                begun,
                f"{begun}/review",
                f"{begun}/receipt",
                complaint.headers["location"],
                "/en/accounts/2",
            )
        ]
        token = await omar.hidden("/en/send")
        done = [
            await omar.send(begun, hidden=token, amount="90"),
            await omar.send(f"{begun}/pay", hidden={**token, "version": "2"}),
            await omar.send(cancel, hidden=token),
        ]
        own = [(await omar.get(f"/en/{page}")).text for page in ("home", "send", "cash-out", "cheques")]
        return [one.status_code for one in seen + done], own

    statuses, own = visit(story)
    assert statuses == [404] * 11
    for page in own:
        for word in ("Mona", "Farouk", account(0), account(1), "…-000", "…-001", "EGP 10.00", "25.00"):
            assert word not in page


def test_a_form_of_another_customer_is_not_taken_over():
    async def story(lobby):
        mona, omar = lobby.browser(), lobby.browser(OMAR)
        once = (await mona.hidden("/en/send"))["once"]
        await mona.send("/en/send", hidden={**await mona.hidden("/en/send"), "once": once}, **TO_OMAR)
        payee = {**TO_OMAR, "payee_account": account(9)}
        taken = await omar.send("/en/send", hidden={**await omar.hidden("/en/send"), "once": once}, **payee)
        cash = (await mona.hidden("/en/cash-out"))["once"]
        await code_of(mona, hidden={**await mona.hidden("/en/cash-out"), "once": cash})
        _, foreign = await code_of(omar, hidden={**await omar.hidden("/en/cash-out"), "once": cash})
        kept = lobby.teller.sends.send(MONA, once)
        return taken.status_code, foreign.status_code, kept.payee_account

    assert visit(story) == (409, 409, account(2))


def test_an_account_that_was_taken_away_meanwhile_pays_nothing():
    async def story(lobby):
        browser = lobby.browser()
        path = (await browser.send("/en/send", follow=True, **TO_OMAR)).url.path
        await browser.send(path, amount="10")
        last = await browser.hidden(f"{path}/review")
        code, _ = await code_of(browser)
        bare = msgspec.structs.replace(MONA, holdings=MONA.holdings[1:])
        lobby.storage.write_now(lambda tx: lobby.people.customers.add(tx, bare))
        paid = await browser.send(f"{path}/pay", hidden=last)
        redeemed = await redeem(browser, code, agent=account(20))
        return paid.status_code, redeemed.status_code, lobby.stage.primary.balance(account(0)).balance_minor

    assert visit(story) == (404, 404, 10_000)


def test_no_account_amount_or_name_stands_in_a_url_or_a_log(capsys):
    structlog.reset_defaults()

    async def story(lobby):
        browser = lobby.browser()
        urls = [str((await pay(browser, "12.34")).url)]
        code, made = await code_of(browser, "43.21")
        await redeem(browser, code, 4_321, account(20))
        await redeem(browser, "00000000", 4_321, account(20))
        lobby.stage.faults.start(FaultKind.DOWN)
        for page in ("home", "accounts/1", "cheques", "send", "cash-out"):
            answer = await browser.get(f"/en/{page}")
            urls += re.findall(r'(?:href|action)="([^"]+)"', answer.text)
        await asyncio.sleep(5)
        return urls, made.status_code

    urls, _ = visit(story)
    said = capsys.readouterr()
    for text in (" ".join(urls), said.out, said.err):
        for secret in (account(0), account(2), account(20), "12.34", "1234", "4321", "43.21", "Mona", "عمر"):
            assert secret not in text


def msgids():
    """Every text of these pages: of the templates, and of the words beside them."""
    found = set()
    for file in (ROOT / "src/dawam/portal/templates/portal/customer").glob("*.html"):
        for _, _, message, _ in babel_extract(BytesIO(file.read_bytes()), ["t", "tn"], [], {}):
            found.add(message if isinstance(message, str) or message is None else message[0])
    tables = (
        words.CAPABILITIES,
        words.MODES,
        words.WHY,
        words.KINDS,
        words.CHECKS,
        words.STATUS,
        words.DECLINES,
        words.CASH_OUTS,
        words.NATURES,
    )
    tones = {"good", "notice", "warning", "danger", "neutral"}
    for table in tables:
        for said in table.values():
            found |= {said} if isinstance(said, str) else set(said) - tones
    return (found - {None}) | {
        words.STOPPED[0],
        words.STOPPED_TEXT,
        words.OTHER_KIND,
        *words.DECLINED_OTHERWISE,
    }


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_text_of_these_pages_is_translated(locale):
    translated = set()
    for file in [CATALOGUES / f"{locale}.po", *(CATALOGUES / locale).glob("*.po")]:
        with file.open("rb") as lines:
            for message in read_po(lines, locale=locale):
                singular = message.id if isinstance(message.id, str) else message.id[0]
                strings = [message.string] if isinstance(message.string, str) else list(message.string)
                if singular and all(strings):
                    translated.add(singular)
    missing = sorted(msgids() - translated)
    assert not missing, "\n".join(missing)


def test_every_decline_code_has_words():
    assert set(words.DECLINES) == set(DeclineCode)

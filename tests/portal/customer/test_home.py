"""The first page and the statement: proved, or a dash with a reason."""

import asyncio
from datetime import timedelta

import msgspec
from tests.standin.stage import SETTINGS, START, account, until, until_normal

from dawam.kernel import PaymentKind
from dawam.portal.customer import CustomerSettings
from dawam.simulation import FaultKind
from dawam.standin import Capability
from dawam.status import MaintenanceWindow, Notice, NoticeText, WindowState
from dawam.web import LOCALES

from .lobby import EVIL, HOSTILE, LOST, NAME, OMAR, plain, visit


def test_balances_come_with_their_time_and_source():
    async def story(lobby):
        return (await lobby.browser().get("/en/home")).text

    said = plain(visit(story))
    assert said.count("EGP 100.00") == 4
    assert said.count("from the institution’s own system") == 2
    assert "Everything works" in said


def test_in_stand_in_the_source_is_said_and_what_was_spent_is_not_available():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        browser = lobby.browser()
        await browser.get("/en/home")
        await asyncio.sleep(5)
        return (await browser.get("/en/home")).text, (await browser.get("/ar/home")).text

    english, arabic = map(plain, visit(story))
    assert english.count("from our standby system") == 2
    assert "our standby system is helping" in english
    assert "The institution's system is not answering at the moment." in english.replace("&#39;", "'")
    assert "١٠٠٫٠٠" in arabic


def test_a_missing_value_is_a_dash_with_a_reason_and_never_a_zero():
    async def story(lobby):
        return [(await lobby.browser(LOST).get(f"/{locale}/home")).text for locale in ("en", "ar", "fr")]

    english, arabic, french = visit(story)
    for page, zero in ((english, "0.00"), (arabic, "٠٫٠٠"), (french, "0,00")):
        shown = plain(page).replace("100.00", "").replace("١٠٠٫٠٠", "").replace("100,00", "")
        assert page.count('class="withheld"') == 2
        assert zero not in shown
    assert "does not know this account" in plain(english)


def test_a_balance_too_old_to_show_is_withheld_with_its_reason():
    short = msgspec.structs.replace(SETTINGS, show_for_s=3.0)

    async def story(lobby):
        lobby.stage.faults.start(FaultKind.DOWN)
        await asyncio.sleep(60)
        return (await lobby.browser().get("/en/home")).text

    page = visit(story, standin=short)
    assert page.count('class="withheld"') == 2
    assert "too old to show" in plain(page)
    assert "0.00" not in plain(page)


def test_one_slow_institution_does_not_hold_the_page():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.HANG)
        before = asyncio.get_running_loop().time()
        page = (await lobby.browser().get("/en/home")).text
        return page, asyncio.get_running_loop().time() - before

    page, took_s = visit(story, settings=CustomerSettings(balance_within_s=0.1))
    assert took_s < 0.2
    assert "No proved answer came in time" in plain(page)
    assert "0.00" not in plain(page)


def test_a_lie_of_the_primary_is_not_shown():
    async def story(lobby):
        lobby.stage.faults.start(FaultKind.ZERO)
        return (await lobby.browser().get("/en/home")).text

    said = plain(visit(story))
    assert said.count("EGP 100.00") == 4
    assert "EGP 0.00" not in said


def test_the_way_back_is_said_too():
    async def story(lobby):
        desk = lobby.desk
        desk.take_over([], by="amal", reason="test")
        await asyncio.sleep(1)
        desk.pause(True)
        desk.hand_back(by="amal", reason="test")
        await until(lambda: any(state.mode == "recovering" for state in desk.capabilities()))
        page = (await lobby.browser().get("/en/home")).text
        desk.pause(False)
        await until_normal(desk)
        return page

    assert "Returning step by step" in plain(visit(story))


def test_what_does_not_go_on_in_stand_in_is_said_to_stand_still():
    policy = msgspec.structs.replace(SETTINGS.policy, kinds=(PaymentKind.CASH_OUT,))
    only_cash = msgspec.structs.replace(SETTINGS, policy=policy)

    async def story(lobby):
        lobby.desk.take_over([], by="amal", reason="test")
        return (await lobby.browser().get("/en/home")).text

    assert plain(visit(story, standin=only_cash)).count("Not possible now") == 2


def test_hostile_labels_are_shown_and_never_obeyed():
    async def story(lobby):
        pages = ("/ar/home", "/en/accounts/1", "/fr/send", "/ar/cash-out", "/en/cheques", "/en/complaints")
        return [(await lobby.browser(EVIL).get(page)).text for page in pages]

    for page in visit(story):
        assert "<script>alert" not in page
        assert "\u202e" not in page


class Published:
    """What was said in public, and work that was announced."""

    def __init__(self):
        self.notices = []
        self.windows = []

    def recent(self, institution=None, limit=50):
        return [one for one in self.notices if one.institution == institution][:limit]

    def upcoming(self, institution=None, limit=50):
        return [one for one in self.windows if one.institution == institution][:limit]


def notice(title, **more):
    texts = {locale: NoticeText(f"{title} {locale}", "What it means.\nWhat to do.") for locale in LOCALES}
    about = {"kind": "incident", "subject_id": "1", "sequence": 1, "capabilities": ("balance",)}
    kept = {"code": "ABCD2345", "replaces": None, "signature": "", "published_at": START}
    return Notice(**{**about, **kept, "id": title, "institution": NAME, "texts": texts, **more})


def test_open_notices_and_the_next_maintenance_stand_on_the_first_page():
    said = Published()
    said.notices = [
        notice("Open"),
        notice("Replaced", replaced_by="Open"),
        notice("Withdrawn", withdrawn_at=START),
        notice("Old", published_at=START - timedelta(days=3)),
        notice("Over", kind="all_clear"),
        notice("Foreign", institution="other"),
        notice(HOSTILE),
    ]
    texts = {locale: NoticeText(f"Work {locale}", "We work.") for locale in LOCALES}
    hours = {"starts_at": START + timedelta(hours=5), "planned_ends_at": START, "created_at": START}
    said.windows = [
        MaintenanceWindow(
            **hours,
            id="W1",
            institution=NAME,
            state=WindowState.ANNOUNCED,
            scope="all",
            ends_at=START + timedelta(hours=6),
            capabilities=(Capability.BALANCE,),
            goes_on=(),
            texts=texts,
            created_by="amal",
            changed_at=START,
        )
    ]

    async def story(lobby):
        return [(await lobby.browser().get(f"/{locale}/home")).text for locale in ("en", "ar")]

    english, arabic = visit(story, ports={"notices": said, "windows": said})
    for page, locale in ((english, "en"), (arabic, "ar")):
        assert f"Open {locale}" in page
        assert f'href="/{locale}/windows/W1"' in page
        assert "<script>alert" not in page
        assert "\u202e" not in page
        for gone in ("Replaced", "Withdrawn", "Old", "Over", "Foreign"):
            assert f"{gone} {locale}" not in page


def test_a_statement_is_paged_newest_first_with_running_balances():
    async def story(lobby):
        for number in range(60):
            lobby.stage.primary.book(account(0), 100 + number, "cash_in")
        lobby.stage.primary.book(account(0), -700, "cheque")
        await asyncio.sleep(2)
        browser = lobby.browser()
        first = (await browser.get("/en/accounts/1")).text
        older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        second = (await browser.get(older)).text
        arabic = (await browser.get("/ar/accounts/1")).text
        return first, second, arabic, (await browser.get("/en/cheques")).text

    first, second, arabic, cheques = visit(story)
    assert first.count('<th scope="row">') == 25
    assert plain(first).index("Cheque") < plain(first).index("Cash paid in")
    assert 'rel="prev"' in second
    assert 'rel="prev"' not in first
    assert "هـ" in arabic
    assert "−EGP 7.00" in plain(cheques).replace("\u2212", "−")


def test_a_place_in_the_list_that_is_not_there_is_not_found():
    async def story(lobby):
        places = ("0", "3", "-1", "99999", "x", "١")
        return [(await lobby.browser().get(f"/en/accounts/{n}")).status_code for n in places]

    assert visit(story) == [404] * 6


def test_a_statement_page_that_was_never_given_is_refused_in_words():
    async def story(lobby):
        return await lobby.browser(OMAR).get("/en/accounts/1?before=x")

    assert visit(story).status_code == 400


def test_who_has_not_signed_in_is_asked_to():
    async def story(lobby):
        return await lobby.browser(None).get("/en/home")

    answer = visit(story)
    assert answer.status_code == 302
    assert "/en/sign-in" in answer.headers["location"]

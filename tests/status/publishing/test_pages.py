"""What everybody sees: in three languages, without scripts, and however hostile a name is."""

import asyncio
import re
from datetime import timedelta

import pytest
from litestar.testing import TestClient

from dawam.standin import BalanceChecks, Capability, Mode, Reason

from .stage import HOSTILE, START, TEXTS, Incident, Stage, said

HTML = {"accept": "text/html"}


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("accepted", "place"), [("ar-EG,fr;q=0.5", "/ar"), ("fr", "/fr"), ("de", "/en"), ("", "/en")]
)
def test_the_beginning_is_in_the_language_of_the_browser(client, accepted, place):
    answer = client.get("/", headers={"accept-language": accepted}, follow_redirects=False)
    assert answer.headers["location"] == place
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
@pytest.mark.parametrize("path", ["", "/status/misr", "/status/misr/days"])
def test_every_page_stands_in_every_language_without_scripts(client, locale, path):
    answer = client.get(f"/{locale}{path}")
    assert answer.status_code == 200
    assert f'<html lang="{locale}"' in answer.text
    assert "{" not in text_of(answer.text.partition("<body")[2])


def test_all_is_well_is_said_first(client):
    page = text_of(client.get("/en/status/misr").text)
    assert "What works at Bank of Egypt" in page
    assert "Everything works. You have nothing to do." in page
    assert "Balances shown in the last 90 days not measured" in page
    assert "compared afterwards" not in page
    assert "are not measured here" in page


@pytest.mark.parametrize(
    ("locale", "whole", "numbers", "others"),
    [
        ("en", "12,345 shown, 6,000 checked again, 1 wrong", "12,345 6,000 1", "not listed"),
        (
            "fr",
            "affichés\xa0: 12\u202f345, vérifiés à nouveau\xa0: 6\u202f000, faux\xa0: 1",
            "12\u202f345 6\u202f000 1",
            "ne figurent pas ici",
        ),
        (
            "ar",
            "عدد ما عُرض ١٢٬٣٤٥، وما أُعيد التحقق منه ٦٬٠٠٠، والخاطئ منه ١",
            "١٢٬٣٤٥ ٦٬٠٠٠ ١",
            "غير المذكورة هنا",
        ),
    ],
)
def test_what_became_of_the_balances_shown_is_said_for_each_day_and_for_all(locale, whole, numbers, others):
    stage = Stage(balances=lambda name, start, end: BalanceChecks(shown=12_345, checked=6_000, wrong=1))
    asyncio.run(stage.publisher.history.watch())
    stage.clock.pass_s(60)
    with TestClient(stage.app()) as client:
        page, days = (
            re.sub(r"[\u2066-\u2069]", "", client.get(f"/{locale}/status/misr{path}", headers=HTML).text)
            for path in ("", "/days")
        )
    assert whole in page
    row = "".join(f"<td>{number}</td>" for number in numbers.split(" "))
    assert re.sub(' data-label="[^"]*"', "", days).count(row) == 1
    assert others in days


def test_an_outage_is_said_with_what_it_means_and_until_when(client, lone):
    lone.change(Mode.STANDING_IN, capabilities=(Capability.BALANCE, Capability.PAYMENT))
    lone.publish()
    lone.incidents.open.append(Incident("i-1", START, eta=START + timedelta(hours=1)))
    page = text_of(client.get("/en/status/misr").text)
    assert "Everything works; by the standby system: balances and payments." in page
    assert "no payment is taken twice" in page
    assert "Expected to be as usual by 22 Nov 2026, 11:00." in page
    assert TEXTS["en"].title in page
    assert re.search(r"Code [0-9A-Z]{4}-[0-9A-Z]{4}", page)


def test_a_stand_in_that_has_nothing_to_answer_with_is_not_said_to_work(client, lone):
    lone.desks["misr"].mirrored = False
    lone.change(Mode.STANDING_IN)
    page = text_of(client.get("/en/status/misr").text)
    assert "Not available right now: balances, payments" in page
    assert "Everything works" not in page


def test_nobody_pretends_to_know_the_end(client, lone):
    lone.change(Mode.STANDING_IN)
    assert "Nobody can say yet until when." in text_of(client.get("/en/status/misr").text)


def test_the_share_of_customers_who_are_back_is_shown(client, lone):
    lone.change(Mode.RECOVERING, share=50)
    page = text_of(client.get("/en/status/misr").text)
    assert "Everything works, and is returning to the usual system." in page
    assert "Customers back with the usual system 50%" in page


def test_the_page_of_all_says_where_something_is_not_as_usual(client, lone):
    lone.change(Mode.STANDING_IN, Reason.SLOW)
    page = text_of(client.get("/fr").text)
    assert "Tout fonctionne\u202f; en partie par le système de secours." in client.get("/fr").text
    assert page.index("Bank of Egypt") < page.index("Atlas")


def test_an_institution_that_is_not_here_is_not_found(client):
    assert client.get("/ar/status/nobody").status_code == 404
    assert client.get("/de/status/misr").status_code == 404
    assert client.get("/en/status/%3Cscript%3E/now").status_code == 404


def test_a_notice_that_was_taken_back_says_so(client, lone):
    lone.withdraw(lone.publish(said("Old title", "Old body")))
    page = client.get("/en/status/misr").text
    assert "We have taken this notice back" in page
    assert "Old body" not in page


def test_hostile_words_are_shown_and_never_obeyed():
    stage = Stage(names={"misr": HOSTILE.replace("\x00", "").replace("\ud800", ""), "atlas": "A"})
    hostile = HOSTILE.replace("\x00", "").replace("\ud800", "")
    stage.incidents.open.append(Incident("i-1", START))
    stage.publish(said(hostile, hostile))
    with TestClient(stage.app()) as client:
        for path in ("/en", "/ar/status/misr", "/fr/status/misr/days", "/en/status/misr/now"):
            page = client.get(path, headers={"accept": "text/html"}).text
            assert "<script>alert" not in page
            assert "\u202e" not in page
            assert "&lt;script&gt;" in page or path.endswith("now")


def test_a_crowd_is_answered_from_one_rendering(client, lone):
    for _ in range(30):
        assert client.get("/ar/status/misr/now").status_code == 200
    assert lone.publisher.cache.made == 1
    lone.clock.pass_s(11)
    client.get("/ar/status/misr/now")
    assert lone.publisher.cache.made == 2


def test_a_fragment_is_sent_again_only_when_it_changed(client, lone):
    first = client.get("/en/status/misr/now")
    again = client.get("/en/status/misr/now", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    lone.change(Mode.STANDING_IN)
    lone.publisher.changed("misr")
    after = client.get("/en/status/misr/now", headers={"if-none-match": first.headers["etag"]})
    assert after.status_code == 200


def test_the_page_listens_and_links_its_feeds(client):
    page = client.get("/fr/status/misr").text
    assert 'sse-connect="/fr/status/misr/live?seen=' in page
    assert 'hx-trigger="sse:changed"' in page
    assert page.index('id="headline" role="status"') < page.index('id="now"')
    for href in ("/feeds/misr/fr.atom", "/feeds/misr/fr.json", "/feeds/misr/cap/index.xml"):
        assert f'href="{href}"' in page.partition("</head>")[0]


def test_every_day_has_its_text(client):
    page = client.get("/en/status/misr/days").text
    assert page.count('<th scope="row">') == 90
    assert page.count("<td>") == 90 * len(Capability)
    assert "was not measured on any of these days" in page
    assert "no data" in page


def test_the_first_page_is_small(client, lone):
    lone.change(Mode.STANDING_IN)
    answer = client.get("/ar/status/misr", headers={"accept-encoding": "gzip"})
    assert int(answer.headers["content-length"]) < 20_000


def test_an_expected_end_that_has_passed_is_not_repeated(client, lone):
    lone.change(Mode.STANDING_IN)
    lone.incidents.open.append(Incident("i-1", START, eta=START + timedelta(minutes=5)))
    lone.clock.pass_s(600)
    page = text_of(client.get("/en/status/misr").text)
    assert "Expected" not in page
    assert "Nobody can say yet until when." in page

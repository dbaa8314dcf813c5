"""Complaints: one a form, passed on with the fact, nobody else's."""

import re

import pytest

from .lobby import HOSTILE, OMAR, plain, visit

WRITTEN = {"kind": "payment", "text": "لم يصل المبلغ", "happened": "أمس", "n": "1", "reach": "01001234567"}


def test_a_complaint_is_filed_with_a_reference_and_passed_on(database_url):
    async def story(lobby):
        browser = lobby.browser()
        page = await browser.send("/ar/complaints", follow=True, **WRITTEN)
        return page.text, (await browser.get("/en/complaints")).text, lobby.news()

    page, listed, news = visit(story, url=database_url)
    ((topic, body),) = news
    reference = re.search(r'class="code"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})<', page)[1]
    assert topic == "complaint_filed"
    assert (body["reference"], body["customer"], body["kind"]) == (reference, "MONA", "payment")
    assert (body["text"], body["account"], body["locale"]) == ("لم يصل المبلغ", "c-000", "ar")
    assert reference in listed
    assert "لم يصل" not in listed


def test_a_form_sent_twice_is_one_complaint():
    async def story(lobby):
        browser = lobby.browser()
        hidden = await browser.hidden("/en/complaints")
        answers = [await browser.send("/en/complaints", hidden=hidden, **WRITTEN) for _ in range(2)]
        return [answer.headers["location"] for answer in answers], lobby.news()

    places, news = visit(story)
    assert places[0] == places[1]
    assert len(news) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({**WRITTEN, "text": " "}, 422),
        ({**WRITTEN, "text": "x" * 2_001}, 422),
        ({**WRITTEN, "happened": "x" * 101}, 422),
        ({**WRITTEN, "reach": "x" * 201}, 422),
        ({**WRITTEN, "n": "7"}, 404),
        ({**WRITTEN, "kind": "revenge"}, 422),
    ],
)
def test_a_complaint_beyond_its_limits_is_not_filed(fields, status):
    async def story(lobby):
        answer = await lobby.browser().send("/fr/complaints", **fields)
        return answer.status_code, lobby.news()

    assert visit(story) == (status, [])


def test_too_many_complaints_wait():
    async def story(lobby):
        browser = lobby.browser()
        return [(await browser.send("/en/complaints", **WRITTEN)).status_code for _ in range(6)]

    assert visit(story) == [303] * 5 + [429]


def test_what_was_written_is_kept_when_something_is_missing_and_never_obeyed():
    async def story(lobby):
        fields = {**WRITTEN, "text": "", "happened": HOSTILE}
        return (await lobby.browser().send("/ar/complaints", **fields)).text

    page = visit(story)
    assert "<script>alert" not in page
    assert "gnp.exe" in page


def test_a_complaint_of_another_is_not_found_and_its_form_is_not_taken_over():
    async def story(lobby):
        browser = lobby.browser()
        hidden = await browser.hidden("/en/complaints")
        place = (await browser.send("/en/complaints", hidden=hidden, **WRITTEN)).headers["location"]
        omar = lobby.browser(OMAR)
        own = await omar.hidden("/en/complaints")
        taken = await omar.send("/en/complaints", hidden={**own, "once": hidden["once"]}, **WRITTEN)
        listed = (await omar.get("/en/complaints")).text
        return (await omar.get(place)).status_code, taken.status_code, plain(listed), len(lobby.news())

    status, taken, listed, filed = visit(story)
    assert (status, taken, filed) == (404, 409, 1)
    assert "What you filed" not in listed

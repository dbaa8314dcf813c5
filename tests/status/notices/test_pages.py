"""The page on which anybody checks a message."""

import re

import pytest
from litestar.testing import TestClient

from dawam.status.notices import TEMPLATES, Notices, NoticeSettings, NoticeText, grouped, page_routes
from dawam.web.pages import Face, PageSettings, page_app

from .conftest import TEXTS, a_world

HTML = {"accept": "text/html"}


@pytest.fixture
def client(notices, clock):
    face = Face(a_world(clock), PageSettings(), templates=[TEMPLATES])
    with TestClient(page_app(page_routes(face, notices), face=face)) as opened:
        yield opened


def paste(client, message, locale="en"):
    page = client.get(f"/{locale}/check", headers=HTML).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    return client.post(f"/{locale}/check", data={"message": message, "csrf": csrf}, headers=HTML)


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_a_code_in_the_link_shows_what_we_said(client, publish, locale):
    notice = publish()
    answer = client.get(f"/{locale}/check?code={grouped(notice.code)}", headers=HTML)
    assert answer.status_code == 200
    assert TEXTS[locale].title in answer.text


def test_a_pasted_message_is_compared(client, publish, notices):
    notice = publish()
    _, body = notices.wording.email(notice, "fr")
    assert "Yes, this message is from us." in paste(client, body).text
    answer = paste(client, body + "\nhttps://evil.example <b>ici</b>").text
    assert "This message was changed." in answer
    assert "<b>ici</b>" not in answer
    assert "https://evil.example" in answer


def test_an_unknown_message_is_answered_with_what_to_do(client):
    answer = paste(client, "Press here \u202e<script>alert(1)</script>")
    assert "Call the number on the back of your card" in answer.text
    assert "<script>alert" not in answer.text


def test_an_empty_form_is_shown_again_with_the_reason(client):
    answer = paste(client, " ")
    assert answer.status_code == 422
    assert "There is nothing to check." in answer.text


def test_a_hostile_notice_is_shown_and_never_obeyed(client, publish):
    title = "<img src=x> \u202egnp"
    notice = publish(texts={**TEXTS, "en": NoticeText(title, "<script>1</script>\nline")})
    page = client.get(f"/en/check?code={notice.code}", headers=HTML).text
    assert "<img src=x>" not in page
    assert "<script>1" not in page
    assert "\u202e" not in page


def test_a_form_from_elsewhere_is_refused(client):
    answer = client.post("/en/check", data={"message": "x"}, headers=HTML)
    assert answer.status_code == 403


def test_one_address_may_not_guess_for_ever(storage, clock):
    few = Notices(storage, a_world(clock), NoticeSettings(checks_at_once=2))
    face = Face(a_world(clock), PageSettings(), templates=[TEMPLATES])
    with TestClient(page_app(page_routes(face, few), face=face)) as client:
        statuses = [client.get("/v1/notices/check?code=K7QM-2XRD").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        clock.pass_s(7)
        assert client.get("/en/check?code=K7QM-2XRD").status_code == 200


def test_a_program_gets_the_verdict_and_can_verify_by_itself(client, publish, notices):
    from base64 import b64decode

    from dawam.ledger import VerifyingKey

    notice = publish()
    found = client.get(f"/v1/notices/check?code={notice.code.lower()}").json()
    key = VerifyingKey.parse(client.get("/feeds/notices/key").text)
    assert found["verdict"] == "genuine"
    assert key.verifies(found["signed"].encode(), b64decode(found["signature"]))
    assert client.get("/v1/notices/check?code=K7QM-2XRD").json() == {"verdict": "unknown", "notice": None}
    assert client.get("/v1/notices/check").json()["code"] == "message_empty"

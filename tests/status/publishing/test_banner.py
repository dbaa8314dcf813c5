"""The banner on other people's pages."""

from litestar.testing import TestClient

from dawam.standin import Mode

from .stage import HOSTILE, Stage


def test_the_banner_shows_nothing_while_all_is_well(client):
    assert client.get("/banner/misr.json?lang=fr").json()["show"] is False


def test_the_banner_tells_what_is_not_as_usual_in_the_language_of_the_page(client, lone):
    lone.change(Mode.STANDING_IN)
    answer = client.get("/banner/misr.json?lang=ar-EG")
    told = answer.json()
    assert (told["show"], told["lang"], told["dir"]) == (True, "ar", "rtl")
    assert told["title"] == "كل شيء يعمل عبر النظام البديل."
    assert told["url"] == "https://status.example.com/ar/status/misr"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers
    assert client.get("/banner/misr.json?lang=de").json()["lang"] == "en"


def test_the_script_is_small_the_same_for_all_and_sets_no_cookie(client):
    answer = client.get("/banner/misr.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in answer.headers
    assert len(answer.content) < 3_000
    assert answer.content == client.get("/banner/atlas.js").content
    for word in ("innerHTML", "insertAdjacentHTML", "document.write", "cookie", "eval", "localStorage"):
        assert word not in answer.text
    assert client.get("/banner/nobody.js").status_code == 404
    assert client.get("/banner/misr.css").status_code == 404


def test_a_hostile_name_is_a_text_in_the_banner():
    hostile = HOSTILE.replace("\ud800", "")
    stage = Stage(names={"misr": hostile, "atlas": "A"})
    stage.change(Mode.STANDING_IN)
    with TestClient(stage.app()) as client:
        answer = client.get("/banner/misr.json?lang=en")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "\u202e" not in answer.json()["name"]
        assert answer.json()["name"].startswith("<script>")

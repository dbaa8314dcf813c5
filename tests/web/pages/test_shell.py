"""What every page brings along: headers, languages, themes, assets, an app on a phone, and nothing else."""

import gzip
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from litestar import Request, Response, get
from litestar.testing import TestClient

from dawam.web.pages import FOR_ANYONE, FOR_CUSTOMERS, Face, PageSettings, asset, ruled
from dawam.web.pages.assets import files, styles
from dawam.web.pages.design import PARTS
from dawam.web.pages.themes import same_site

from .rooms import client_of, room, token_in, world

SOURCE = Path(__file__).parents[3] / "src" / "dawam"
TEMPLATES = sorted(file for file in SOURCE.rglob("templates/**/*.html") if "simulation" not in file.parts)
STYLES = sorted((SOURCE / "web" / "pages" / "static" / "css").glob("*.css"))
SCRIPTS = sorted((SOURCE / "web" / "pages" / "static" / "js").glob("*.js"))
LOCALES = ("ar", "fr", "en")
FIRST_PAGE_BYTES = 100_000
SCRIPT_BYTES = 10_000


@pytest.fixture
def client() -> TestClient:
    return room()


# Headers


def test_a_page_refuses_inline_scripts_frames_and_sniffing(client: TestClient) -> None:
    headers = client.get("/en/design").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_over_tls_the_cookie_is_bound_to_the_host() -> None:
    client = room(settings=PageSettings(public_url="https://dawam.local"))
    answer = client.get("/en/offline")
    assert "strict-transport-security" in answer.headers
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dawam=")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "path", ["/en/design", "/en/nothing", "/sw.js", "/manifest.webmanifest", asset("css/app.css")]
)
def test_a_content_type_names_its_charset_once_at_most(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-type"].count("charset") <= 1


def test_a_page_is_compressed_for_whoever_takes_it(client: TestClient) -> None:
    answer = client.get("/en/design", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "<h1>Design</h1>" in answer.text
    assert "content-encoding" not in client.get("/en/design", headers={"accept-encoding": "identity"}).headers


# Templates


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_no_script_or_style_stands_in_a_template(file: Path) -> None:
    page = file.read_text(encoding="utf-8")
    assert [tag for tag in re.findall(r"<script\b[^>]*>", page) if "src=" not in tag] == []
    assert not re.search(
        r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|\bhx-on\b|hx-vals=.js:", page
    )


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_every_post_form_carries_the_token(file: Path) -> None:
    page = file.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        if re.search(r"method=[\"']post", form, re.IGNORECASE):
            assert "csrf" in form


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_styles_know_no_side_but_start_and_end(file: Path) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    sides = re.findall(r"(?<![\w-])(?:[\w-]*-)?(?:left|right)(?![\w-])", sheet)
    assert sides == []
    assert re.findall(r"(?<![\w-])(?:width|height|margin-top|margin-bottom|top|bottom)\s*:", sheet) == []
    assert "@import" not in sheet
    assert "letter-spacing" not in sheet.replace("letter-spacing: 0;", "") or ":not(:lang(ar))" in sheet


def test_the_dark_colours_are_the_same_for_whoever_chose_them_and_whose_device_is_dark() -> None:
    sheet = styles()
    chosen = re.search(r'\n\[data-theme="dark"\] \{\n(.*?)\n\}', sheet, re.DOTALL)
    device = re.search(
        r'prefers-color-scheme: dark\) \{\n\[data-theme="auto"\] \{\n(.*?)\n\}', sheet, re.DOTALL
    )
    assert chosen
    assert device
    assert chosen.group(1).split() == device.group(1).split()
    assert chosen.group(1).count("--") > 20


# Weight


def test_a_first_page_is_light(client: TestClient) -> None:
    """With both typefaces, scripts and icons: what a phone fetches before it has anything."""
    for locale in LOCALES:
        page = client.get(f"/{locale}/offline").text
        linked = set(re.findall(r"(?:href|src)=\"(/static/[^\"#]+)", page))
        fonts = {asset(f"fonts/readex-{script}.woff2") for script in ("arabic", "latin")}
        fetched = {path for path in linked | fonts if not path.endswith(".png")}  # asked for when installed
        sizes = [len(gzip.compress(page.encode(), 6))] + [sent_bytes(client, path) for path in fetched]
        assert sum(sizes) < FIRST_PAGE_BYTES, (sum(sizes), locale)


def sent_bytes(client: TestClient, path: str) -> int:
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        return sum(len(piece) for piece in answer.iter_raw())


def test_our_own_scripts_are_small() -> None:
    everywhere = ("js/app.js", "js/charts.js", "js/offline.js")
    assert sum(len(files()[name]) for name in everywhere) < SCRIPT_BYTES


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_make_no_code_from_texts(file: Path) -> None:
    script = file.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|document\.write|setAttribute\(\"(?:style|on)", script)


# Assets


def test_an_asset_is_kept_for_ever_and_an_old_one_is_asked_for_again(client: TestClient) -> None:
    answer = client.get(asset("css/app.css"))
    assert answer.headers["cache-control"].endswith("immutable")
    assert client.get("/static/old/css/app.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/old/css/nothing.css").status_code == 404
    assert client.get("/static/old/..%2f..%2fface.py").status_code == 404
    with pytest.raises(KeyError):
        asset("css/nothing.css")


def test_what_others_wrote_comes_with_its_licence() -> None:
    assert {"fonts/LICENSE", "vendor/LICENSE.htmx", "vendor/LICENSE.htmx-sse", "vendor/LICENSE.uplot"} <= set(
        files()
    )


# Themes


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_theme_is_kept_without_scripts(client: TestClient, theme: str) -> None:
    token = token_in(client.get("/fr/offline").text)
    answer = client.post(
        "/fr/theme", data={"csrf": token, "theme": theme, "back": "/fr/design"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/fr/design"
    page = client.get("/fr/offline").text
    assert f'data-theme="{theme}"' in page
    assert page.count('aria-pressed="true"') == 1


def test_a_theme_of_nobody_is_refused_and_a_cookie_of_it_means_none(client: TestClient) -> None:
    token = token_in(client.get("/fr/offline").text)
    assert client.post("/fr/theme", data={"csrf": token, "theme": "pink"}).status_code == 422
    client.cookies.set("theme", "pink")
    assert 'data-theme="auto"' in client.get("/fr/offline").text


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/ar/design", True),
        ("/ar?x=1", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/\t/evil.example", False),
        ("/a\r\nSet-Cookie: x=1", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("evil", False),
        ("", False),
    ],
)
def test_the_way_back_leads_to_our_own_pages_only(path: str, kept: bool) -> None:
    assert same_site(path) == (path if kept else "")


# An app on a phone


@pytest.mark.parametrize("locale", LOCALES)
def test_the_manifest_speaks_the_language_and_its_icons_exist(client: TestClient, locale: str) -> None:
    found: dict[str, Any] = client.get(f"/manifest.webmanifest?lang={locale}").json()
    assert found["lang"] == locale
    assert found["dir"] == ("rtl" if locale == "ar" else "ltr")
    assert found["start_url"] == f"/{locale}"
    for icon in found["icons"]:
        answer = client.get(icon["src"])
        assert answer.headers["content-type"] == "image/png"
        size = int.from_bytes(answer.content[16:20])
        assert icon["sizes"] == f"{size}x{size}"


def test_the_worker_keeps_what_exists_and_changes_with_it(client: TestClient) -> None:
    script = client.get("/sw.js").text
    kept = re.search(r"const FILES = (\[.*?\]);", script)
    assert kept
    for path in re.findall(r'"([^"]+)"', kept.group(1)):
        assert client.get(path).status_code == 200
    assert script == room().get("/sw.js").text
    assert script != room(settings=PageSettings(time_zone="Africa/Casablanca")).get("/sw.js").text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_without_connection_shows_nobodys_places(client: TestClient, locale: str) -> None:
    page = client.get(f"/{locale}/offline").text
    assert "signed-in" not in page
    assert "data-last" in page


# Languages


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_names_its_language_and_direction_and_leads_to_the_others(
    client: TestClient, locale: str
) -> None:
    answer = client.get(f"/{locale}/design")
    direction = "rtl" if locale == "ar" else "ltr"
    assert f'<html lang="{locale}" dir="{direction}"' in answer.text
    assert answer.headers["content-language"] == locale
    for other in LOCALES:
        assert f'href="/{other}/design" lang="{other}"' in answer.text


def test_design_shows_every_part_in_three_languages_and_both_themes(client: TestClient) -> None:
    assert client.get("/design", follow_redirects=False).headers["location"] == "/en/design"
    page = client.get("/ar/design").text
    for locale, theme in product(LOCALES, ("light", "dark")):
        assert len(
            re.findall(rf'class="specimen" lang="{locale}" dir="\w+" data-theme="{theme}"', page)
        ) == len(PARTS)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_design_shows_every_component() -> None:
    folder = SOURCE / "web" / "pages" / "templates" / "web"
    macros = re.findall(r"\{% macro ([a-z]\w*)\(", (folder / "components.html").read_text())
    shown = "".join(file.read_text() for file in [*folder.rglob("*.html")] if file.name != "components.html")
    assert [name for name in macros if f"ui.{name}(" not in shown] == []


# What is shown, not obeyed

HOSTILE = [
    "<script>alert(1)</script>\"'",
    "\u202eزلا",
    "ali\u2066\u2067",
    "a\u200fb",
    "{{ 1111*1111 }}",
    "\x00\x1b[2J",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_hostile_name_is_shown_not_obeyed(tmp_path: Path, name: str, locale: str) -> None:
    (tmp_path / "name.html").write_text(
        '{% extends "web/public.html" %}{% import "web/components.html" as ui with context %}'
        "{% block title %}x{% endblock %}{% block main %}<bdi>{{ shown(name) }}</bdi>"
        '{{ t("{x} here", x=name) }}{{ ui.field("a", "A", value=name, error=shown(name)) }}'
        '{{ ui.facts([(shown(name), shown(name))]) }}{{ ui.chart("c", "C", "C", '
        '{"times": [0], "series": [{"label": shown(name), "values": [1]}], "unit": name}) }}{% endblock %}'
    )

    face = Face(world(), PageSettings(), templates=[tmp_path])

    @get("/{locale:str}/name", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def named(request: Request) -> Response[bytes]:
        return face.page(request, "name.html", name=name)

    page = client_of(face, [named]).get(f"/{locale}/name").text
    main = page.partition("<main")[2].partition("</main")[0]
    assert "<script" not in main
    assert "1234321" not in main
    said = re.sub(r'value="[^"]*"|data-unit="[^"]*"', "", main)  # a form gives back what was entered
    assert not re.search("[\u202a-\u202e\u200e\u200f\x00\x1b]|\u2066\u2067", said)


@pytest.mark.parametrize("public_url", ["http://dawam.local", "https://dawam.local"])
def test_whatever_is_answered_is_not_guessed_at_nor_kept_by_accident(public_url: str) -> None:
    @get("/plain", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def plain() -> str:
        return "said"

    client = room([plain], settings=PageSettings(public_url=public_url))
    client.follow_redirects = False
    for path in (
        "/plain",
        "/design",
        "/nothing",
        "/sw.js",
        asset("icons.svg"),
        "/static/x/none",
        "/en/theme",
    ):
        for accept in ("text/html", "application/json"):
            headers = client.get(path, headers={"accept": accept}).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["cache-control"], path
            assert ("strict-transport-security" in headers) is public_url.startswith("https"), path
    assert client.get("/plain").headers["cache-control"] == "no-store"
    assert "default-src 'none'" in client.get(asset("icons.svg")).headers["content-security-policy"]
    assert "content-security-policy" not in client.get("/sw.js").headers


def test_over_tls_a_cookie_that_a_neighbouring_site_could_set_opens_nothing() -> None:
    @get("/en/who", opt=ruled(FOR_CUSTOMERS), sync_to_thread=False)
    def who() -> str:
        return "in"

    for public_url, name, other in (
        ("https://dawam.local", "__Host-dawam", "dawam"),
        ("http://dawam.local", "dawam", "__Host-dawam"),
    ):
        client = room([who], settings=PageSettings(public_url=public_url))
        assert client.get("/en/who", headers={"cookie": f"{name}=customer"}).text == "in"
        refused = client.get("/en/who", headers={"cookie": f"{other}=customer", "accept": "application/json"})
        assert refused.status_code == 401

"""`dawam demo` as a newcomer starts it, driven by its guide's own buttons."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

INSTITUTION = "wallets"
_ADDRESS = re.compile(r"^\s*(http://127\.0\.0\.1:\d+)\s*$")
_START_S = 180.0


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


class _Hidden(HTMLParser):
    """The fields of a page's forms that nobody fills in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found[given.get("name") or ""] = given.get("value") or ""


class Demonstration:
    """The guide at `guide`, Dawam's pages at `site`."""

    def __init__(self, guide: str) -> None:
        self.guide = guide
        self._cookies = CookieJar()
        self._open = build_opener(HTTPCookieProcessor(self._cookies), _Stay).open
        self.site = self.enter("amina")[0].rsplit("/", 2)[0]

    def enter(self, who: str, locale: str = "en") -> tuple[str, str]:
        """Where somebody begins, and the cookie that lets them in."""
        try:
            self._open(f"{self.guide}/{locale}/enter/{who}", timeout=20)
        except HTTPError as redirect:
            cookie = redirect.headers["set-cookie"].split(";")[0].partition("=")[2]
            self._cookies.clear()
            return redirect.headers["location"], cookie
        raise AssertionError("the guide lets nobody in")

    def press(self, button: str) -> None:
        """One of the guide's buttons: bad-update, cut, maintenance, roll-back."""
        self._send(f"{self.guide}/en", f"{self.guide}/en/{button}", {})

    def ask(self, address: str, locale: str = "en") -> None:
        """Fill in the form for messages by e-mail."""
        form = f"{self.site}/{locale}/subscribe/{INSTITUTION}"
        self._send(form, form, {"address": address})

    def letters(self) -> str:
        """The guide, with its letterbox."""
        with self._open(f"{self.guide}/en", timeout=20) as page:
            return str(page.read().decode())

    def _send(self, page: str, action: str, fields: dict[str, str]) -> None:
        reader = _Hidden()
        with self._open(page, timeout=20) as answer:
            reader.feed(answer.read().decode())
        request = Request(action, data=urlencode({**reader.found, **fields}).encode())
        try:
            self._open(request, timeout=60)
        except HTTPError as redirect:
            if redirect.code != 303:
                raise AssertionError(f"{action}: {redirect.code} {redirect.read()[:600]!r}") from None

    def text(self, path: str) -> str:
        """What Dawam answers to anybody."""
        with self._open(self.site + path, timeout=20) as answer:
            return str(answer.read().decode())


@contextmanager
def demonstration(folder: Path, *, wallets: int = 150) -> Iterator[Demonstration]:
    """From its first line to Ctrl-C; nothing is left behind."""
    command = [sys.executable, "-m", "dawam", "demo", "--pages", "--fast", "--port", "0"]
    running = subprocess.Popen(
        [*command, "--wallets", str(wallets)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(folder), "COLUMNS": "100", "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    try:
        yield Demonstration(_address(running))
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()


def _address(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    said, until = "", time.monotonic() + _START_S
    while time.monotonic() < until:
        line = running.stdout.readline()
        said += line
        found = _ADDRESS.match(line)
        if found:
            return found[1]
        assert line or running.poll() is None, said
    raise AssertionError(said)

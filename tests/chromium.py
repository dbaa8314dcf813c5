"""The browser of the tests: Debian's, by whichever name it has here."""

import shutil
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "no chromium, chromium-browser or google-chrome on PATH"
LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
}
"""How Playwright starts it: as root, and without asking anybody for updates."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

"""The audit trail speaks the reader's language: every act that the code writes into it has words."""

import re

import pytest
from tests.web.raise_sites import SOURCE

from dawam.portal.console.acts import Act
from dawam.portal.console.deeds import deed
from dawam.status.incidents.model import EntryKind
from dawam.status.windows.history import Act as WindowAct

_WRITES = re.compile(r'_note\(|_change\(|\bact="')
_ACT = re.compile(r'"([a-z]+(?:_[a-z]+)+)"')
_BY_PEOPLE = {"confirmed", "updated", "eta", "major", "impact", "reported", "closed"}
"""What `Incidents` writes into the trail; the rest of a timeline goes on by itself and is no act."""


def written() -> set[str]:
    lines = (line for file in SOURCE.rglob("*.py") for line in file.read_text(encoding="utf-8").splitlines())
    literal = {act for line in lines if _WRITES.search(line) for act in _ACT.findall(line)}
    orders = {
        f"{act}_{word}" for act in Act for word in ("ordered", "done", "approved", "refused", "withdrawn")
    }
    windows = {f"window_{act.value}" for act in WindowAct}
    incidents = {f"incident_{kind.value}" for kind in EntryKind if kind.value in _BY_PEOPLE}
    return literal | orders | windows | incidents


def test_the_acts_are_found_where_they_are_written() -> None:
    assert {"member_invited", "signed_in", "passkey_added", "session_ended", "parked_word"} <= written()
    assert "incident_affected_exported" in written()


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_every_act_has_words_in_every_language(locale: str) -> None:
    said = {act: deed(act, locale) for act in written()}  # type: ignore[arg-type]
    assert [act for act, words in said.items() if words == act or "_" in words] == []
    if locale == "ar":
        assert [act for act, words in said.items() if not re.search("[\u0600-\u06ff]", words)] == []


def test_an_act_of_another_time_is_shown_by_its_code() -> None:
    assert deed("moon_landed", "ar") == "moon_landed"
    assert "\u202e" not in deed("moon\u202elanded", "ar")

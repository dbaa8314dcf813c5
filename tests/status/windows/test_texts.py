"""What the public reads at each step, in its own language, with the facts as they are then."""

import re
from datetime import timedelta

import msgspec
import pytest

from dawam.standin import CAPABILITY_NAMES, Capability
from dawam.status.windows import Act, Times, model
from dawam.status.windows.pages import view
from dawam.status.windows.texts import announcement, proposal
from dawam.web import text

from .stage import HOURS, NIGHT, RULES, START, Desk

DESK = Desk()
ARABIC, LATIN = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[A-Za-z]{3}")
PUBLISHED = [
    Act.ANNOUNCED,
    Act.REMINDED,
    Act.STARTED,
    Act.MOVED,
    Act.EXTENDED,
    Act.FINISHED,
    Act.FINISHED_EARLY,
    Act.CANCELLED,
]


def window(**changes):
    planned = model.planned(DESK.draft(), by="amal", now=START)
    return msgspec.structs.replace(planned, announced_at=START, **changes)


@pytest.mark.parametrize("act", PUBLISHED)
def test_each_step_is_said_in_each_language(act):
    old = Times(NIGHT - HOURS, NIGHT) if act is Act.MOVED else None
    said = announcement(window(finished_at=NIGHT + HOURS), act, RULES, old)
    arabic, french, english = (f"{said[one].title} {said[one].body}" for one in ("ar", "fr", "en"))
    assert ARABIC.search(arabic)
    assert not LATIN.search(arabic)
    assert "aintenance" in english
    assert french != english
    assert "{" not in arabic + french + english
    assert not re.search("[\u2066-\u2069\u202a-\u202e]", arabic + french + english)


def test_the_proposal_says_when_and_what_works():
    said = proposal(
        starts_at=NIGHT,
        ends_at=NIGHT + 2 * HOURS,
        capabilities=[Capability.BALANCE, Capability.CHEQUE],
        goes_on=[Capability.BALANCE],
        rules=RULES,
    )
    assert said["en"].title == "Planned maintenance on 8 December 2026"
    assert said["en"].body == (
        "We are improving our system from Tuesday, 8 December 2026 at 02:00 to 04:00. "
        "These go on through our standby system: balances. "
        "These will not be available meanwhile: cheques."
    )
    assert "٨ ديسمبر ٢٠٢٦" in said["ar"].title
    assert "mardi 8 décembre 2026 à 02:00" in said["fr"].body


def test_an_end_on_another_day_is_said_with_its_day():
    said = proposal(
        starts_at=NIGHT,
        ends_at=NIGHT + timedelta(days=1),
        capabilities=[Capability.BALANCE],
        goes_on=[Capability.BALANCE],
        rules=RULES,
    )
    assert "to Wednesday, 9 December 2026 at 02:00." in said["en"].body
    assert "not be available" not in said["en"].body


def test_an_extension_says_the_new_end():
    said = announcement(window(ends_at=NIGHT + 5 * HOURS), Act.EXTENDED, RULES)
    assert "the new end is Tuesday, 8 December 2026 at 07:00." in said["en"].body


def test_a_move_says_the_old_and_the_new_time():
    said = announcement(window(), Act.MOVED, RULES, Times(NIGHT - 24 * HOURS, NIGHT - 21 * HOURS))
    assert said["en"].title == "Maintenance is moved: Planned maintenance on 8 December 2026"
    assert said["en"].body == (
        "The planned work is moved. It was announced from Monday, 7 December 2026 at 02:00 to 05:00. "
        "The new time is from Tuesday, 8 December 2026 at 02:00 to 04:00. "
        "These go on through our standby system: balances and payments. "
        "These will not be available meanwhile: cheques."
    )
    assert "début lundi 7 décembre 2026 à 02:00, fin 05:00" in said["fr"].body
    assert "من الاثنين، ٧ ديسمبر ٢٠٢٦ الساعة ٢:٠٠ ص إلى ٥:٠٠ ص." in said["ar"].body


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_every_word_of_the_pages_is_translated(locale):
    words = [
        *(said for said, _ in view.STATES.values()),
        *(said for said, _ in view.ACTS.values()),
        *view.REASONS.values(),
        *view.LANGUAGES.values(),
        *CAPABILITY_NAMES.values(),
    ]
    assert [said for said in words if text(said, locale) == said] == []

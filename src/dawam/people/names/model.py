"""Whether two names are one person's; pure.

Rules, in this order: the same words in whatever order match; a name of one word is close to another of one
word only; else every word of the shorter name must stand in the longer one, the registered first name among
them, at least two of them, one of them at most as an initial: that is close. Everything else is no match.
"""

from enum import StrEnum

from rapidfuzz.distance import DamerauLevenshtein

from dawam.people.names.letters import is_arabic, words
from dawam.people.names.sounds import arabic, latin, same_sound, surely

LONGEST = 200
_CLOSE_FROM = 0.8
_TELLING = 4
_SAME, _CLOSE, _INITIAL, _OTHER = 3, 2, 1, 0


class Match(StrEnum):
    """How a given name stands to the registered one."""

    MATCH = "match"
    CLOSE = "close"
    NO_MATCH = "no_match"


def match_names(given: str, registered: str) -> Match:
    """How the given name stands to the registered one; says nothing else of either."""
    if len(given) > LONGEST or len(registered) > LONGEST:
        return Match.NO_MATCH
    asked, known = words(given), words(registered)
    if not asked or not known:
        return Match.NO_MATCH
    if "".join(asked) == "".join(known):
        return Match.MATCH
    pairs = _paired(asked, known)
    scores = [score for _, score in pairs]
    if len(asked) == len(known) == len(pairs) and min(scores) == _SAME:
        return Match.MATCH
    shorter = min(len(asked), len(known))
    if shorter == 1:
        alone = len(asked) == len(known) and scores and scores[0] >= _CLOSE and len(known[0]) >= _TELLING
        return Match.CLOSE if alone else Match.NO_MATCH
    covered = len(pairs) == shorter and any(place == 0 for place, _ in pairs)
    full = sum(score >= _CLOSE for score in scores)
    return Match.CLOSE if covered and full >= max(1, shorter - 1) else Match.NO_MATCH


def _paired(asked: list[str], known: list[str]) -> list[tuple[int, int]]:
    """Each asked word with the known word that it fits best: the place of that, and how well."""
    fits = sorted(
        (
            (-alike(one, other), abs(i - j), i, j)
            for i, one in enumerate(asked)
            for j, other in enumerate(known)
        ),
    )
    taken: set[int] = set()
    placed: set[int] = set()
    pairs = []
    for worth, _, i, j in fits:
        if worth and i not in taken and j not in placed:
            taken.add(i)
            placed.add(j)
            pairs.append((j, -worth))
    return pairs


def alike(one: str, other: str) -> int:
    """How well two words fit: the same, close, an initial of the other, or not at all."""
    if one == other:
        return _SAME
    if is_arabic(one) != is_arabic(other):
        return _across(one, other)
    if 1 in (len(one), len(other)):
        return _INITIAL if one[0] == other[0] else _OTHER
    if DamerauLevenshtein.normalized_similarity(one, other) >= _CLOSE_FROM:
        return _CLOSE
    if not is_arabic(one) and _sound_alike(one, other):
        return _CLOSE
    return _OTHER


def _across(one: str, other: str) -> int:
    written, heard = (one, other) if is_arabic(one) else (other, one)
    if 1 in (len(written), len(heard)):
        return _INITIAL if same_sound(arabic(written[0]), latin(heard[0])) and written[0] != "ا" else _OTHER
    script, spoken = arabic(written), latin(heard)
    if not same_sound(script, spoken):
        return _OTHER
    if surely(script, spoken):
        return _SAME
    return _CLOSE if spoken.must <= script.must else _OTHER


def _sound_alike(one: str, other: str) -> bool:
    first, second = latin(one), latin(other)
    return same_sound(first, second) and first.must == second.must and max(map(len, first.consonants)) > 1

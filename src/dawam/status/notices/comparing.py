"""Whether a pasted message says what we said: word by word, whatever the way made of spaces and marks.

Rules: letters are compared as they look (`visible`), without case; marks around a word and space between
words do not count; a link to our own pages does not count, any other does; the code itself does not count.
Pure. Out of scope: whether a change of words changes the meaning; any change is shown.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Indel

from dawam.status.notices.model import Change, Piece

WORDS_MAX = 1_500
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "ـ": ""})

Words = list[tuple[str, str]]


def words_of(text: str, *, origin: str) -> Words:
    """The words of a visible text: how they are compared, and how they were written."""
    found = ((_key(word), word) for word in text.split())
    own = f"{origin.lower()}/"
    return [(key, word) for key, word in found if key and not key.startswith(own)][:WORDS_MAX]


def _key(word: str) -> str:
    plain = word.translate(_QUOTES).casefold()
    start, end = 0, len(plain)
    while start < end and _is_mark(plain[start]):
        start += 1
    while end > start and _is_mark(plain[end - 1]):
        end -= 1
    return plain[start:end]


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "P"


def closest(given: Words, forms: Sequence[Words]) -> Words:
    """The form that differs least."""
    keys = [key for key, _ in given]
    return min(forms, key=lambda form: Indel.normalized_distance(keys, [key for key, _ in form]))


def same(given: Words, form: Words) -> bool:
    """Whether both say the same words."""
    return [key for key, _ in given] == [key for key, _ in form]


def pieces(given: Words, form: Words) -> tuple[Piece, ...]:
    """The message against the form: what is the same, what was added, what was left out."""
    found: list[Piece] = []
    before = [key for key, _ in form]
    after = [key for key, _ in given]
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            found.append(Piece(Change.SAME, _joined(given[step.dest_start : step.dest_end])))
        elif step.tag == "delete":
            found.append(Piece(Change.LEFT_OUT, _joined(form[step.src_start : step.src_end])))
        elif step.tag == "insert":
            found.append(Piece(Change.ADDED, _joined(given[step.dest_start : step.dest_end])))
        else:
            found.append(Piece(Change.LEFT_OUT, _joined(form[step.src_start : step.src_end])))
            found.append(Piece(Change.ADDED, _joined(given[step.dest_start : step.dest_end])))
    return tuple(found)


def _joined(words: Iterable[tuple[str, str]]) -> str:
    return " ".join(word for _, word in words)

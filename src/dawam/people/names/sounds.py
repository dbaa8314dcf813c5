"""How an Arabic name sounds in Latin letters, as far as letters tell; pure.

Short vowels are not written in Arabic, and Latin spellings differ (Mohamed, Muhammad; Chérif, Sherif), so
words are compared by their consonants, and by the long vowels that both sides write. What this leaves open is
said to be close, never to match. Source: the romanisations BGN/PCGN 1956 and the French one of the Maghreb.
"""

import re
from itertools import product

# consonants as single signs: S = sh, X = kh, G = gh, J = j or the Egyptian g, T = th
_ARABIC: dict[str, tuple[str, ...]] = {
    "ب": ("b",),
    "ت": ("t",),
    "ث": ("t", "s"),
    "ج": ("J",),
    "ح": ("h",),
    "خ": ("X",),
    "د": ("d",),
    "ذ": ("d", "z"),
    "ر": ("r",),
    "ز": ("z",),
    "س": ("s",),
    "ش": ("S",),
    "ص": ("s",),
    "ض": ("d",),
    "ط": ("t",),
    "ظ": ("z", "d"),
    "غ": ("G",),
    "ف": ("f",),
    "ق": ("k",),
    "ك": ("k",),
    "ل": ("l",),
    "م": ("m",),
    "ن": ("n",),
    "ه": ("h",),
}
_LONG = {"ا": "a", "و": "u", "ي": "i"}
_WRITTEN = {"a": "ae", "i": "iey", "u": "ouw"}
_DIGRAPHS = (
    ("kh", "X"),
    ("gh", "G"),
    ("sh", "S"),
    ("sch", "S"),
    ("ch", "S"),
    ("th", "t"),
    ("dh", "d"),
    ("dj", "J"),
    ("ph", "f"),
    ("ck", "k"),
)
_SINGLES = str.maketrans({"q": "k", "c": "k", "g": "J", "j": "J", "v": "f", "p": "b", "x": "k"})
_DOUBLED = re.compile(r"([^aeiouyw])\1+")
_LONG_I = re.compile(r"ee|ei|ey|ie|ai|ay|ii")
_PERHAPS_LONG = re.compile(r"i[^aeiouywh]$")
_LONG_U = re.compile(r"ou|oo|uu")
_VARIANTS_MAX = 16


class Sound:
    """A word's possible consonants, the vowels that it writes, and those that are long, or may be."""

    __slots__ = ("consonants", "may", "must", "vowelled")

    def __init__(
        self, consonants: frozenset[str], vowelled: str, must: frozenset[str], may: frozenset[str]
    ) -> None:
        self.consonants = consonants
        self.vowelled = vowelled
        self.must = must
        self.may = may


def arabic(word: str) -> Sound:
    """The sound of a word in Arabic letters."""
    choices: list[tuple[str, ...]] = []
    vowels = ""
    for place, letter in enumerate(word):
        if place == 0 and letter in "وي":
            choices.append(("w" if letter == "و" else "y",))
        elif letter in _ARABIC:
            last_ha = letter == "ه" and place == len(word) - 1
            choices.append(("h", "") if last_ha else _ARABIC[letter])
        elif letter in _LONG and place > 0:
            vowels += _LONG[letter]
    found = frozenset("".join(each) for each, _ in zip(product(*choices), range(_VARIANTS_MAX), strict=False))
    long = frozenset(vowels) - {"a"}
    return Sound(found, vowels, long, long)


def latin(word: str) -> Sound:
    """The sound of a word in Latin letters."""
    plain = word
    must = {"i"} if _LONG_I.search(plain[1:]) else set()
    if _LONG_U.search(plain[1:]):
        must.add("u")
    for letters, sign in _DIGRAPHS:
        plain = plain.replace(letters, sign)
    plain = _DOUBLED.sub(r"\1", plain.translate(_SINGLES))
    if plain.startswith("ou") and len(plain) > 2 and plain[2] in "aei":
        plain = "w" + plain[2:]
    first = plain[:1] if plain[:1] in "wy" else ""
    consonants = first + "".join(letter for letter in plain[len(first) :] if letter not in "aeiouyw")
    found = {consonants}
    if consonants.endswith("h"):
        found.add(consonants[:-1])
    may = must | ({"i"} if _PERHAPS_LONG.search(word) else set())
    return Sound(frozenset(found), plain[1:], frozenset(must), frozenset(may))


def same_sound(one: Sound, other: Sound) -> bool:
    """Whether some consonants of both are the same."""
    return not one.consonants.isdisjoint(other.consonants)


def surely(written: Sound, heard: Sound) -> bool:
    """Whether a word in Arabic and one in Latin letters that sound the same are one name without doubt.

    There must be three consonants to tell by, and each long vowel of one must be written in the other.
    """
    if max(map(len, written.consonants & heard.consonants), default=0) < 3:
        return False
    rest = iter(heard.vowelled)
    told = all(any(letter in _WRITTEN[vowel] for letter in rest) for vowel in written.vowelled)
    return told and heard.may <= frozenset(written.vowelled)

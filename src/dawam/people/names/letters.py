"""A name as words that can be compared, whatever its marks, articles and spelling; pure.

Source: Unicode UAX #15 (decomposition); the spellings of Arabic that keyboards and registers mix: forms
of alef, hamza on a seat, alef maqsura for ya, teh marbuta for ha, tatweel, short vowels written or not.
"""

import re
import unicodedata

_ALIKE = str.maketrans(
    {
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ہ": "ه",
        "ک": "ك",
        "گ": "ك",
        "ڤ": "ف",
        "پ": "ب",
        "چ": "ج",
        "ء": "",
        "ـ": "",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "'": "",
        "’": "",
        "‘": "",
        "ʼ": "",
        "`": "",
        "ʿ": "",
        "ʾ": "",
    }
)
_LATIN_TITLES = ("mr", "mrs", "ms", "mme", "mlle", "dr", "prof", "eng")
_ARABIC_TITLES = ("دكتور", "دكتوره", "الدكتور", "الدكتوره", "مهندس", "المهندس")
_TITLES = frozenset((*_LATIN_TITLES, *_ARABIC_TITLES))
_ARTICLES = frozenset(("el", "al", "ال"))
_SERVANT = frozenset(("abd", "abdel", "abdal", "abdul", "abdu", "abdou", "abdoul", "عبد"))


def words(name: str) -> list[str]:
    """The words of a name: without titles, marks and articles; `abd el rahman` is one."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_ALIKE)
    plain = "".join(_kept(letter) for letter in unicodedata.normalize("NFD", plain)).translate(_ALIKE)
    found: list[str] = []
    servant = False
    for word in plain.split():
        if word in _TITLES or word in _ARTICLES:
            continue
        if word in _SERVANT:
            servant = True
            continue
        bare = without_article(word)
        found.append(("عبد" if is_arabic(bare) else "abd") + bare if servant else _servant_of(bare))
        servant = False
    if servant:
        found.append("abd" if not is_arabic(plain) else "عبد")
    return found


def is_arabic(word: str) -> bool:
    """Whether it is written in Arabic letters."""
    return any("\u0600" <= letter <= "\u06ff" for letter in word)


def without_article(word: str) -> str:
    """`السيد` as `سيد`, `elsayed` as `sayed`; what would leave almost nothing stays."""
    if word.startswith("ال") and len(word) > 4:
        return word[2:]
    if word.startswith(("el", "al")) and len(word) > 6:
        return word[2:]
    return word


def _servant_of(word: str) -> str:
    """`عبدالرحمن`, `abdelrahman` and `abdurrahman` as if the parts stood apart."""
    if word.startswith("عبدال") and len(word) > 6:
        return "عبد" + word[5:]
    for start in ("abdel", "abdal", "abdul", "abdoul"):
        if word.startswith(start) and len(word) > len(start) + 2:
            return "abd" + word[len(start) :]
    doubled = re.fullmatch(r"abd(?:ou|[aeu])([rnszdt])\1(\w+)", word)
    return f"abd{doubled[1]}{doubled[2]}" if doubled else word


def _kept(letter: str) -> str:
    """Letters and digits stay, marks and format characters go, anything else parts words."""
    kind = unicodedata.category(letter)
    if kind[0] in "LN":
        return letter
    return "" if kind in ("Mn", "Me", "Cf", "Lm", "Sk") else " "

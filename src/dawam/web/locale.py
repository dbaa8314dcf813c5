"""Texts in Arabic, French and English. A message's id is its English text, with `{params}`.

A param is shown, never obeyed, unless we made it ourselves (`Said`): characters that steer the reading
direction, and control characters, are written out as escapes. In Arabic each param stands isolated, so that
a code or a path does not reorder the sentence. Source: Unicode UAX #9, section 2; RFC 9110, section 12.5.4.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Literal, get_args

from babel import Locale as Cldr
from babel.localedata import locale_identifiers
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Locale = Literal["ar", "fr", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
_FOLDER = Path(__file__).with_name("locale")
_PLACE = re.compile(r"\{(\w+)\}")
_SHOWN_MAX = 200
_ISOLATE, _ISOLATE_RTL, _END_ISOLATE = "\u2068", "\u2067", "\u2069"
_ISOLATES = ("\u2066", "\u2067", "\u2068")
_HOME = {"ar": "EG", "fr": "FR", "en": "GB"}
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Said(str):
    """A text that we made ourselves: as a param it stands as it is, with its spaces and its isolates.

    For JSON it is made a plain text first: `str(said)`.
    """

    __slots__ = ()


@cache
def cldr_of(locale: Locale, region: str = "EG") -> Cldr:
    """The conventions of a language in a region; those of its home where CLDR knows none there.

    English keeps the British ones everywhere: its dates are the region's (day, month, year).
    """
    if locale != "en" and f"{locale}_{region}" in locale_identifiers():
        return Cldr(locale, region)
    return Cldr(locale, _HOME[locale])


def in_digits(said: str, cldr: Cldr) -> Said:
    """A text with the digits that the conventions want."""
    return Said(said.translate(_ARABIC_DIGITS) if cldr.default_numbering_system == "arab" else said)


def text(msgid: str, locale: Locale, /, **params: object) -> str:
    """The text in the language, or in English where no translation exists, with its params filled in."""
    template = msgid if locale == "en" else catalogue(locale).get(msgid, msgid)
    return _filled(template, locale, params)


def text_n(one: str, many: str, n: int, locale: Locale, /, **params: object) -> str:
    """The text for a count, in the form that the language has for it; `{n}` is the count by its digits."""
    template = one if n == 1 else many
    forms = plurals(locale).get(one) if locale != "en" else None
    if forms:
        template = forms[_form_of(locale)(n)] or template
    cldr = cldr_of(locale)
    counted = in_digits(format_decimal(n, locale=cldr, numbering_system="default"), cldr)
    return _filled(template, locale, {"n": counted, **params})


def _filled(template: str, locale: Locale, params: Mapping[str, object]) -> str:
    def fill(place: re.Match[str]) -> str:
        name = place.group(1)
        if name not in params:
            return place.group(0)
        given = params[name]
        if isinstance(given, Said):
            return _beside_arabic(given) if locale == "ar" else given
        value = shown(str(given))
        return f"{_ISOLATE}{value}{_END_ISOLATE}" if locale == "ar" else value

    return _PLACE.sub(fill, template)


def _beside_arabic(said: Said) -> str:
    """Ours is Arabic already: isolated from right to left, and once, whatever it begins with."""
    return said if said[:1] in _ISOLATES else f"{_ISOLATE_RTL}{said}{_END_ISOLATE}"


def shown(value: str) -> str:
    """A value from outside as it may stand in a sentence: steering characters escaped, length bounded."""
    if value.isascii() and value.isprintable() and len(value) <= _SHOWN_MAX:
        return value
    cut = value if len(value) <= _SHOWN_MAX else value[: _SHOWN_MAX - 1] + "…"
    return "".join(_escaped(letter) if _steers(letter) else letter for letter in cut)


def _steers(letter: str) -> bool:
    """Whether it is a control, format, surrogate, private or separator character other than a space."""
    return letter != " " and unicodedata.category(letter)[0] in "CZ"


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}"


def negotiate(accept_language: str | None) -> Locale:
    """The supported language that the header prefers; English without one."""
    best: Locale = "en"
    best_weight = 0.0
    for part in (accept_language or "").split(",")[:20]:
        tag, _, options = part.partition(";")
        weight = _weight(options)
        for locale in LOCALES:
            if tag.strip().lower().split("-")[0] == locale and weight > best_weight:
                best, best_weight = locale, weight
    return best


def locale_of_environment(value: str | None) -> Locale:
    """The supported language of `LC_ALL`, `LC_MESSAGES`, `LANG` or `LANGUAGE`; English for any other.

    `ar_EG.UTF-8` is Arabic, `fr:en` French, `C`, `POSIX` and nothing English. Source: POSIX.1-2017, 8.2.
    """
    for wanted in (value or "").split(":"):
        language = re.split(r"[_.@-]", wanted.strip(), maxsplit=1)[0].lower()
        for locale in LOCALES:
            if language == locale:
                return locale
    return "en"


def _weight(options: str) -> float:
    name, _, value = options.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    return float(value) if re.fullmatch(r"[01](\.\d{0,3})?", value.strip(), re.ASCII) else 0.0


@cache
def catalogue(locale: Locale) -> Mapping[str, str]:
    """The translations of a language by message id; read once."""
    return {one: said for one, said in _read(locale).items() if isinstance(said, str)}


@cache
def plurals(locale: Locale) -> Mapping[str, tuple[str, ...]]:
    """The forms of a language's counted texts, by their English singular."""
    return {one: said for one, said in _read(locale).items() if isinstance(said, tuple)}


def files(locale: Locale) -> list[Path]:
    """The catalogues of a language: that of the errors, and one for each slice with pages."""
    return [_FOLDER / f"{locale}.po", *sorted((_FOLDER / locale).glob("*.po"))]


@cache
def _read(locale: Locale) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {}
    for path in files(locale):
        with open(path, "rb") as file:
            messages = read_po(file, locale=locale, abort_invalid=True)
        for message in messages:
            if isinstance(message.id, (tuple, list)):
                found[message.id[0]] = tuple(message.string or ())
            elif message.id and message.string:
                found[str(message.id)] = str(message.string)
    return found


@cache
def _form_of(locale: Locale) -> Callable[[int], int]:
    with open(_FOLDER / f"{locale}.po", "rb") as file:
        return c2py(read_po(file, locale=locale).plural_expr)

"""How the page speaks: texts from the catalogues, numbers, money and times from CLDR."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

import babel
from babel import dates, lists, numbers, units

from dawam.kernel import Currency, currency_of
from dawam.web import Locale, shown, text

_PLACE = re.compile(r"\{(\w+)\}")
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _END = "\u2066", "\u2067", "\u2069"
# English of the world: days before months, 24 hours.
_CLDR = {"en": "en_GB", "fr": "fr", "ar": "ar"}
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60
_PARTS = (("day", _DAY_S), ("hour", _HOUR_S), ("minute", _MINUTE_S), ("second", 1))


@dataclass(frozen=True)
class Words:
    """One language and one currency.

    Raises: InvalidInput `currency_unknown`, when made.
    """

    lang: Locale
    money_of: Currency

    @classmethod
    def of(cls, lang: Locale, currency: str) -> "Words":
        """The words of a language, with the currency of that ISO 4217 code."""
        return cls(lang, currency_of(currency))

    @cached_property
    def cldr(self) -> babel.Locale:
        """The language's conventions."""
        return babel.Locale.parse(_CLDR[self.lang])

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.cldr.text_direction)

    def say(self, msgid: str, **values: object) -> str:
        """A text with its values filled in; in Arabic each isolated, so that none reorders the sentence.

        The values are our own formatted ones: their no-break spaces and marks must stay as CLDR has them.
        """

        def fill(place: re.Match[str]) -> str:
            name = place.group(1)
            return self.isolated(str(values[name])) if name in values else place.group(0)

        return _PLACE.sub(fill, text(msgid, self.lang))

    def isolated(self, value: str) -> str:
        """The value as one piece of its own direction, where the language runs from right to left.

        Left to right also without any letter: `0.5%` and `-3` keep their signs on their sides.
        """
        if self.direction != "rtl":
            return value
        is_rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in value)
        return f"{_RIGHT_TO_LEFT if is_rtl else _LEFT_TO_RIGHT}{value}{_END}"

    def outside(self, value: str) -> str:
        """A value from outside: shown, never obeyed."""
        return shown(value)

    def called(self, phrases: Mapping[str, str], code: str) -> str:
        """What a code is called; the code itself where it has no phrase."""
        return self.say(phrases[code]) if code in phrases else self.outside(code)

    def number(self, value: float, *, decimals: int = 0) -> str:
        """With the language's separators."""
        return numbers.format_decimal(round(value, decimals), locale=self.cldr)

    def percent(self, share: float) -> str:
        """A share of 1; small ones with the decimals that still say something."""
        pattern = numbers.parse_pattern(self.cldr.percent_formats[None].pattern)
        pattern.frac_prec = (0, 2 if abs(share) < 0.01 else 1 if abs(share) < 0.1 else 0)
        return str(pattern.apply(share, self.cldr))

    def money(self, amount_minor: int) -> str:
        """Minor units as an amount, with the decimals of ISO 4217 (those of CLDR may differ)."""
        pattern = numbers.parse_pattern(self.cldr.currency_formats["standard"].pattern)
        decimals = self.money_of.exponent
        pattern.frac_prec = (decimals, decimals)
        if self.currency_symbol()[-1:].isalpha():
            positive, negative = (affix.replace("¤", "¤\u00a0") for affix in pattern.prefix)
            pattern.prefix = (positive, negative)
        amount = Decimal(amount_minor).scaleb(-decimals)
        code = self.money_of.code
        return str(pattern.apply(amount, self.cldr, currency=code, currency_digits=False))

    def money_tick(self, amount_minor: float) -> str:
        """An amount on an axis: short, in major units, without the currency."""
        major = Decimal(str(amount_minor)).scaleb(-self.money_of.exponent)
        return numbers.format_compact_decimal(major, fraction_digits=1, locale=self.cldr)

    def currency_symbol(self) -> str:
        """As the language writes it beside amounts."""
        return str(numbers.get_currency_symbol(self.money_of.code, locale=self.cldr))

    def duration(self, seconds: float) -> str:
        """At most two units; fractions only below a minute."""
        if 0 < seconds < 0.1:
            return self._unit(max(1, round(seconds * 1_000)), "millisecond")
        if round(seconds, 1) < _MINUTE_S:
            return self._unit(round(seconds, 2 if seconds < 10 else 1), "second")
        left = round(seconds)
        first = next(place for place, (_, length) in enumerate(_PARTS) if left >= length)
        parts = []
        for name, length in _PARTS[first : first + 2]:
            count, left = divmod(left, length)
            if count:
                parts.append(self._unit(count, name))
        # Babel's Arabic list of units repeats the second of two.
        style: Literal["standard", "unit"] = "standard" if self.lang == "ar" else "unit"
        return lists.format_list(parts, style=style, locale=self.cldr)

    def _unit(self, value: float, name: str) -> str:
        # Babel does not find the long pattern of the Arabic day; its short one is the whole word too.
        is_short = name == ("day" if self.lang == "ar" else "millisecond")
        length: Literal["short", "long"] = "short" if is_short else "long"
        number = int(value) if value == int(value) else value
        return str(units.format_unit(number, f"duration-{name}", length=length, locale=self.cldr))

    def both(self, parts: list[str]) -> str:
        """`A, B and C`."""
        return lists.format_list([self.isolated(part) for part in parts], locale=self.cldr)

    def day(self, moment: datetime) -> str:
        """`1 Nov 2026`."""
        return self._skeleton("yMMMd", moment)

    def time(self, moment: datetime) -> str:
        """`06:59:59.724`, in UTC."""
        return dates.format_time(moment.astimezone(UTC).timetz(), "HH:mm:ss.SSS", locale=self.cldr)

    def moment(self, moment: datetime) -> str:
        """Day and time."""
        pattern = str(self.cldr.datetime_formats["medium"])
        return pattern.replace("{1}", self.day(moment)).replace("{0}", self._skeleton("Hms", moment))

    def period(self, start: datetime, end: datetime) -> str:
        """From one moment to another; the day is told once where it is one."""
        if self.day(start) != self.day(end):
            return f"{self.moment(start)} – {self.moment(end)}"
        return f"{self.moment(start)} – {self._skeleton('Hms', end)}"

    def tick(self, moment: datetime, skeleton: str) -> str:
        """A moment on a time axis, in the fields that the axis steps by."""
        return self._skeleton(skeleton, moment)

    def _skeleton(self, skeleton: str, moment: datetime) -> str:
        return str(dates.format_skeleton(skeleton, moment.astimezone(UTC), tzinfo=UTC, locale=self.cldr))

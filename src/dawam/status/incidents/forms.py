"""What people of the institution fill in about an incident."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from dawam.kernel import InvalidInput
from dawam.status.incidents.model import Finding
from dawam.status.notices import NoticeText
from dawam.web import LOCALES, Locale


class Once(msgspec.Struct, frozen=True):
    """A form that counts once."""

    once: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class TextsForm(Once, frozen=True):
    """A title and a text in each language."""

    title_ar: str = ""
    body_ar: str = ""
    title_fr: str = ""
    body_fr: str = ""
    title_en: str = ""
    body_en: str = ""

    @property
    def texts(self) -> dict[Locale, NoticeText]:
        """As notices take them."""
        given = msgspec.structs.asdict(self)
        return {one: NoticeText(given[f"title_{one}"], given[f"body_{one}"]) for one in LOCALES}


class EtaForm(Once, frozen=True):
    """By when, in the time of the place; or that nobody can say."""

    eta: str = ""
    unknown: str = ""

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """The moment; None where nobody can say. Raises: InvalidInput `eta_malformed`."""
        if self.unknown:
            return None
        try:
            given = datetime.fromisoformat(self.eta)
            there = given if given.tzinfo else given.replace(tzinfo=zone)
            return there.astimezone(UTC)
        except (ValueError, OverflowError):
            raise InvalidInput("eta_malformed") from None


class ReasonForm(Once, frozen=True, kw_only=True):
    """Why, in a sentence."""

    reason: str


class ImpactForm(Once, frozen=True, kw_only=True):
    """Whole euros."""

    impact_eur: int


class ReportForm(Once, frozen=True, kw_only=True):
    """Which report has gone to the regulator."""

    report: str


class FindingsForm(Once, frozen=True):
    """Cause and measures in each language."""

    cause_ar: str = ""
    measures_ar: str = ""
    cause_fr: str = ""
    measures_fr: str = ""
    cause_en: str = ""
    measures_en: str = ""

    @property
    def findings(self) -> dict[Locale, Finding]:
        """As incidents take them."""
        given = msgspec.structs.asdict(self)
        return {one: Finding(given[f"cause_{one}"], given[f"measures_{one}"]) for one in LOCALES}


def prefilled(texts: Mapping[Locale, NoticeText]) -> dict[str, str]:
    """The fields of `TextsForm` with what a person may start from."""
    return {
        f"{field}_{locale}": getattr(said, field)
        for locale, said in texts.items()
        for field in ("title", "body")
    }

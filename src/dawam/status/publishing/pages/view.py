"""What the routes of publishing share: fragments made once for each change and language."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from dawam.kernel import NotFound
from dawam.standin import CAPABILITY_TITLES, BalanceChecks, Capability
from dawam.status.notices import Notice, grouped, harmless
from dawam.status.publishing.board import Board, Headline, board_of, uptime_of
from dawam.status.publishing.cache import EVERYTHING, Kept, Made
from dawam.status.publishing.publisher import Publisher
from dawam.status.publishing.words import listed
from dawam.web import LOCALES, Locale, Said, shown, text
from dawam.web.pages import Face, percent, span

_NOTICES_OF_ALL = 5
_BADGES = {"good": "Works", "notice": "Works, by the standby system", "warning": "Partly available"}


class Row(msgspec.Struct, frozen=True):
    """An institution on the page of all."""

    name: str
    badge: str
    board: Board


@dataclass(frozen=True, slots=True)
class View:
    """What the routes are made of."""

    face: Face
    publisher: Publisher

    def known(self, institution: str) -> str:
        """The institution. Raises: NotFound `status_institution_unknown`."""
        if institution not in self.publisher.sources.desks:
            raise NotFound("status_institution_unknown")
        return institution

    def name(self, institution: str, locale: Locale) -> str:
        """What it is called, as it may stand in a page."""
        return shown(self.publisher.sources.name_of(institution, locale))

    def board(self, institution: str, locale: Locale) -> Board:
        """What works there now."""
        now = self.face.world.clock.now()
        return board_of(self.publisher.sources, institution, locale, now=now)

    def now(self, institution: str, locale: Locale) -> Kept:
        """An institution as it is now."""
        return self.publisher.cache.get(institution, f"now {locale}", lambda: self._now(institution, locale))

    def all_now(self, locale: Locale) -> Kept:
        """All institutions as they are now."""
        return self.publisher.cache.get(EVERYTHING, f"now {locale}", lambda: self._all_now(locale))

    def days(self, institution: str, locale: Locale) -> Kept:
        """Every day as text."""
        return self.publisher.cache.get(
            institution, f"days {locale}", lambda: self._days(institution, locale)
        )

    def _now(self, institution: str, locale: Locale) -> Made:
        history = self.publisher.history
        uptimes = {name: uptime_of(days) for name, days in history.days(institution).items()}
        return self._render(
            "publishing/now.html",
            locale,
            board=self.board(institution, locale),
            uptimes=uptimes,
            gaps_measured=any(one.gaps_measured for one in uptimes.values()),
            balances=together(history.balances(institution).values()),
            first_watched=history.first_watched(institution),
        )

    def _all_now(self, locale: Locale) -> Made:
        sources = self.publisher.sources
        rows = []
        for institution in sources.desks:
            board = self.board(institution, locale)
            badge = text(_BADGES[board.headline.tone], locale)
            rows.append(Row(self.name(institution, locale), badge, board))
        notices = sources.notices.recent(None, _NOTICES_OF_ALL)
        return self._render(
            "publishing/all_now.html",
            locale,
            rows=rows,
            headline=_headline(rows, locale),
            notices=[(self.name(one.institution, locale), one) for one in notices if self._is_shown(one)],
        )

    def _days(self, institution: str, locale: Locale) -> Made:
        history = self.publisher.history
        days = history.days(institution)
        return self._render(
            "publishing/days_table.html",
            locale,
            titles=[text(CAPABILITY_TITLES[one], locale) for one in Capability],
            rows=[list(row) for row in zip(*(reversed(days[one]) for one in Capability), strict=True)],
            balances=history.balances(institution),
        )

    def _is_shown(self, notice: Notice) -> bool:
        return notice.institution in self.publisher.sources.desks

    def _render(self, template: str, locale: Locale, **context: object) -> Made:
        region = self.face.settings.region

        def length(length_ms: int) -> Said:
            return span(timedelta(milliseconds=length_ms), locale, region, granularity="second")

        def share_of(share: float | None) -> Said:
            if share is None:
                return Said(text("not measured", locale))
            return percent(share, locale, region, decimals=2)

        body = self.face.render(
            template,
            locale,
            grouped=grouped,
            harmless=harmless,
            length=length,
            share_of=share_of,
            list_of=lambda capabilities: listed(capabilities, locale),
            **context,
        )
        return Made(body)


def together(found: Collection[BalanceChecks]) -> BalanceChecks | None:
    """What became of the balances of all days; None where none was measured."""
    if not found:
        return None
    shown, checked, wrong = (
        sum(counts) for counts in zip(*((one.shown, one.checked, one.wrong) for one in found), strict=True)
    )
    return BalanceChecks(shown=shown, checked=checked, wrong=wrong)


def _headline(rows: list[Row], locale: Locale) -> Headline:
    """One sentence for all: where everything is as usual, and where not."""
    other = [row.name for row in rows if row.board.headline.tone != "good"]
    if not other:
        return Headline("good", text("Everything works.", locale), text("You have nothing to do.", locale))
    tone = "warning" if any(row.board.headline.tone == "warning" for row in rows) else "notice"
    if tone == "notice":
        title = text("Everything works; in part by the standby system.", locale)
    else:
        title = text("Some services are not available right now.", locale)
    return Headline(tone, title, text("See below what it means for you.", locale))


def locale_named(word: str) -> Locale | None:
    """The language of that name."""
    return next((locale for locale in LOCALES if locale == word), None)

"""The samples of the pulse as charts; `static/js/console.js` goes on where they end."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dawam.kernel import currency_of
from dawam.portal.console.pulse import Sample
from dawam.web import Locale, text

Value = Callable[[Sample], float | int | None]


class Chart(NamedTuple):
    """A chart's id, what it is called and shows, and its data (see `ui.chart`)."""

    id: str
    title: str
    description: str
    data: dict[str, Any]


def charts(samples: Sequence[Sample], currency: str | None, locale: Locale) -> list[Chart]:
    """All charts of an institution, told in a language. Money in whole units of its currency."""
    unit = 10 ** currency_of(currency).exponent if currency else 100
    money = currency or ""

    def t(msgid: str) -> str:
        return text(msgid, locale)

    def chart(id_: str, title: str, description: str, unit_: str, *series: tuple[str, str, Value]) -> Chart:
        lines = [
            {"key": key, "label": label, "values": [value(sample) for sample in samples]}
            for key, label, value in series
        ]
        return Chart(
            id_,
            title,
            description,
            {"times": [sample.at for sample in samples], "series": lines, "unit": unit_, "scale": unit},
        )

    return [
        chart(
            "answers",
            t("Answers by source"),
            t("Balances a second, by who gave them."),
            "",
            ("primary", t("the primary"), lambda sample: sample.primary),
            ("standin", t("the stand-in"), lambda sample: sample.standin),
            ("withheld", t("withheld"), lambda sample: sample.withheld),
        ),
        chart(
            "contradictions",
            t("Contradictions"),
            t("Wrong balances of the primary a second; none of them was shown."),
            "",
            ("contradicted", t("contradicted"), lambda sample: sample.contradicted),
        ),
        chart(
            "age",
            t("Age of the feed"),
            t("Seconds since all bookings were known to have arrived."),
            "s",
            ("feed_age_s", t("seconds"), lambda sample: sample.feed_age_s),
        ),
        chart(
            "exposure",
            t("Exposure"),
            t("Decisions that the primary has not taken over, against their cap."),
            money,
            ("exposure_minor", t("exposure"), lambda sample: sample.exposure_minor / unit),
            ("cap_minor", t("cap"), lambda sample: sample.cap_minor / unit),
        ),
        chart(
            "advices",
            t("Advices"),
            t("Decisions that wait to be delivered, and those that people must settle."),
            "",
            ("waiting", t("waiting"), lambda sample: sample.waiting),
            ("parked", t("parked"), lambda sample: sample.parked),
        ),
        chart(
            "return",
            t("Customers with the primary"),
            t("The share of customers whose balances the primary answers, in per cent."),
            "%",
            ("share_percent", t("per cent"), lambda sample: sample.share_percent),
        ),
    ]

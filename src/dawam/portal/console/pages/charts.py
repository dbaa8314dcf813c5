"""The samples of the pulse as charts; `static/js/console.js` goes on where they end."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dawam.kernel import currency_of
from dawam.portal.console.pulse import Sample
from dawam.web import Locale, text


class Line(NamedTuple):
    """One line of a chart: a field of `Sample`, and what it is called."""

    key: str
    label: str


class Chart(NamedTuple):
    """A chart's id, what it is called and shows, its lines; `unit` is `money` for amounts."""

    id: str
    title: str
    description: str
    unit: str
    lines: tuple[Line, ...]


class Drawn(NamedTuple):
    """A chart told in a language, with its data (see `ui.chart`)."""

    id: str
    title: str
    description: str
    data: dict[str, Any]


CHARTS = (
    Chart(
        "answers",
        "Answers by source",
        "Balances a second, by who gave them.",
        "",
        (Line("primary", "the primary"), Line("standin", "the stand-in"), Line("withheld", "withheld")),
    ),
    Chart(
        "contradictions",
        "Contradictions",
        "Wrong balances of the primary a second; none of them was shown.",
        "",
        (Line("contradicted", "contradicted"),),
    ),
    Chart(
        "age",
        "Age of the feed",
        "Seconds since all bookings were known to have arrived.",
        "s",
        (Line("feed_age_s", "seconds"),),
    ),
    Chart(
        "exposure",
        "Exposure",
        "Decisions that the primary has not taken over, against their cap.",
        "money",
        (Line("exposure_minor", "exposure"), Line("cap_minor", "cap")),
    ),
    Chart(
        "advices",
        "Advices",
        "Decisions that wait to be delivered, and those that people must settle.",
        "",
        (Line("waiting", "waiting"), Line("parked", "parked")),
    ),
    Chart(
        "return",
        "Customers with the primary",
        "The share of customers whose balances the primary answers, in per cent.",
        "%",
        (Line("share_percent", "per cent"),),
    ),
)


def charts(samples: Sequence[Sample], currency: str | None, locale: Locale) -> list[Drawn]:
    """All charts of an institution, told in a language. Money in whole units of its currency."""
    scale = 10 ** currency_of(currency).exponent if currency else 100
    times = [sample.at for sample in samples]
    return [
        Drawn(
            chart.id,
            text(chart.title, locale),
            text(chart.description, locale),
            {
                "times": times,
                "series": [
                    {
                        "key": line.key,
                        "label": text(line.label, locale),
                        "values": [_value(sample, line.key, scale) for sample in samples],
                    }
                    for line in chart.lines
                ],
                "unit": (currency or "") if chart.unit == "money" else chart.unit,
                "scale": scale,
            },
        )
        for chart in CHARTS
    ]


def _value(sample: Sample, key: str, scale: int) -> float | int | None:
    value: float | int | None = getattr(sample, key)
    return value / scale if value is not None and key.endswith("_minor") else value

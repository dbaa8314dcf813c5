"""The evidence recorded with a change of mode, in words for people. How it is recorded: `Watch.evidence`."""

import re

from dawam.guard import Pattern
from dawam.primary import Fault
from dawam.web import Locale, shown, text
from dawam.web.pages import number, percent

_SIGN = re.compile(r"(\w+)=(\(.*\)|\S+)")
_COHORT = re.compile(r"cohort of (\d+) % agrees")


def evidence_in_words(evidence: str, locale: Locale, region: str = "EG") -> list[str]:
    """What spoke for the change, sign by sign; a sign that is nought is no evidence, and left out.

    What is of no known kind stands as it was recorded: nothing is kept from its reader.
    """
    whole = _phrase(evidence, locale, region)
    if whole:
        return [whole]
    signs = dict(_SIGN.findall(evidence))
    if not signs:
        return [shown(evidence)] if evidence else []
    told = _told(signs, locale, region)
    return [
        told.get(name) or shown(f"{name}={value}")
        for name, value in signs.items()
        if name != "in_answers" and value != "0" and not value.startswith("0/")
    ]


def _phrase(evidence: str, locale: Locale, region: str) -> str:
    """What is recorded as a phrase."""
    cohort = _COHORT.fullmatch(evidence)
    if cohort:
        share = percent(int(cohort[1]) / 100, locale, region)
        return text("balances of {share} of the customers agree", locale, share=share)
    return {
        "restart": text("Dawam started again", locale),
        "all cohorts agree": text("balances of all customers agree", locale),
        "the window overran": text("the work took longer than announced", locale),
    }.get(evidence, "")


def _told(signs: dict[str, str], locale: Locale, region: str) -> dict[str, str]:
    """Every sign that there is, in words."""
    late, _, calls = signs.get("slow", "").partition("/")

    def count(name: str, value: str | None = None) -> str:
        found = signs.get(name, "") if value is None else value
        return number(float(found), locale, region) if found.replace(".", "", 1).isdecimal() else shown(found)

    return {
        "read_failures": text("failed reads in a row: {count}", locale, count=count("read_failures")),
        "write_failures": text("failed payments in a row: {count}", locale, count=count("write_failures")),
        "fault": _fault(signs.get("fault", ""), locale),
        "pattern": text(
            "false balances: {pattern}", locale, pattern=_pattern(signs.get("pattern", ""), locale)
        ),
        "contradicted_accounts": text(
            "accounts with a false balance: {count}, in {answers} answers",
            locale,
            count=count("contradicted_accounts"),
            answers=count("in_answers"),
        ),
        "order": text("an order: {order}", locale, order=signs.get("order", "")[1:-1]),
        "slow": text(
            "late: {late} of {calls} calls", locale, late=count("slow", late), calls=count("slow", calls)
        ),
        "feed_age_s": text("age of the feed: {count} s", locale, count=count("feed_age_s")),
    }


def _fault(fault: str, locale: Locale) -> str:
    return {
        Fault.UNREACHABLE.value: text("not reached", locale),
        Fault.TIMEOUT.value: text("no answer in time", locale),
        Fault.ERROR.value: text("answered with an error", locale),
        Fault.MALFORMED.value: text("answered nonsense", locale),
    }.get(fault, shown(fault))


def _pattern(pattern: str, locale: Locale) -> str:
    return {
        Pattern.ZERO.value: text("all zero", locale),
        Pattern.SCALE.value: text("wrong unit", locale),
        Pattern.SHIFT.value: text("somebody else's", locale),
        Pattern.STALE.value: text("old copy", locale),
        Pattern.RANDOM.value: text("no common pattern", locale),
    }.get(pattern, shown(pattern))

"""Changes of mode with their evidence, and the differences that reconciliation names, as rows."""

import re
from collections.abc import Sequence

import msgspec

from dawam.simulation.report_page import phrases
from dawam.simulation.report_page.words import Words
from dawam.standin import Capability, Difference, ModeChange

DIFFERENCES_MAX = 50
CHANGES_MAX = 300
_SIGN = re.compile(r"(\w+)=(\(.*\)|\S+)")
_COHORT = re.compile(r"cohort of (\d+) % agrees")


class Turn(msgspec.Struct, frozen=True):
    """One change of one or several capabilities."""

    day: str
    time: str
    capabilities: str
    mode: str
    mode_name: str
    reason: str
    back: str
    evidence: tuple[str, ...]
    raw: str


class Found(msgspec.Struct, frozen=True):
    """One difference."""

    name: str
    reference: str
    amount: str
    code: str
    explained: bool


def capabilities(names: Sequence[str], words: Words) -> str:
    """`balances and statements`; all of them have one word."""
    if set(names) == set(Capability):
        return words.say("everything")
    return words.both([words.called(phrases.CAPABILITIES, name) for name in names])


def turns(changes: Sequence[ModeChange], words: Words) -> tuple[list[Turn], int]:
    """The changes in order, those of one moment and kind together; and how many more there are."""
    groups: dict[tuple[object, ...], list[ModeChange]] = {}
    for change in changes:
        key = (change.at, change.mode, change.reason, change.share_percent, change.evidence)
        groups.setdefault(key, []).append(change)
    rows = [_turn(group, words) for group in list(groups.values())[:CHANGES_MAX]]
    return rows, max(0, len(groups) - CHANGES_MAX)


def _turn(group: Sequence[ModeChange], words: Words) -> Turn:
    first = group[0]
    said = _evidence(first.evidence, words)
    return Turn(
        day=words.day(first.at),
        time=words.time(first.at),
        capabilities=capabilities([change.capability for change in group], words),
        mode=first.mode.value,
        mode_name=words.called(phrases.MODES, first.mode),
        reason=words.called(phrases.REASONS, first.reason),
        back=words.percent(first.share_percent / 100),
        evidence=tuple(said),
        raw="" if said else words.outside(first.evidence),
    )


def _evidence(evidence: str, words: Words) -> list[str]:
    """The recorded evidence in words; empty when it is of a kind that is not known here."""
    if evidence == "restart":
        return [words.say("Dawam started again")]
    if evidence == "all cohorts agree":
        return [words.say("balances of all customers agree")]
    cohort = _COHORT.fullmatch(evidence)
    if cohort:
        share = words.percent(int(cohort.group(1)) / 100)
        return [words.say("balances of {share} of the customers agree", share=share)]
    signs = dict(_SIGN.findall(evidence))
    return [said for name, value in signs.items() if (said := _sign(name, value, words))]


def _sign(name: str, value: str, words: Words) -> str:
    """One sign; empty where it is nought, and so no evidence."""
    if value == "0" or value.startswith("0/"):
        return ""
    value = words.outside(value)
    if name == "slow":
        late, _, calls = value.partition("/")
        return words.say("late: {late} of {calls} calls", late=late, calls=calls)
    said = {
        "read_failures": words.say("failed reads in a row: {count}", count=value),
        "write_failures": words.say("failed payments in a row: {count}", count=value),
        "fault": words.called(phrases.FAILURES, value),
        "pattern": words.say("false balances: {pattern}", pattern=words.called(phrases.PATTERNS, value)),
        "order": words.say("an order: {order}", order=value.strip("()")),
        "feed_age_s": words.say("age of the feed: {age}", age=words.duration(_seconds(value))),
    }
    return said.get(name) or words.outside(f"{name}={value}")


def _seconds(value: str) -> float:
    try:
        return max(0.0, float(value))
    except ValueError:
        return 0.0


def differences(found: Sequence[Difference], words: Words) -> tuple[list[Found], int]:
    """The unexplained first; and how many more there are."""
    ordered = sorted(found, key=lambda each: each.kind in phrases.EXPLAINED)
    rows = [
        Found(
            name=words.called(phrases.DIFFERENCES, each.kind),
            reference=words.outside(each.reference),
            amount=words.money(each.amount_minor),
            code=words.called(phrases.CODES, each.code),
            explained=each.kind in phrases.EXPLAINED,
        )
        for each in ordered[:DIFFERENCES_MAX]
    ]
    return rows, max(0, len(ordered) - DIFFERENCES_MAX)

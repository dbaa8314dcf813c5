"""Figures, the targets that they must reach, and how they are printed."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """Something that was measured, and what it must at least, or at most, be."""

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def target(self) -> str:
        """The target as a table shows it."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most

    @property
    def shown(self) -> str:
        """The value as a table shows it."""
        digits = 0 if abs(self.value) >= 1000 or self.value == int(self.value) else 3
        return f"{self.value:,.{digits}f}"


_NONE = Figure("", 0.0, "")


@dataclass
class Section:
    """The figures of one section, by key; or why there are none."""

    title: str
    figures: dict[str, Figure] = field(default_factory=dict)
    skipped: str | None = None

    def add(self, key: str, what: str, value: float, unit: str, **target: float) -> None:
        """One more figure; `target` is `at_least` or `at_most`."""
        self.figures[key] = Figure(what, float(value), unit, **target)


def as_json(machine: Mapping[str, Any], sections: Mapping[str, Section]) -> str:
    """All of it as one JSON object."""
    found: dict[str, Any] = {"machine": machine, "sections": {}}
    for name, section in sections.items():
        if section.skipped is not None:
            found["sections"][name] = {"skipped": section.skipped}
            continue
        found["sections"][name] = {
            key: {
                "value": figure.value,
                "unit": figure.unit,
                "at_least": figure.at_least,
                "at_most": figure.at_most,
                "met": figure.met,
                "what": figure.what,
            }
            for key, figure in section.figures.items()
        }
    return json.dumps(found, indent=1)


def as_table(machine: Mapping[str, Any], sections: Mapping[str, Section]) -> str:
    """All of it for the terminal."""
    lines = [f"{name:12} {value}" for name, value in machine.items()]
    width = max(
        len(each.what) for section in sections.values() for each in section.figures.values() or [_NONE]
    )
    for name, section in sections.items():
        lines += ["", f"{section.title} ({name})"]
        if section.skipped is not None:
            lines.append(f"  not measured: {section.skipped}")
        for figure in section.figures.values():
            verdict = {None: "", True: "met", False: "NOT MET"}[figure.met]
            row = f"  {figure.what:{width}} {figure.shown:>12} {figure.unit:12} {figure.target:14} {verdict}"
            lines.append(row.rstrip())
    return "\n".join(lines)


def by_turns(
    contestants: Mapping[str, Callable[[], float]], *, turns: int, warm_ups: int = 1
) -> dict[str, list[float]]:
    """What each contestant returns, turn by turn, so that all meet the same weather.

    The first is always the first, because others may use what it made; which of the others follows changes.
    """
    first, *others = contestants
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(-warm_ups, turns):
        begin = max(turn, 0) % len(others)
        for name in (first, *others[begin:], *others[:begin]):
            told(f"turn {turn + 1} of {turns}: {name}" if turn >= 0 else f"warm-up: {name}")
            value = contestants[name]()
            if turn >= 0:
                found[name].append(value)
    return found


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median over the turns of one contestant to another."""
    return median(one / other for one, other in zip(above, below, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many of all lie."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


_told = [0.0]


def told(what: str, every_s: float = 2.0) -> None:
    """Say on stderr what goes on, though not too often."""
    now = time.monotonic()
    if now - _told[0] >= every_s:
        _told[0] = now
        print(f"… {what}", file=sys.stderr, flush=True)

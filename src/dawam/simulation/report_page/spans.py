"""Modes as spans of time: from the recorded changes, or from the samples where none was recorded. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.simulation.timeline import Sample
from dawam.standin import Capability, Mode, ModeChange

GONE = "gone"


class Span(msgspec.Struct, frozen=True):
    """One mode from `start` to `end`; `share_percent` of the customers are with the primary."""

    start: datetime
    end: datetime
    mode: str
    share_percent: int


class Lane(msgspec.Struct, frozen=True):
    """Capabilities that went through the same spans."""

    capabilities: tuple[str, ...]
    spans: tuple[Span, ...]


def step_s(samples: Sequence[Sample]) -> float:
    """The distance of the samples; 1 where there are not two."""
    return max((samples[1].at - samples[0].at).total_seconds(), 0.001) if len(samples) > 1 else 1.0


def lanes(
    changes: Sequence[ModeChange], samples: Sequence[Sample], start: datetime, end: datetime
) -> list[Lane]:
    """What each capability went through; capabilities with one and the same story share a lane."""
    if not changes:
        return [Lane(tuple(Capability), tuple(_sampled(samples, start, end)))]
    gone = [span for span in _sampled(samples, start, end) if span.mode == GONE]
    stories: dict[tuple[Span, ...], list[str]] = {}
    for capability in Capability:
        own = [change for change in changes if change.capability is capability]
        story = tuple(_joined(_overlaid(_recorded(own, start, end), gone)))
        stories.setdefault(story, []).append(capability.value)
    return [Lane(tuple(names), spans) for spans, names in stories.items()]


def within(all_lanes: Iterable[Lane], start: datetime, end: datetime) -> list[Lane]:
    """The lanes between two moments; lanes that do not differ there become one."""
    stories: dict[tuple[Span, ...], list[str]] = {}
    for lane in all_lanes:
        cut = tuple(
            Span(max(span.start, start), min(span.end, end), span.mode, span.share_percent)
            for span in lane.spans
            if span.start < end and span.end > start
        )
        stories.setdefault(cut, []).extend(lane.capabilities)
    return [Lane(tuple(names), spans) for spans, names in stories.items()]


def _recorded(changes: Sequence[ModeChange], start: datetime, end: datetime) -> list[Span]:
    spans, since, mode, share = list[Span](), start, Mode.NORMAL.value, 100
    for change in changes:
        spans.append(Span(since, change.at, mode, share))
        since, mode, share = change.at, change.mode.value, change.share_percent
    spans.append(Span(since, end, mode, share))
    return [span for span in spans if span.start < span.end]


def _sampled(samples: Sequence[Sample], start: datetime, end: datetime) -> list[Span]:
    """A sample stands for the time since the one before it."""
    first = [samples[0].at - timedelta(seconds=step_s(samples))] if samples else []
    since = [*first, *(sample.at for sample in samples)]
    spans = [
        Span(max(start, before), sample.at, sample.mode, sample.share_percent)
        for before, sample in zip(since, samples, strict=False)
    ]
    return list(_joined([span for span in spans if span.start < span.end]))


def _joined(spans: Sequence[Span]) -> Iterable[Span]:
    """Neighbours in one mode become one span."""
    kept: list[Span] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last and (last.mode, last.share_percent) == (span.mode, span.share_percent):
            kept[-1] = Span(last.start, span.end, span.mode, span.share_percent)
        else:
            kept.append(span)
    return kept


def _overlaid(spans: Sequence[Span], gone: Sequence[Span]) -> list[Span]:
    """While Dawam was away, no mode held."""
    for hole in gone:
        left = [
            Span(s.start, min(s.end, hole.start), s.mode, s.share_percent)
            for s in spans
            if s.start < hole.start
        ]
        right = [
            Span(max(s.start, hole.end), s.end, s.mode, s.share_percent) for s in spans if s.end > hole.end
        ]
        spans = [*left, hole, *right]
    return list(spans)

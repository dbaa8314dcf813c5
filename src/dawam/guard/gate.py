"""The release gate: the guard's verdicts over a whole snapshot, before customers see the release. Pure.

A snapshot was taken after all events up to its end line's `last_seq`, E; the mirror stands at P. An account:

1. of the snapshot, not mirrored: `extra`, when it has money or bookings up to P; `ahead`, when its last event
   is beyond P; `agreeing`, when it was never booked and holds 0.
2. in another currency: `differing`.
3. with a `last_seq` beyond P: `ahead`, it cannot be judged yet.
4. with a `last_seq` before the account's last event in the mirror, though that event is not beyond E:
   `differing`.
5. with another amount than the mirror's after the same events: `differing`; when the mirror, being past E,
   cannot say: `ahead` too, for neither is judged.
6. mirrored with an event up to E, and not in the snapshot: `missing`.

The release passes when no share exceeds its limit, and something was judged. Page: docs/guard.md.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from dawam.guard.model import Mirrored
from dawam.guard.pattern import Contradiction, Pattern, name_pattern
from dawam.guard.ports import MirrorView
from dawam.guard.provenance import Provenance
from dawam.guard.settings import GateSettings
from dawam.kernel import InvalidInput
from dawam.primary import SnapshotEnd, SnapshotLine

_SAMPLES = 1_000
_EVERY_ACCOUNT = 2**31
_PATTERN_SHARE = 0.8


class Standing(StrEnum):
    """How an account of the snapshot stands to the mirror."""

    AGREEING = "agreeing"
    DIFFERING = "differing"
    MISSING = "missing"
    EXTRA = "extra"
    AHEAD = "ahead"


class GateReport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The gate's verdict: counts and shares, no account and no amount.

    `accounts` are all, mirrored or in the snapshot; `judged_seq` is the last event known to both;
    `worst_share` is the largest of the shares that are not `agreeing`, and `worst` which one it is;
    `refused_for` names every standing whose share exceeds its limit (`agreeing`: none was).
    """

    passed: bool
    refused_for: tuple[Standing, ...]
    accounts: int
    agreeing: int
    differing: int
    missing: int
    extra: int
    ahead: int
    pattern: Pattern | None
    pattern_share: float
    worst: Standing | None
    worst_share: float
    judged_seq: int


def gate(
    lines: Iterable[SnapshotLine], end: SnapshotEnd, view: MirrorView, settings: GateSettings | None = None
) -> GateReport:
    """Compare every account of a snapshot, in any order, with the mirror.

    Raises: InvalidInput `snapshot_repeats_account`, `snapshot_count_differs`.
    """
    settings = settings or GateSettings()
    position = view.position().last_seq
    counts = dict.fromkeys(Standing, 0)
    seen: set[str] = set()
    samples: list[Contradiction] = []
    for number, line in enumerate(lines, start=1):
        if line.account in seen:
            raise InvalidInput("snapshot_repeats_account", line=number)
        seen.add(line.account)
        mirrored = view.balance(line.account)
        standing = _standing(line, mirrored, end.last_seq, position, view)
        counts[standing] += 1
        if standing is Standing.DIFFERING and len(samples) < _SAMPLES:
            samples.append(_sample(line, mirrored))
    if len(seen) != end.accounts:
        raise InvalidInput("snapshot_count_differs", lines=len(seen), stated=end.accounts)
    counts[Standing.MISSING] = sum(1 for _ in _missing(seen, end.last_seq, view))
    return _report(counts, samples, min(position, end.last_seq), view, settings)


def _standing(
    line: SnapshotLine, mirrored: Mirrored | None, taken_at: int, position: int, view: MirrorView
) -> Standing:
    if mirrored is None:
        if line.last_seq > position:
            return Standing.AHEAD
        return Standing.EXTRA if line.balance_minor or line.last_seq else Standing.AGREEING
    if line.currency != mirrored.currency:
        return Standing.DIFFERING
    if line.last_seq > position:
        return Standing.AHEAD
    if mirrored.last_seq <= taken_at:
        forgotten = line.last_seq < mirrored.last_seq
        return _equal(not forgotten and line.balance_minor == mirrored.balance_minor)
    expected_minor = view.balance_at(line.account, taken_at)
    return Standing.AHEAD if expected_minor is None else _equal(line.balance_minor == expected_minor)


def _equal(equal: bool) -> Standing:
    return Standing.AGREEING if equal else Standing.DIFFERING


def _sample(line: SnapshotLine, mirrored: Mirrored | None) -> Contradiction:
    return Contradiction(
        account=line.account,
        answered_minor=line.balance_minor,
        expected_minor=None if mirrored is None else mirrored.balance_minor,
        last_seq=line.last_seq,
    )


def _missing(seen: set[str], taken_at: int, view: MirrorView) -> Iterator[str]:
    """Accounts that the snapshot should have: mirrored, and booked or known before it was taken."""
    for account in view.accounts():
        if account in seen:
            continue
        mirrored = view.balance(account)
        if mirrored is None:
            continue
        if mirrored.last_seq <= taken_at or view.balance_at(account, taken_at):
            yield account


def _report(
    counts: dict[Standing, int],
    samples: list[Contradiction],
    judged_seq: int,
    view: MirrorView,
    settings: GateSettings,
) -> GateReport:
    total = sum(counts.values())
    shares = {standing: count / total if total else 0.0 for standing, count in counts.items()}
    limits = {
        Standing.DIFFERING: settings.differing_share,
        Standing.MISSING: settings.missing_share,
        Standing.EXTRA: settings.extra_share,
        Standing.AHEAD: settings.ahead_share,
    }
    refused_for = [standing for standing, limit in limits.items() if shares[standing] > limit]
    if not counts[Standing.AGREEING]:
        refused_for.append(Standing.AGREEING)
    worst = max(limits, key=lambda standing: shares[standing])
    provenance = Provenance(view, scan_accounts=_EVERY_ACCOUNT)
    naming = name_pattern(samples, provenance, share=_PATTERN_SHARE) if samples else None
    return GateReport(
        passed=not refused_for,
        refused_for=tuple(refused_for),
        accounts=total,
        agreeing=counts[Standing.AGREEING],
        differing=counts[Standing.DIFFERING],
        missing=counts[Standing.MISSING],
        extra=counts[Standing.EXTRA],
        ahead=counts[Standing.AHEAD],
        pattern=None if naming is None else naming.pattern,
        pattern_share=0.0 if naming is None else naming.share,
        worst=worst if counts[worst] else None,
        worst_share=shares[worst],
        judged_seq=judged_seq,
    )

"""An institution's own extract as a script: its bookings, its refused attempts as time goes, its faults."""

from collections.abc import Sequence
from datetime import timedelta

from dawam.config import InstitutionSettings
from dawam.guard import GuardSettings
from dawam.primary import FeedSettings, MirrorSettings
from dawam.primary.extracts import Extract
from dawam.simulation.customers import Habits
from dawam.simulation.faults import FaultPlan
from dawam.simulation.virtual import PlayedBooking, Script, Visit
from dawam.standin import DetectionSettings, Limits, PolicySettings, StandinSettings

_BALANCES_A_BOOKING, _PAYMENTS_A_BOOKING = 0.1, 0.025
_AROUND = Habits(balances_per_s=2.0, payments_per_s=0.3, typical_minor=20_000)
_BEFORE_S, _AFTER_S = 60.0, 180.0
_BUSY_MAX_S = 7_200.0
_POLL_MAX_S = 300.0
_IDLE_STEPS = 8_000


def script_of(extract: Extract, plans: Sequence[FaultPlan]) -> Script:
    """The extract on its own time axis, with customers throughout and more of them around the faults.

    Idle time costs nothing but the steps that watching takes: on a long extract probes and polls are
    rarer in proportion, and what counts as old grows with them.
    """
    starts_at = extract.first_at - timedelta(seconds=1)
    balances = dict(extract.openings)
    bookings: list[PlayedBooking] = []
    for booking in extract.bookings:
        before = balances[booking.account]
        drift_minor = booking.balance_after_minor - before - booking.amount_minor
        balances[booking.account] = booking.balance_after_minor
        bookings.append(
            PlayedBooking(
                at_s=(booking.booked_at - starts_at).total_seconds(),
                account=booking.account,
                amount_minor=booking.amount_minor,
                kind=booking.kind,
                drift_minor=drift_minor,
            )
        )
    length_s = bookings[-1].at_s + 1
    return Script(
        starts_at=starts_at,
        openings=extract.openings,
        currencies=extract.currencies,
        bookings=bookings,
        length_s=length_s,
        visits=_visits(len(bookings), length_s, plans),
        plans=plans,
        institution=institution_for(extract, step_s=max(1.0, length_s / _IDLE_STEPS)),
        refused=extract.refused,
    )


def institution_for(extract: Extract, *, step_s: float) -> InstitutionSettings:
    """Settings for an institution of this size; `step_s` is how often its quiet primary is looked at."""
    feed = FeedSettings(wait_s=min(step_s, _POLL_MAX_S))
    stale_s = max(30.0, 3 * step_s)
    typical = _typical_minor(extract)
    return InstitutionSettings(
        primary_url="http://replayed.invalid",
        feed=feed,
        guard=GuardSettings(confirm_margin_s=feed.wait_s + feed.answer_s + 1),
        mirror=MirrorSettings(rounding_tolerance_minor=extract.tolerance_minor),
        standin=StandinSettings(
            detection=DetectionSettings(probe_quiet_interval_s=step_s, feed_stale_after_s=stale_s),
            policy=PolicySettings(
                limits=Limits(
                    per_payment_minor=5 * typical,
                    per_day_minor=10 * typical,
                    per_outage_minor=15 * typical,
                ),
                exposure_minor=1_000 * typical,
                fresh_for_s=max(300.0, 3 * step_s),
                refuse_after_s=max(86_400.0, 30 * step_s),
            ),
        ),
    )


def _typical_minor(extract: Extract) -> int:
    """The median booking, sign left aside."""
    amounts = sorted(abs(booking.amount_minor) for booking in extract.bookings)
    return max(100, amounts[len(amounts) // 2])


def _visits(bookings: int, length_s: float, plans: Sequence[FaultPlan]) -> list[Visit]:
    throughout = Habits(
        balances_per_s=_BALANCES_A_BOOKING * bookings / length_s,
        payments_per_s=_PAYMENTS_A_BOOKING * bookings / length_s,
        typical_minor=_AROUND.typical_minor,
    )
    visits = [Visit(at_s=0.0, length_s=length_s, habits=throughout)]
    for plan in plans:
        at_s = max(0.0, plan.start * length_s - _BEFORE_S)
        busy_s = min(plan.length_s, _BUSY_MAX_S) + _BEFORE_S + _AFTER_S
        visits.append(Visit(at_s=at_s, length_s=busy_s, habits=_AROUND))
        if plan.length_s > _BUSY_MAX_S:
            ends_at_s = plan.start * length_s + plan.length_s - _BEFORE_S
            visits.append(Visit(at_s=ends_at_s, length_s=_BEFORE_S + _AFTER_S, habits=_AROUND))
    return visits

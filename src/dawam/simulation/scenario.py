"""Small worlds by chance: one seed is one institution, one day's quarter of an hour, one fault."""

from datetime import UTC, datetime, timedelta
from random import Random

from dawam.config import InstitutionSettings
from dawam.guard import GuardSettings
from dawam.primary import FeedSettings, MirrorSettings
from dawam.simulation.customers import Habits
from dawam.simulation.faults import FaultKind, FaultPlan
from dawam.simulation.loop import stream
from dawam.simulation.network import Conditions
from dawam.simulation.virtual import PlayedBooking, Script, Visit
from dawam.standin import (
    DetectionSettings,
    Limits,
    PolicySettings,
    RecoverySettings,
    StandinSettings,
    Tier,
)

_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_LENGTH_S = 150.0
_CURRENCIES = ("EGP", "EGP", "MAD", "SAR", "KWD")
_KINDS = ("cash_in", "cash_out", "transfer", "fee", "salary")


def scenario(seed: int, kind: FaultKind) -> Script:
    """The world of a seed with a fault of one kind in it."""
    chance = stream(seed, "scenario")
    count = chance.choice((12, 40, 120))
    currency = chance.choice(_CURRENCIES)
    accounts = [f"{chance.choice('abm')}-{number:05d}" for number in range(count)]
    openings = {
        account: 0 if chance.random() < 0.1 else int(chance.paretovariate(1.1) * 10_000)
        for account in accounts
    }
    bookings = _bookings(chance, accounts)
    return Script(
        starts_at=_START + timedelta(hours=chance.randrange(24 * 300)),
        openings=openings,
        currencies=dict.fromkeys(accounts, currency),
        bookings=bookings,
        may_park=bool(bookings),
        length_s=_LENGTH_S,
        visits=[
            Visit(
                at_s=0.0,
                length_s=_LENGTH_S,
                habits=Habits(
                    balances_per_s=chance.uniform(2, 8),
                    payments_per_s=chance.uniform(0.3, 2),
                    typical_minor=chance.choice((500, 5_000, 20_000)),
                    asks_again_after_s=10.0,
                ),
            )
        ],
        plans=_plans(chance, kind),
        institution=InstitutionSettings(
            primary_url="http://simulated.invalid",
            feed=FeedSettings(wait_s=1.0),
            mirror=MirrorSettings(rounding_tolerance_minor=2),
            guard=GuardSettings(),
            standin=_standin(chance),
        ),
        conditions=Conditions(
            delay_s=chance.choice((0.001, 0.005, 0.03)),
            loss=chance.choice((0.0, 0.001, 0.01, 0.03)),
            duplication=chance.choice((0.0, 0.01)),
        ),
    )


def _bookings(chance: Random, accounts: list[str]) -> list[PlayedBooking]:
    """What the primary's other channels do meanwhile; now and then it rounds."""
    at_s, bookings = 0.0, list[PlayedBooking]()
    rate = chance.choice((0.0, 0.2, 2.0, 10.0))
    if not rate:
        return []
    while (at_s := at_s + chance.expovariate(rate)) < _LENGTH_S:
        bookings.append(
            PlayedBooking(
                at_s=at_s,
                account=chance.choice(accounts),
                amount_minor=chance.choice((1, 1, -1)) * (1 + int(chance.expovariate(1 / 5_000))),
                kind=chance.choice(_KINDS),
                drift_minor=chance.choice((-2, -1, 1, 2)) if chance.random() < 0.05 else 0,
            )
        )
    return bookings


def _plans(chance: Random, kind: FaultKind) -> list[FaultPlan]:
    plans = [FaultPlan(kind, chance.uniform(0.05, 0.5), chance.uniform(3, 60))]
    if kind is FaultKind.CRASH and chance.random() < 0.7:
        other = chance.choice((FaultKind.DOWN, FaultKind.LOST_REPLY, FaultKind.ZERO, FaultKind.HANG))
        plans.append(FaultPlan(other, plans[0].start, plans[0].length_s * chance.uniform(0.3, 1.2)))
    elif chance.random() < 0.2:
        plans.append(FaultPlan(chance.choice(list(FaultKind)), chance.uniform(0, 0.7), chance.uniform(1, 30)))
    return plans


def _standin(chance: Random) -> StandinSettings:
    return StandinSettings(
        detection=DetectionSettings(stable_for_s=chance.choice((2.0, 5.0)), feed_stale_after_s=15.0),
        policy=PolicySettings(
            limits=Limits(
                per_payment_minor=chance.choice((5_000, 50_000)),
                per_day_minor=100_000,
                per_outage_minor=80_000,
                per_outage_count=10,
            ),
            tiers=(
                Tier(
                    name="small_business",
                    accounts=("m-*",),
                    limits=Limits(
                        per_payment_minor=200_000, per_day_minor=1_000_000, per_outage_minor=800_000
                    ),
                ),
            ),
            exposure_minor=chance.choice((100_000, 10_000_000)),
        ),
        recovery=RecoverySettings(dwell_s=1.0),
    )

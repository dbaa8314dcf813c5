"""How long the story dwells on what, and how the demo's institution is set up."""

import msgspec

from dawam.config import InstitutionSettings
from dawam.primary import FeedSettings
from dawam.standin import (
    DetectionSettings,
    Limits,
    PolicySettings,
    RecoverySettings,
    StandinSettings,
    Tier,
)

EXPOSURE_CAP_MINOR = 5_000_000
_SHOP_LIMITS = Limits(per_payment_minor=2_000_000, per_day_minor=5_000_000, per_outage_minor=5_000_000)


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for each part of the story, and the traffic."""

    normal_s: float = 8.0
    look_s: float = 5.0
    payments_s: float = 12.0
    read_s: float = 4.0
    stable_for_s: float = 5.0
    dwell_s: float = 2.0
    balances_per_s: float = 40.0
    payments_per_s: float = 6.0
    bookings_per_s: float = 30.0


STORY = Pace()
FAST = Pace(
    normal_s=1.5, look_s=0.5, payments_s=3.0, read_s=0.2, stable_for_s=1.0, dwell_s=0.4, balances_per_s=30.0
)


def institution(pace: Pace) -> InstitutionSettings:
    """The product's defaults, but for a cap that a minute of payments makes visible, and a tier for shops."""
    return InstitutionSettings(
        primary_url="http://127.0.0.1",
        feed=FeedSettings(),
        standin=StandinSettings(
            detection=DetectionSettings(stable_for_s=pace.stable_for_s),
            recovery=RecoverySettings(dwell_s=pace.dwell_s),
            policy=PolicySettings(
                exposure_minor=EXPOSURE_CAP_MINOR,
                tiers=(Tier(name="small_business", accounts=("*-shop-*",), limits=_SHOP_LIMITS),),
            ),
        ),
    )

"""What an institution decides about its stand-in; every field is a line in docs/configuration.md."""

from datetime import datetime
from fnmatch import fnmatchcase

import msgspec

from dawam.kernel import PaymentKind
from dawam.standin.messages import Capability


class DetectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the primary counts as failed, and as well again."""

    probe_interval_s: float = 0.25
    """Seconds between probes while anything is wrong."""
    probe_quiet_interval_s: float = 1.0
    """Seconds between probes while all is well."""
    failures_to_trip: int = 3
    """Failed calls in a row, with no answer between, before the stand-in takes over."""
    slow_after_s: float = 0.3
    """An answer that takes longer counts as slow."""
    slow_calls: int = 10
    """How many of the last answers are looked at."""
    slow_share: float = 0.6
    """The share of slow ones among them that counts as failed."""
    feed_stale_after_s: float = 30.0
    """Seconds without a complete feed before shown balances come from the mirror."""
    stable_for_s: float = 5.0
    """Seconds without any failure before recovery starts; doubles with each setback."""
    stable_for_max_s: float = 300.0
    """The longest that doubling may make it."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An announced time of work during which the stand-in answers."""

    starts_at: datetime
    ends_at: datetime
    capabilities: tuple[Capability, ...] = tuple(Capability)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be spent while the primary is away. Amounts in minor units."""

    per_payment_minor: int = 500_000
    """The largest single payment."""
    per_day_minor: int = 1_000_000
    """The sum a customer may spend in a day of stand-in."""
    per_outage_minor: int = 1_500_000
    """The sum a customer may spend in one outage."""
    per_outage_count: int = 20
    """How many payments a customer may make in one outage."""
    balance_share: float = 1.0
    """The share of the available balance that may be spent."""


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Other limits for a group of accounts, such as small businesses."""

    name: str
    accounts: tuple[str, ...]
    limits: Limits


class PolicySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may spend what in stand-in."""

    limits: Limits = Limits()
    """For everybody without a tier."""
    tiers: tuple[Tier, ...] = ()
    """First match by account pattern wins."""
    exposure_minor: int = 100_000_000
    """The sum of all decisions that the primary has not yet taken over."""
    kinds: tuple[PaymentKind, ...] = (
        PaymentKind.TRANSFER,
        PaymentKind.CASH_OUT,
        PaymentKind.MERCHANT_PAYMENT,
        PaymentKind.BILL_PAYMENT,
        PaymentKind.DEBIT,
        PaymentKind.CHEQUE,
    )
    """Kinds of payment that go on in stand-in."""
    fresh_for_s: float = 300.0
    """Up to this age of the mirror the limits hold in full."""
    refuse_after_s: float = 86_400.0
    """From this age on nothing is approved; between the two the limits shrink in a straight line."""
    floor_share: float = 0.1
    """The share of the limits that is left just before `refuse_after_s`."""
    day_offset_minutes: int = 0
    """The institution's midnight, in minutes ahead of UTC."""

    def limits_for(self, account: str) -> Limits:
        """The limits of an account's tier, or everybody's."""
        for tier in self.tiers:
            if any(fnmatchcase(account, pattern) for pattern in tier.accounts):
                return tier.limits
        return self.limits


class RecoverySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The way back."""

    cohorts_percent: tuple[int, ...] = (1, 10, 50, 100)
    """The shares of customers that go back, one after the other."""
    dwell_s: float = 2.0
    """How long each cohort stays before the next follows."""
    samples: int = 40
    """Balances compared before a cohort goes back, beside those with decisions."""
    deliveries_at_once: int = 8
    """Advices under way at the same time."""
    retry_s: float = 0.5
    """First pause after a failed delivery; doubles up to `retry_max_s`."""
    retry_max_s: float = 30.0
    """The longest pause between deliveries."""


class StandinSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, for one institution."""

    detection: DetectionSettings = DetectionSettings()
    policy: PolicySettings = PolicySettings()
    recovery: RecoverySettings = RecoverySettings()
    windows: tuple[Window, ...] = ()
    """Maintenance windows."""
    show_for_s: float = 604_800.0
    """A mirrored balance older than this is withheld."""
    balance_checks_per_s: float = 20.0
    """How many shown balances a second are checked again; of more, so many are drawn by chance."""

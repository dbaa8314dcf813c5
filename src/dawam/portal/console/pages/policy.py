"""What may be spent in stand-in: an institution's policy, and what is left of its limits now."""

from datetime import datetime, timedelta
from math import isfinite

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import PaymentKind
from dawam.portal.console import words
from dawam.portal.console.pages.answers import AnyRequest
from dawam.portal.console.service import Console
from dawam.standin import Desk, Limits, PolicySettings, day_start, share_left
from dawam.web.pages import Face, for_staff, ruled, visiting

_POINTS = 4


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about limits at a moment; `age` is None where no booking has ever arrived.

    `share` of each limit is left; the day's and the outage's sums count since `day_since`, `outage_since`.
    """

    age: timedelta | None
    share: float
    exposure_minor: int
    day_since: datetime
    outage_since: datetime | None


class Group(msgspec.Struct, frozen=True):
    """Whom limits are for; `name` is empty for everybody without a tier."""

    name: str
    patterns: tuple[str, ...]
    limits: Limits


def policy_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The route."""

    @get("/{locale:str}/console/institutions/{institution:str}/policy", opt=ruled(for_staff()))
    async def policy(request: AnyRequest, institution: FromPath[str]) -> Response[bytes]:
        desk = console.desk(visiting(request), institution)
        settings = desk.settings.policy
        return face.page(
            request,
            "portal/console/policy.html",
            section="overview",
            institution=institution,
            policy=settings,
            now_=_in_force(desk, face.world.clock.now()),
            groups=[
                *(Group(tier.name, tier.accounts, tier.limits) for tier in settings.tiers),
                Group("", (), settings.limits),
            ],
            kinds=[(kind, kind in settings.kinds) for kind in PaymentKind],
            fresh=timedelta(seconds=settings.fresh_for_s),
            refuse=timedelta(seconds=settings.refuse_after_s),
            shrinking=_shrinking(settings),
            currency=console.currency(institution),
            words=words,
        )

    return [policy]


def _in_force(desk: Desk, now: datetime) -> InForce:
    age_s, policy = desk.mirror_age_s(), desk.settings.policy
    return InForce(
        age=timedelta(seconds=age_s) if isfinite(age_s) else None,
        share=share_left(age_s, policy),
        exposure_minor=desk.exposure_minor(),
        day_since=day_start(now, policy),
        outage_since=desk.modes.outage_since,
    )


def _shrinking(policy: PolicySettings) -> list[tuple[timedelta, float]]:
    """The share that is left at some ages of the mirror, from the first that counts to the last."""
    step_s = (policy.refuse_after_s - policy.fresh_for_s) / _POINTS
    ages = [policy.fresh_for_s + step_s * n for n in range(_POINTS)] + [policy.refuse_after_s]
    return [(timedelta(seconds=age_s), share_left(age_s, policy)) for age_s in ages]

"""A whole Dawam over a simulated primary, for tests of the desk: time is virtual, one seed one run."""

import asyncio
from datetime import UTC, datetime

from dawam.config import InstitutionSettings
from dawam.simulation import Conditions, run, simulated_world
from dawam.simulation.stage import Stage
from dawam.standin import (
    DetectionSettings,
    Limits,
    Mode,
    PaymentRequest,
    PolicySettings,
    RecoverySettings,
    StandinSettings,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SETTINGS = StandinSettings(
    detection=DetectionSettings(stable_for_s=2.0, feed_stale_after_s=10.0),
    policy=PolicySettings(limits=Limits(per_payment_minor=5_000, per_outage_count=50)),
    recovery=RecoverySettings(dwell_s=0.5),
)
BALANCE = 10_000
STAFF = frozenset({"amal", "badr"})


def on_stage(
    story, *, settings=SETTINGS, accounts=40, primary=None, seed=1, database="sqlite://", start=START
):
    """Run `story(stage, desk)` on a Dawam that has caught up with 40 accounts of 100.00 each."""
    world, loop = simulated_world(seed, start)
    institution = InstitutionSettings(primary_url="http://simulated.invalid", standin=settings)
    stage = Stage(seed, world, institution, Conditions(loss=0.0, duplication=0.0), database=database)
    if primary is not None:
        stage.primary = primary(world.clock)

    async def whole():
        for number in range(accounts):
            stage.primary.open_account(account(number), "EGP", BALANCE)
        desk = await stage.start()
        await asyncio.sleep(2)
        result = await story(stage, desk)
        await stage.stop()
        return result

    return run(whole(), loop)


def account(number):
    return f"c-{number:03d}"


def payment(amount_minor=1_000, *, debit=0, credit=1, kind="transfer"):
    return PaymentRequest(
        kind=kind,
        debit_account=account(debit),
        credit_account=account(credit),
        amount_minor=amount_minor,
        currency="EGP",
        requested_at=START,
    )


def modes(desk):
    return {state.mode for state in desk.capabilities()}


async def until(condition, *, within_s=600.0):
    """Wait for a condition, in virtual seconds; TimeoutError when it never comes true."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.05)


async def until_normal(desk, **options):
    await until(lambda: modes(desk) == {Mode.NORMAL} and desk.quiet(), **options)


async def ask_everybody(desk, accounts=40):
    return [await desk.balance(account(number)) for number in range(accounts)]

"""Windows announced while the desk runs: seen beside those of the settings, at once, with an end."""

import asyncio
from datetime import timedelta

import msgspec

from dawam.simulation import FaultKind
from dawam.standin import Capability, Mode, Reason, Window

from .stage import SETTINGS, START, modes, on_stage, until_normal


def test_an_announced_window_begins_and_ends_by_itself_and_its_end_is_the_eta():
    window = Window(
        starts_at=START + timedelta(seconds=10),
        ends_at=START + timedelta(seconds=20),
        capabilities=(Capability.CHEQUE,),
    )

    async def story(stage, desk):
        desk.schedule([window])
        before = modes(desk)
        await asyncio.sleep(10)
        during = {state.capability: state for state in desk.capabilities()}
        await until_normal(desk)
        return before, during, {state.eta for state in desk.capabilities()}

    before, during, after = on_stage(story)
    cheque = during[Capability.CHEQUE]
    assert before == {Mode.NORMAL}
    assert (cheque.mode, cheque.reason, cheque.eta) == (
        Mode.STANDING_IN,
        Reason.MAINTENANCE,
        window.ends_at,
    )
    assert (during[Capability.BALANCE].mode, during[Capability.BALANCE].eta) == (Mode.NORMAL, None)
    assert after == {None}


def test_a_window_that_has_begun_is_acted_on_in_the_call_that_tells_of_it():
    async def story(stage, desk):
        now = stage.world.clock.now()
        desk.schedule([Window(starts_at=now, ends_at=now + timedelta(minutes=5))])
        at_once = {(state.mode, state.reason) for state in desk.capabilities()}
        longer = Window(starts_at=now, ends_at=now + timedelta(minutes=9))
        desk.schedule([longer])
        etas = {state.eta for state in desk.capabilities()}
        desk.schedule([])
        ended = modes(desk)
        await until_normal(desk)
        return at_once, etas == {longer.ends_at}, ended

    assert on_stage(story) == ({(Mode.STANDING_IN, Reason.MAINTENANCE)}, True, {Mode.RECOVERING})


def test_announced_windows_stand_beside_those_of_the_settings():
    configured = Window(
        starts_at=START, ends_at=START + timedelta(minutes=5), capabilities=(Capability.STATEMENT,)
    )
    settings = msgspec.structs.replace(SETTINGS, windows=(configured,))

    async def story(stage, desk):
        now = stage.world.clock.now()
        desk.schedule(
            [Window(starts_at=now, ends_at=now + timedelta(minutes=1), capabilities=(Capability.CHEQUE,))]
        )
        both = {state.capability for state in desk.capabilities() if state.mode is Mode.STANDING_IN}
        desk.schedule([])
        left = {state.capability for state in desk.capabilities() if state.mode is Mode.STANDING_IN}
        return both, left

    both, left = on_stage(story, settings=settings)
    assert both == {Capability.CHEQUE, Capability.STATEMENT}
    assert left == {Capability.STATEMENT}


def test_a_primary_under_maintenance_is_known_to_be_well_or_not():
    async def story(stage, desk):
        now = stage.world.clock.now()
        desk.schedule([Window(starts_at=now, ends_at=now + timedelta(minutes=5))])
        await asyncio.sleep(5)
        well = desk.primary_is_well()
        stage.faults.start(FaultKind.DOWN)
        await asyncio.sleep(5)
        away = desk.primary_is_well()
        reasons = {state.reason for state in desk.capabilities()}
        stage.faults.clear()
        await asyncio.sleep(5)
        return well, away, reasons, desk.primary_is_well()

    assert on_stage(story) == (True, False, {Reason.MAINTENANCE}, True)

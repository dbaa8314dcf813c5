"""A whole life of a window on a simulated clock, with restarts, overruns and forms sent twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dawam.kernel import DawamError
from dawam.simulation import run, simulated_world
from dawam.standin import Capability
from dawam.status.windows import TABLES, Act, Windows, WindowState
from dawam.status.windows.tables import maintenance_windows
from dawam.storage import Storage

from .stage import HOURS, NIGHT, START, Desk, texts
from .test_model import code_of

DAY = 24 * HOURS


def simulated(story, *, url="sqlite://", **options):
    """Run `story(desk)` on a virtual clock, the clockwork of the windows beside it."""
    world, loop = simulated_world(3, START)
    storage = Storage.open(url, tables=TABLES, inline=True)
    desk = Desk(world=world, storage=storage, **options)

    async def whole():
        work = asyncio.create_task(desk.windows.run())
        try:
            return await story(desk)
        finally:
            work.cancel()

    try:
        return run(whole(), loop)
    finally:
        storage.close()


async def sleep_until(desk, moment):
    await asyncio.sleep((moment - desk.clock.now()).total_seconds())


def acts(desk, window):
    return [(change.act, change.at) for change in desk.windows.history(window.id)]


def test_a_window_lives_by_itself_on_each_engine(database_url):
    async def story(desk):
        window = await desk.announced()
        await sleep_until(desk, NIGHT + DAY)
        return acts(desk, window), desk.told, desk.windows.known(window.id)

    lived, told, window = simulated(story, url=database_url)
    assert lived == [
        (Act.PLANNED, START),
        (Act.ANNOUNCED, START),
        (Act.REMINDED, NIGHT - 7 * DAY),
        (Act.REMINDED, NIGHT - DAY),
        (Act.REMINDED, NIGHT - HOURS),
        (Act.STARTED, NIGHT),
        (Act.FINISHED, NIGHT + 2 * HOURS),
    ]
    assert window.state is WindowState.FINISHED
    assert [said["kind"] for said in told.published] == ["window"] * 5 + ["all_clear"]
    assert told.published[0]["texts"] == texts()
    assert all(set(said["texts"]) == {"ar", "fr", "en"} for said in told.published)
    assert told.noted[:3] == [
        ("window_planned", "amal", ""),
        ("window_announced", "amal", ""),
        ("window_reminded", "system", ""),
    ]
    assert told.overruns == []


def test_the_standin_knows_the_window_from_its_announcement_to_its_end():
    async def story(desk):
        seen = []
        window = await desk.windows.plan(desk.draft(), by="amal")
        seen.append(list(desk.told.scheduled["misr"]))
        await desk.windows.announce(window.id, by="amal", once=desk.new_id())
        seen.append(list(desk.told.scheduled["misr"]))
        await sleep_until(desk, NIGHT + HOURS)
        await desk.windows.extend(
            window.id, NIGHT + 3 * HOURS, by="amal", reason="slow disks", once=desk.new_id()
        )
        seen.append(list(desk.told.scheduled["misr"]))
        await desk.windows.finish(window.id, by="amal", reason="done", once=desk.new_id())
        seen.append(list(desk.told.scheduled["misr"]))
        return seen

    before, announced, extended, after = simulated(story)
    assert (before, after) == ([], [])
    ((first,), (second,)) = announced, extended
    assert (first.starts_at, first.ends_at, second.ends_at) == (NIGHT, NIGHT + 2 * HOURS, NIGHT + 3 * HOURS)
    assert first.capabilities == (Capability.BALANCE, Capability.PAYMENT, Capability.CHEQUE)


def test_an_overrun_is_one_incident_and_ends_when_the_primary_is_well():
    async def story(desk):
        window = await desk.announced()
        desk.told.healthy = False
        await sleep_until(desk, NIGHT + 2 * HOURS + timedelta(minutes=30))
        late = desk.windows.known(window.id)
        desk.told.healthy = True
        await asyncio.sleep(30)
        return desk.told, late, desk.windows.known(window.id)

    told, late, after = simulated(story)
    assert told.overruns == [(late.id, NIGHT + 2 * HOURS + timedelta(minutes=1))]
    assert late.state is WindowState.STARTED
    assert late.overran_at == NIGHT + 2 * HOURS + timedelta(minutes=1)
    assert after.state is WindowState.FINISHED
    assert after.finished_at - (NIGHT + 2 * HOURS + timedelta(minutes=30)) <= timedelta(seconds=5)
    assert after.ends_at == NIGHT + 2 * HOURS


def test_an_extension_after_an_overrun_may_run_over_again():
    async def story(desk):
        window = await desk.announced()
        desk.told.healthy = False
        await sleep_until(desk, NIGHT + 2 * HOURS + timedelta(minutes=5))
        await desk.windows.extend(window.id, NIGHT + 3 * HOURS, by="amal", reason="slow", once=desk.new_id())
        again = desk.windows.known(window.id)
        await sleep_until(desk, NIGHT + 4 * HOURS)
        return again, desk.told.overruns

    again, overruns = simulated(story)
    assert (again.state, again.overran_at) == (WindowState.EXTENDED, None)
    assert len(overruns) == 2


def test_a_plan_that_nobody_announced_lapses_and_is_never_published():
    async def story(desk):
        window = await desk.windows.plan(desk.draft(), by="amal")
        await sleep_until(desk, NIGHT + HOURS)
        return desk.windows.known(window.id), acts(desk, window), desk.told

    window, lived, told = simulated(story)
    assert window.state is WindowState.CANCELLED
    assert lived[-1] == (Act.LAPSED, NIGHT)
    assert told.published == []
    assert told.scheduled["misr"] == []


RESTARTS = [
    # away from, to (from the start of the window); what is published afterwards
    (-9 * DAY, -2 * DAY, ["Reminder"]),
    (-9 * DAY, -HOURS / 2, ["Reminder"]),
    (-HOURS / 2, HOURS, ["Maintenance has begun"]),
    (HOURS, 3 * HOURS, ["Maintenance has ended"]),
    (-HOURS / 2, 5 * HOURS, ["Maintenance has ended"]),
    (-9 * DAY, 5 * HOURS, ["Maintenance has ended"]),
]


@pytest.mark.parametrize(("away", "back", "published"), RESTARTS)
def test_what_came_due_while_nobody_ran_is_done_once_after_the_restart(tmp_path, away, back, published):
    url = f"sqlite:///{tmp_path / 'windows.db'}"

    async def first(desk):
        window = await desk.announced()
        await sleep_until(desk, NIGHT + away)
        return window

    window = simulated(first, url=url)
    world, loop = simulated_world(4, NIGHT + back)
    storage = Storage.open(url, tables=TABLES, inline=True)
    desk = Desk(world=world, storage=storage)

    async def second():
        twice = [asyncio.create_task(desk.windows.run()) for _ in range(2)]
        await asyncio.sleep(1)
        for one in twice:
            one.cancel()

    run(second(), loop)
    titles = [title.partition(":")[0] for title in desk.told.titles()]
    storage.close()
    assert titles == published
    assert "misr" in desk.told.scheduled
    assert window.id


def test_the_windows_of_an_institution_that_is_gone_are_left_alone():
    async def story(desk):
        window = await desk.announced(institution="atlas")
        other = Desk(world=desk.world, storage=desk.storage, rules={"misr": desk.rules["misr"]})
        work = asyncio.create_task(other.windows.run())
        await asyncio.sleep(1)
        work.cancel()
        return window, other.told.published

    _, published = simulated(story)
    assert published == []


def test_each_form_acts_once_however_often_it_is_sent():
    async def story(desk):
        draft = desk.draft()
        same = [await desk.windows.plan(draft, by="amal") for _ in range(3)]
        once = desk.new_id()
        for _ in range(3):
            await desk.windows.announce(draft.id, by="amal", once=once)
        await sleep_until(desk, NIGHT + HOURS)
        once = desk.new_id()
        for _ in range(3):
            await desk.windows.extend(draft.id, NIGHT + 3 * HOURS, by="amal", reason="slow", once=once)
        once = desk.new_id()
        for _ in range(3):
            await desk.windows.finish(draft.id, by="amal", reason="done", once=once)
        return same, desk

    same, desk = simulated(story)
    assert len({window.id for window in same}) == 1
    by_people = [act for act, by, _ in desk.told.noted if by == "amal"]
    assert by_people == ["window_planned", "window_announced", "window_extended", "window_finished_early"]
    assert [said["kind"] for said in desk.told.published].count("all_clear") == 1


def test_a_refused_act_leaves_nothing_behind():
    desk = Desk()
    window = asyncio.run(desk.announced())
    before = (len(desk.told.noted), len(desk.told.published))

    async def refused(act):
        try:
            await act
        except DawamError as error:
            return error.code
        return None

    windows, once = desk.windows, desk.new_id()
    found = [
        asyncio.run(refused(act))
        for act in (
            windows.extend(window.id, NIGHT + 9 * HOURS, by="amal", reason="x", once=once),
            windows.finish(window.id, by="amal", reason="x", once=once),
            windows.cancel(window.id, by="amal", reason=" ", once=once),
            windows.cancel(window.id, by="amal", reason="x" * 401, once=once),
            windows.announce("nothing", by="amal", once=once),
            windows.announce(window.id, by="amal", once="not an id"),
            windows.plan(desk.draft(), by="amal"),
            windows.plan(desk.draft(starts_at=START + DAY), by="amal"),
        )
    ]
    assert found == [
        "window_not_running",
        "window_not_running",
        "window_reason_missing",
        "window_text_too_long",
        "window_unknown",
        "id_malformed",
        "window_overlaps",
        "window_notice_too_short",
    ]
    assert (len(desk.told.noted), len(desk.told.published)) == before


def test_an_extension_into_another_window_is_refused():
    async def story(desk):
        window = await desk.announced()
        await desk.announced(starts_at=NIGHT + 3 * HOURS)
        await sleep_until(desk, NIGHT + HOURS)
        late = NIGHT + 4 * HOURS
        try:
            await desk.windows.extend(window.id, late, by="amal", reason="slow", once=desk.new_id())
        except DawamError as error:
            return error.code

    assert simulated(story) == "window_overlaps"


def test_new_texts_of_a_public_window_are_published_again():
    desk = Desk()
    window = asyncio.run(desk.announced())
    other = texts(NIGHT + DAY)
    after = asyncio.run(desk.windows.reword(window.id, other, by="amal", once=desk.new_id()))
    assert after.sequence == window.sequence + 1
    assert desk.told.published[-1]["texts"] == other


def test_what_the_model_forbids_the_database_forbids_too(database_url):
    storage = Storage.open(database_url, tables=TABLES, inline=True)
    desk = Desk(storage=storage)
    window = asyncio.run(desk.announced())
    table = maintenance_windows.c
    wrong = [
        {"state": "paused"},
        {"ends_at": 0},
        {"capabilities": ""},
        {"title_ar": ""},
        {"state": "finished"},
        {"announced_at": None},
        {"short_asked_by": "amal", "short_approved_by": "amal"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError):
            storage.write_now(
                lambda tx, values=values: tx.execute(
                    maintenance_windows.update().where(table.id == window.id).values(**values)
                )
            )
    storage.close()


def test_a_country_without_holidays_stops_the_start():
    desk = Desk()
    rules = type(desk.rules["misr"])(country="XX")
    assert code_of(Windows, desk.storage, desk.world, {"misr": rules}) == "window_country_unknown"

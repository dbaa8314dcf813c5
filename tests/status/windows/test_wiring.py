"""Windows with the real notices, incidents and trail behind their ports."""

import asyncio
from datetime import timedelta

from dawam import people, status
from dawam.people import Trail
from dawam.simulation import run, simulated_world
from dawam.status import Notices, Verdict, Windows
from dawam.status.windows import Ports
from dawam.storage import Storage, outbox

from .stage import NIGHT, RULES, START, Desk


def test_each_step_is_a_genuine_notice_and_a_line_in_the_trail():
    world, loop = simulated_world(5, START)
    tables = [*outbox.TABLES, *people.TABLES, *status.TABLES]
    storage = Storage.open("sqlite://", tables=tables, inline=True)
    notices, trail = Notices(storage, world), Trail(storage)
    desk = Desk(world=world, storage=storage)
    desk.windows = Windows(storage, world, {"misr": RULES}, Ports(publish=notices.publish, note=trail.note))

    async def story():
        work = asyncio.create_task(desk.windows.run())
        window = await desk.announced()
        await asyncio.sleep((NIGHT - START + timedelta(days=1)).total_seconds())
        work.cancel()
        return window

    window = run(story(), loop)
    published = notices.of_subject(window.id)
    entries = trail.entries()
    verdicts = {notices.check(notice.code).verdict for notice in published}
    storage.close()
    assert [one.kind for one in sorted(published, key=lambda one: one.sequence)] == ["window"] * 5 + [
        "all_clear"
    ]
    assert verdicts == {Verdict.GENUINE}
    assert {entry.subject for entry in entries} == {window.id}
    assert len(entries) == 7

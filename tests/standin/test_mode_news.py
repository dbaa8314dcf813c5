"""Every recorded change of mode is told upwards, in the transaction that records it."""

import asyncio

import msgspec

from dawam.standin import MODE_CHANGED, ModeChange
from dawam.storage import Reader

from .stage import on_stage


def test_each_recorded_change_is_told_once_and_in_order():
    async def story(stage, desk):
        told = []
        reader = Reader(
            "test",
            stage.node.storage,
            lambda tx, news: told.append((news.topic, msgspec.json.decode(news.body, type=ModeChange))),
        )
        desk.take_over([], by="test", reason="drill")
        await asyncio.sleep(1)
        while await reader.catch_up():
            pass
        assert {topic for topic, _ in told} == {MODE_CHANGED}
        assert [change for _, change in told] == desk.history()[::-1]
        assert len(told) == 5

    on_stage(story)

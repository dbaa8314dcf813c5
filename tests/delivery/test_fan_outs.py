"""Fan-outs: page by page, once, the newer ending the older."""

import pytest

from dawam.delivery import DeliverySettings, Page, Way
from dawam.kernel import Bug

from .lines import Numbers
from .people import Post, Recorder


@pytest.fixture
def post(database_url):
    post = Post(database_url, DeliverySettings(page=10), sms=Recorder())
    post.delivery.fan_outs.sources["numbers"] = Numbers()
    yield post
    post.close()


def start(post, name, count, about=""):
    return post.storage.write_now(
        lambda tx: post.delivery.fan_outs.start(tx, name, source="numbers", subject=str(count), about=about)
    )


def turn(post):
    return post.run(post.delivery.fan_outs.turn())


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35])
def test_everybody_is_told_once(post, count):
    assert start(post, "a", count)
    assert not start(post, "a", count)
    post.drain()
    assert len(set(post.senders[Way.SMS].keys)) == len(post.senders[Way.SMS].keys) == count
    assert post.delivery.fan_outs.fan_out("a").state == "done"


def test_another_life_goes_on_with_the_next_page(post):
    start(post, "a", 35)
    turn(post)
    assert post.delivery.fan_outs.fan_out("a").place == "10"
    post.again()
    post.delivery.fan_outs.sources["numbers"] = Numbers()
    post.drain()
    assert post.delivery.fan_outs.fan_out("a").reached == 35
    assert len(post.senders[Way.SMS].got) == 35


def test_a_newer_one_about_the_same_ends_the_older(post):
    start(post, "a", 35, about="incident")
    start(post, "c", 5, about="window")
    turn(post)
    start(post, "b", 35, about="incident")
    states = {name: post.delivery.fan_outs.fan_out(name).state for name in "abc"}
    assert states == {"a": "stopped", "b": "running", "c": "done"}


def test_one_can_be_stopped(post):
    start(post, "a", 35, about="incident")
    turn(post)
    post.storage.write_now(lambda tx: post.delivery.fan_outs.stop(tx, "incident"))
    post.drain()
    assert len(post.senders[Way.SMS].got) == 10


def test_a_page_that_fails_leaves_nothing_and_is_tried_again(post):
    class Flaky(Numbers):
        failed = False

        def page(self, tx, subject, place, limit, now):
            if place == "10" and not self.failed:
                self.failed = True
                raise ValueError("not now")
            return super().page(tx, subject, place, limit, now)

    post.delivery.fan_outs.sources["numbers"] = Flaky()
    start(post, "a", 25)
    turn(post)
    with pytest.raises(ValueError, match="not now"):
        turn(post)
    post.drain()
    assert len(post.senders[Way.SMS].got) == 25


def test_a_page_may_be_empty(post):
    class Gaps:
        def page(self, tx, subject, place, limit, now):
            return Page((), "x" if not place else None)

    post.delivery.fan_outs.sources["numbers"] = Gaps()
    start(post, "a", 0)
    post.drain()
    assert post.delivery.fan_outs.fan_out("a").state == "done"


def test_a_source_that_nobody_knows_is_a_bug(post):
    with pytest.raises(Bug):
        post.storage.write_now(
            lambda tx: post.delivery.fan_outs.start(tx, "a", source="strangers", subject="")
        )


def test_what_never_began_is_none(post):
    assert post.delivery.fan_outs.fan_out("z") is None

"""The queue: once a key, urgent first, later and later, replaced, expired, cancelled, forgotten."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text

from dawam.delivery import (
    FAILED,
    Away,
    DeliverySettings,
    EmailSettings,
    Failed,
    Later,
    PaceSettings,
    Refused,
    Sent,
    State,
    Way,
)
from dawam.kernel import Bug
from dawam.storage import Reader

from .people import START, Post, Recorder, message


@pytest.fixture
def post(database_url):
    post = Post(database_url, email=Recorder())
    yield post
    post.close()


def paced(**pace):
    email = EmailSettings(host="localhost", sender="a@example.com", pace=PaceSettings(**pace))
    return DeliverySettings(email=email)


def counts(post, way=Way.EMAIL):
    return {state.value: count for state, count in post.delivery.counts().get(way, {}).items()}


def test_a_message_leaves_once_however_often_its_key_is_queued(post):
    assert post.put(message("a"), message("b"), message("a")) == 2
    assert post.put(message("a"), message("c")) == 1
    post.drain()
    assert post.put(message("a")) == 0
    post.drain()
    assert sorted(post.senders[Way.EMAIL].keys) == ["a", "b", "c"]
    assert counts(post) == {"sent": 3}


def test_a_message_of_a_fact_that_was_not_kept_is_not_sent(post):
    def verb(tx):
        post.delivery.enqueue(tx, [message("a")])
        raise ValueError("the fact fails")

    with pytest.raises(ValueError, match="the fact fails"):
        post.storage.write_now(verb)
    post.drain()
    assert post.senders[Way.EMAIL].got == []


def test_what_was_sent_keeps_neither_address_nor_text(post):
    post.put(message("a", link="https://example.com/stop"), message("b", body="B"), message("c", body="B"))
    post.drain()
    rows = post.storage.read(
        lambda rows: rows.execute(text("select recipient, link, subject, body, html from deliveries")).all()
    )
    assert {value for row in rows for value in row} == {None}


def test_many_that_share_a_text_get_it_whole_with_their_own_link(post):
    post.put(*(message(f"m{n}", body="Stop: {link}", link=f"https://example.com/{n}") for n in range(5)))
    kept = post.storage.read(lambda rows: rows.execute(text("select count(*) from delivery_texts")).scalar())
    post.drain()
    assert kept == 1
    bodies = {got.key: got.body for got in post.senders[Way.EMAIL].got}
    assert bodies == {f"m{n}": f"Stop: https://example.com/{n}" for n in range(5)}


def test_urgent_messages_go_before_all_others(database_url):
    post = Post(database_url, paced(concurrency=1), email=Recorder())
    post.put(*(message(f"bulk{n}") for n in range(6)))
    post.put(message("code", urgent=True))
    post.drain()
    assert post.senders[Way.EMAIL].keys[0] == "code"
    post.close()


def test_a_message_waits_for_its_hour(post):
    post.put(message("a", not_before=START + timedelta(hours=8)))
    post.drain()
    assert post.senders[Way.EMAIL].got == []
    post.clock.move(8 * 3600)
    post.drain()
    assert post.senders[Way.EMAIL].keys == ["a"]


def test_what_has_expired_is_not_sent(post):
    post.put(
        message("a", not_before=START + timedelta(hours=2), expires_at=START + timedelta(hours=1)),
        message("b", expires_at=START + timedelta(hours=1)),
    )
    post.drain()
    post.clock.move(3 * 3600)
    post.drain()
    assert post.senders[Way.EMAIL].keys == ["b"]
    assert counts(post) == {"expired": 1, "sent": 1}


def test_a_failed_try_is_repeated_later_and_later_under_the_same_id(database_url):
    sender = Recorder(Later("email_deferred"), Later("email_deferred"), Sent())
    post = Post(database_url, paced(first_retry_s=10.0), email=sender)
    post.put(message("a"))
    post.drain()
    assert len(sender.got) == 1
    post.clock.move(4.9)
    post.drain()
    assert len(sender.got) == 1  # at least half of the ten seconds
    post.clock.move(5.1)
    post.drain()
    assert len(sender.got) == 2
    post.clock.move(20)
    post.drain()
    assert [got.tries for got in sender.got] == [1, 2, 3]
    assert len({got.id for got in sender.got}) == 1
    assert counts(post) == {"sent": 1}
    post.close()


def test_the_other_side_may_say_how_long_to_wait(database_url):
    sender = Recorder(Later("webhook_busy", 500.0), Sent())
    post = Post(database_url, paced(first_retry_s=1.0), email=sender)
    post.put(message("a"))
    post.drain()
    post.clock.move(499)
    post.drain()
    assert len(sender.got) == 1
    post.clock.move(1)
    post.drain()
    assert len(sender.got) == 2
    post.close()


def test_tries_are_bounded_and_a_refusal_ends_at_once(database_url):
    post = Post(database_url, paced(tries=2, first_retry_s=1.0), email=Recorder(Later("email_deferred")))
    post.put(message("a"))
    for _ in range(5):
        post.drain()
        post.clock.move(100)
    assert len(post.senders[Way.EMAIL].got) == 2
    assert [(each.key, each.code, each.tries) for each in post.delivery.failures()] == [
        ("a", "email_deferred", 2)
    ]
    post.senders[Way.EMAIL].outcomes = [Refused("email_refused")]
    post.put(message("b"))
    post.drain()
    assert post.delivery.failures()[0].code == "email_refused"
    post.close()


def test_a_way_that_is_away_pauses_and_counts_no_try(database_url):
    sender = Recorder(Away("email_relay_unreachable"))
    post = Post(database_url, paced(tries=2, concurrency=4), email=sender)
    post.put(*(message(f"m{n}") for n in range(20)))
    post.drain()
    first = len(sender.got)
    assert first <= 4  # those that were under way
    for _ in range(10):
        post.clock.move(61)
        post.drain()
    assert len(sender.got) == first + 10  # one alone after each pause
    assert counts(post) == {"waiting": 20}
    sender.outcomes = [Sent()]
    post.clock.move(61)
    post.drain()
    assert counts(post) == {"sent": 20}
    post.close()


def test_a_bug_in_a_way_out_loses_nothing(database_url):
    class Broken(Recorder):
        async def send(self, message):
            self.got.append(message)
            raise KeyError(message.to)

    post = Post(database_url, paced(tries=3), email=Broken())
    post.put(message("a"))
    post.drain()
    assert counts(post) == {"waiting": 1}
    post.close()


def test_a_way_keeps_its_rate(database_url):
    post = Post(database_url, paced(rate_per_s=2.0, burst=3), email=Recorder())
    post.put(*(message(f"m{n}") for n in range(20)))
    post.drain()
    assert len(post.senders[Way.EMAIL].got) == 3
    post.clock.move(1)
    post.drain()
    assert len(post.senders[Way.EMAIL].got) == 5
    post.clock.move(100)
    post.drain()
    assert len(post.senders[Way.EMAIL].got) == 8
    post.close()


def test_newer_news_about_the_same_replaces_what_still_waits(post):
    later = START + timedelta(hours=1)
    post.put(
        message("n1:x", owner="x", about="incident", not_before=later),
        message("n1:y", owner="y", about="incident", not_before=later),
        message("w1:x", owner="x", about="window", not_before=later),
    )
    post.put(message("n2:x", owner="x", about="incident", not_before=later))
    post.clock.move(3600)
    post.drain()
    assert sorted(post.senders[Way.EMAIL].keys) == ["n1:y", "n2:x", "w1:x"]
    assert counts(post) == {"sent": 3, "expired": 1}


def test_what_waits_for_an_owner_can_be_cancelled(post):
    later = START + timedelta(hours=1)
    post.put(message("a", owner="x", not_before=later), message("b", owner="y", not_before=later))
    post.storage.write_now(lambda tx: post.delivery.cancel(tx, "x"))
    post.clock.move(3600)
    post.drain()
    assert post.senders[Way.EMAIL].keys == ["b"]


def test_an_owner_learns_that_a_message_was_given_up(database_url):
    post = Post(database_url, email=Recorder(Refused("email_refused")))
    heard = []
    reader = Reader("test", post.storage, lambda tx, news: heard.append(news))
    post.put(message("a", owner="x"), message("b"))
    post.drain()
    post.run(reader.catch_up())
    assert [news.topic for news in heard] == [FAILED]
    assert msgspec.json.decode(heard[0].body, type=Failed) == Failed("a", "x", Way.EMAIL, "email_refused")
    post.close()


def test_a_way_that_is_not_offered_is_said_to_be(post):
    assert post.put(message("a", way=Way.SMS)) == 1
    assert [(each.way, each.code) for each in post.delivery.failures()] == [(Way.SMS, "way_not_offered")]
    assert post.delivery.ways == {Way.EMAIL}


def test_each_way_goes_on_while_another_is_away(database_url):
    post = Post(database_url, email=Recorder(Away("email_relay_unreachable")), sms=Recorder())
    post.put(message("a"), message("b", way=Way.SMS))
    post.drain()
    assert post.senders[Way.SMS].keys == ["b"]
    post.close()


def test_what_another_life_had_under_way_is_sent_again_under_the_same_id(database_url):
    async def story():
        never = asyncio.Event()

        class Hanging(Recorder):
            async def send(self, message):
                self.got.append(message)
                await never.wait()

        hanging = Hanging()
        post = Post(database_url, email=hanging)
        post.put(message("a"))
        await post.delivery.turn()
        await asyncio.sleep(0)
        (first,) = hanging.got
        recorder = post.senders[Way.EMAIL] = Recorder()
        post.again()
        await post.settle()
        (second,) = recorder.got
        assert (first.id, first.tries, second.id, second.tries) == (first.id, 1, first.id, 2)
        return post

    post = asyncio.run(story())
    assert counts(post) == {"sent": 1}
    post.close()


def test_what_kills_the_process_each_time_is_given_up(database_url):
    async def story():
        class Deadly(Recorder):
            async def send(self, message):
                self.got.append(message)
                await asyncio.Event().wait()

        post = Post(database_url, paced(tries=3), email=Deadly())
        post.put(message("a"))
        for _ in range(5):
            post.again()
            await post.delivery.turn()
            await asyncio.sleep(0)
        return post

    post = asyncio.run(story())
    assert len(post.senders[Way.EMAIL].got) == 3
    assert [each.code for each in post.delivery.failures()] == ["interrupted"]
    post.close()


def test_a_stopped_queue_has_marked_what_it_sent(post):
    async def story():
        post.put(*(message(f"m{n}") for n in range(50)))
        task = asyncio.create_task(post.delivery.run())
        while len(post.senders[Way.EMAIL].got) < 50:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    post.run(story())
    assert counts(post) == {"sent": 50}
    assert post.senders[Way.EMAIL].closed


def test_what_ended_long_ago_is_forgotten_with_its_texts(post):
    post.put(message("a", body="B"), message("b", body="B"), message("c", body="B"))
    post.drain()

    async def story():
        task = asyncio.create_task(post.delivery.run())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    post.clock.move(31 * 86_400)
    post.run(story())
    left = post.storage.read(
        lambda rows: [rows.execute(text(f"select count(*) from {name}")).scalar() for name in TABLES_LEFT]
    )
    assert left == [0, 0]
    assert post.put(message("a")) == 1


TABLES_LEFT = ("deliveries", "delivery_texts")


def test_a_text_with_a_null_character_can_be_kept(post):
    post.put(message("a", body="one\0two"))
    post.drain()
    assert post.senders[Way.EMAIL].got[0].body == "one\ufffdtwo"


def test_a_message_without_a_key_is_a_bug(post):
    with pytest.raises(Bug):
        post.put(message(""))


def test_how_late_it_is_can_be_asked(database_url):
    post = Post(database_url, email=Recorder(Away("email_relay_unreachable")))
    assert post.delivery.lag_s(Way.EMAIL) == 0
    post.put(message("a"))
    post.clock.move(30)
    assert post.delivery.lag_s(Way.EMAIL) == 30
    assert State.WAITING in post.delivery.counts()[Way.EMAIL]
    post.close()

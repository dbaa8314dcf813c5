"""Asking, confirming, being told, stopping."""

import asyncio
from datetime import timedelta

import pytest
from msgspec import json

from dawam.delivery import Refused, Way
from dawam.kernel import DawamError, Unavailable
from dawam.status import Verdict
from dawam.status.subscriptions import SubscriptionSettings, Wishes
from dawam.storage import outbox

from .conftest import ORIGIN, START, TEXTS, Town

NUMBER = "+201001234567"


def test_an_address_gets_nothing_before_it_has_answered(town):
    ask_id = town.ask()
    town.publish()
    assert town.told() == []
    town.run(town.subscriptions.confirm_by_code(ask_id, town.code()))
    town.publish("i-2")
    assert [each.to for each in town.told()] == ["mona@example.org"]


def test_the_question_says_how_to_ignore_it_and_never_be_asked_again(town):
    town.ask(locale="ar")
    message = town.last()
    assert (message.locale, message.link, len(town.out[Way.EMAIL].got)) == ("ar", "", 1)
    assert "لا تفعل شيئًا" in message.body
    town.run(town.subscriptions.refuse(town.token("refuse")))
    town.ask()
    assert len(town.out[Way.EMAIL].got) == 1
    town.clock.pass_s(181 * 86_400)
    town.ask()
    assert len(town.out[Way.EMAIL].got) == 2


def test_a_notice_reaches_its_reader_whole_and_can_be_checked(town):
    town.subscribe(locale="fr")
    notice = town.publish()
    (message,) = town.told()
    assert message.key == f"{notice.id}:{town.subscriptions.managed(message.link.rpartition('/')[2]).id}"
    found = town.notices.check(f"{message.subject}\n{message.body}")
    assert (found.verdict, found.locale, found.whole) == (Verdict.GENUINE, "fr", True)
    assert TEXTS["fr"].title in message.html
    assert f'href="{message.link}"' in message.html
    assert message.link.startswith(f"{ORIGIN}/fr/subscriptions/")


def test_by_sms_a_notice_is_short_and_can_be_checked(town):
    town.subscribe(NUMBER, Way.SMS, locale="ar")
    town.publish()
    (message,) = town.told(Way.SMS)
    assert town.notices.check(message.body).verdict is Verdict.GENUINE
    assert (message.to, message.link) == (NUMBER, "")


def test_a_webhook_gets_the_notice_as_data(town):
    town.subscribe("https://hooks.example.com/x", Way.WEBHOOK)
    notice = town.publish()
    payload = json.decode(town.told(Way.WEBHOOK)[0].body)
    assert (payload["type"], payload["data"]["id"]) == ("notice.published", notice.id)
    assert payload["data"]["texts"]["ar"]["title"] == TEXTS["ar"].title


def test_everybody_of_the_institution_is_told_once_and_nobody_else(town):
    for number in range(7):
        town.subscribe(f"reader{number}@example.org", institution="nile-bank")
    town.subscribe("other@example.org", institution="delta-wallet")
    town.publish()
    town.publish()  # the same subject again: another notice
    assert sorted(each.to for each in town.told()) == sorted(2 * [f"reader{n}@example.org" for n in range(7)])
    assert len({each.key for each in town.told()}) == 14


def test_one_hears_of_what_one_chose_and_of_what_concerns_everybody(town):
    town.subscribe(capabilities=("payment",))
    town.publish("a", capabilities=("balance",))
    assert town.told() == []
    town.publish("b", capabilities=("balance", "payment"))
    town.publish("c", capabilities=())
    assert len(town.told()) == 2


def test_in_quiet_hours_a_message_waits_unless_it_is_urgent(town):
    quiet = {"quiet_from": 22 * 60, "quiet_until": 7 * 60}
    town.subscribe("sleeps@example.org", wake=False, **quiet)
    town.subscribe("wakes@example.org", wake=True, **quiet)
    town.clock.at = START.replace(hour=21)  # 23 h in Cairo
    town.publish("w", kind="window")
    assert town.told() == []
    town.publish("i", kind="incident")
    assert [each.to for each in town.told()] == ["wakes@example.org"]
    town.clock.at = START.replace(hour=4, minute=59) + timedelta(days=1)
    town.settle()
    assert len(town.told()) == 1
    town.clock.pass_s(60)  # 7 h in Cairo
    town.settle()
    assert len(town.told()) == 4


def test_a_newer_notice_of_the_same_subject_replaces_one_that_still_waits(town):
    town.subscribe(quiet_from=22 * 60, quiet_until=7 * 60, wake=False)
    town.clock.at = START.replace(hour=22)
    town.publish("i-1")
    newest = town.publish("i-1")
    town.publish("i-2")
    town.clock.pass_s(8 * 3_600)
    town.settle()
    assert sorted(each.about for each in town.told()) == ["i-1", "i-2"]
    assert any(each.key.startswith(newest.id) for each in town.told())


def test_a_notice_that_was_taken_back_reaches_nobody_more(town):
    for number in range(7):
        town.subscribe(f"reader{number}@example.org")
    notice = town.storage.write_now(
        lambda tx: town.notices.publish(
            tx,
            institution="nile-bank",
            kind="incident",
            subject_id="i-1",
            texts=TEXTS,
            capabilities=(),
            now=town.clock.now(),
        )
    )
    town.run(town.subscriptions.catch_up())
    town.run(town.delivery.fan_outs.turn())
    town.storage.write_now(lambda tx: town.notices.withdraw(tx, notice.id, now=town.clock.now()))
    town.settle()
    assert town.told() == []  # not the page that was queued, nor the others


def test_what_waits_for_the_morning_is_not_sent_when_it_was_taken_back(town):
    town.subscribe(quiet_from=22 * 60, quiet_until=7 * 60, wake=False)
    town.clock.at = START.replace(hour=22)
    notice = town.publish("i-1")
    town.publish("i-2")
    town.storage.write_now(lambda tx: town.notices.withdraw(tx, notice.id, now=town.clock.now()))
    town.settle()
    town.clock.pass_s(8 * 3_600)
    town.settle()
    assert [each.about for each in town.told()] == ["i-2"]


def test_asking_again_changes_wishes_and_makes_no_second_subscription(town):
    first = town.subscribe(locale="en")
    second = town.subscribe(locale="ar")
    assert first == second
    town.publish()
    assert [each.locale for each in town.told()] == ["ar"]
    assert town.subscriptions.counts() == {"nile-bank": {Way.EMAIL: 1}}


def test_whoever_asks_learns_nothing_about_an_address(town):
    town.subscribe("known@example.org")
    asked = [town.ask("known@example.org"), town.ask("unknown@example.org")]
    known, unknown = (town.out[Way.EMAIL].got[-2].body, town.out[Way.EMAIL].got[-1].body)
    assert [len(each) for each in asked] == [26, 26]
    assert len(known) == len(unknown)


@pytest.mark.parametrize("typed", ["", "000000", "12345", "abc", "٠٠٠٠٠٠"])
def test_a_wrong_code_confirms_nothing(town, typed):
    ask_id = town.ask()
    with pytest.raises(DawamError) as caught:
        town.run(town.subscriptions.confirm_by_code(ask_id, typed))
    assert caught.value.code == "subscription_code_wrong"


def test_a_code_may_be_typed_in_the_digits_of_any_language(town):
    ask_id = town.ask()
    typed = "".join(chr(0x660 + int(digit)) for digit in town.code())
    assert town.run(town.subscriptions.confirm_by_code(ask_id, f" {typed[:3]} {typed[3:]}"))


def test_after_five_wrong_codes_the_right_one_is_wrong_too(town):
    ask_id = town.ask()
    code = town.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for typed in [wrong] * 5 + [code]:
        with pytest.raises(DawamError) as caught:
            town.run(town.subscriptions.confirm_by_code(ask_id, typed))
        assert caught.value.code == "subscription_code_wrong"


def test_a_code_ends_and_works_once(town):
    ask_id = town.ask()
    town.clock.pass_s(30 * 60)
    for given in (ask_id, town.new_id(), "nonsense"):
        with pytest.raises(DawamError) as caught:
            town.run(town.subscriptions.confirm_by_code(given, town.code()))
        assert caught.value.code == "subscription_code_wrong"
    ask_id = town.ask()
    code = town.code()
    town.run(town.subscriptions.confirm_by_code(ask_id, code))
    with pytest.raises(DawamError):
        town.run(town.subscriptions.confirm_by_code(ask_id, code))


def test_a_link_confirms_too_once(town):
    town.ask()
    token = town.token("confirm")
    assert town.subscriptions.asked(token, "confirm").address == "mona@example.org"
    town.run(town.subscriptions.confirm_by_link(token))
    with pytest.raises(DawamError) as caught:
        town.run(town.subscriptions.confirm_by_link(token))
    assert caught.value.code == "subscription_ask_over"


def test_a_link_of_one_purpose_serves_no_other(town):
    town.ask()
    confirm = town.token("confirm")
    for given in (confirm, confirm[:-1] + "A", "", "x" * 43, "é" * 43, confirm + "A"):
        with pytest.raises(DawamError) as caught:
            town.subscriptions.managed(given)
        assert caught.value.code == "subscription_link_unknown"


def test_stopping_ends_what_waits_and_forgets_the_address(town):
    token = town.subscribe(quiet_from=0, quiet_until=23 * 60, wake=False)
    town.publish()
    town.run(town.subscriptions.stop(token))
    town.run(town.subscriptions.stop(token))
    town.clock.pass_s(86_400 - 1)
    town.settle()
    assert town.told() == []
    assert town.subscriptions.managed(token) is None


def test_wishes_can_be_changed_by_the_link(town):
    token = town.subscribe()
    town.run(town.subscriptions.change(token, Wishes(locale="ar", capabilities=("cheque",))))
    assert town.subscriptions.managed(token).wishes.capabilities == ("cheque",)
    with pytest.raises(DawamError) as caught:
        town.run(town.subscriptions.change(token, Wishes(locale="ar", quiet_from=5)))
    assert caught.value.code == "quiet_hours_incomplete"


@pytest.mark.parametrize("written", ["STOP", " stop. ", "إيقاف", "Arrêt"])
def test_who_writes_stop_by_sms_is_stopped(town, written):
    town.subscribe(NUMBER, Way.SMS)
    town.subscribe(NUMBER, Way.SMS, institution="delta-wallet")
    assert town.subscriptions.answer(NUMBER, "ABCD-1234") is None
    assert town.subscriptions.answer(NUMBER, written) is not None
    assert town.subscriptions.counts() == {}


def test_an_address_that_is_gone_is_let_go_and_one_that_refuses_often_too(town):
    target = "https://hooks.example.com/x"
    town.subscribe(target, Way.WEBHOOK)
    town.subscribe()
    town.out[Way.WEBHOOK].outcome = Refused("target_gone")
    town.out[Way.EMAIL].outcome = Refused("email_refused")
    for number in range(3):
        assert town.subscriptions.counts()["nile-bank"][Way.EMAIL] == 1
        town.publish(f"i-{number}")
    assert town.subscriptions.counts() == {}


def test_asking_is_limited_by_who_asks_by_address_and_in_all(database_url):
    town = Town(database_url, SubscriptionSettings(asks_at_once=4, asks_in_all_per_min=6))
    for _ in range(4):
        town.ask("victim@example.org", who="attacker")
    assert len(town.out[Way.EMAIL].got) == 3
    with pytest.raises(Unavailable) as caught:
        town.ask("other@example.org", who="attacker")
    assert caught.value.code == "too_many_tries"
    town.ask("a@example.org", who="2")
    town.ask("b@example.org", who="3")
    with pytest.raises(Unavailable):
        town.ask("c@example.org", who="4")
    town.close()


@pytest.mark.parametrize(
    ("way", "address", "code"),
    [
        (Way.EMAIL, "nobody", "email_address_invalid"),
        (Way.SMS, "123", "phone_number_invalid"),
        (Way.WEBHOOK, "https://127.0.0.1/", "webhook_target_private"),
        (Way.PUSH, "{}", "push_subscription_invalid"),
        (Way.STAFF, "duty", "subscription_way_closed"),
    ],
)
def test_what_cannot_be_reached_is_refused(town, way, address, code):
    with pytest.raises(DawamError) as caught:
        town.ask(address, way)
    assert caught.value.code == code


def test_an_ask_sent_twice_is_one(town):
    ask_id = town.new_id()
    for _ in range(2):
        wishes = Wishes(locale="en")
        town.run(town.subscriptions.ask(ask_id, "nile-bank", Way.EMAIL, "a@example.org", wishes, who="1"))
    town.settle()
    assert len(town.out[Way.EMAIL].got) == 1


def test_a_notice_that_is_published_in_the_very_commit_of_other_news_is_told(town):
    town.subscribe()
    now = town.clock.now()
    town.storage.write_now(lambda tx: outbox.put(tx, "mode_changed", b"", now=now))

    def publish(tx):
        said = {"kind": "incident", "subject_id": "i-1", "texts": TEXTS, "capabilities": ()}
        town.notices.publish(tx, institution="nile-bank", **said, now=now)

    async def at_once():
        await asyncio.gather(town.storage.write(publish), town.subscriptions.catch_up())

    town.run(at_once())
    town.settle()
    assert len(town.told()) == 1


def test_what_was_never_answered_is_forgotten(town):
    town.ask()

    async def story():
        task = asyncio.create_task(town.subscriptions.run())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    token = town.token("confirm")
    town.clock.pass_s(3_600)
    town.run(story())
    assert town.subscriptions.asked(token, "confirm") is None

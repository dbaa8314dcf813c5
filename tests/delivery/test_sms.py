"""Text messages through a message centre that speaks SMPP."""

import asyncio

import pytest

from dawam.delivery import Reply, SmsSettings, Way
from dawam.delivery.model import Away, Later, Outgoing, Refused, Sent
from dawam.delivery.senders.segments import segments
from dawam.delivery.senders.sms import SmsSender
from dawam.kernel import IntegrityBroken, InvalidInput, Unavailable

from .people import Post, Recorder
from .smsc import THROTTLED, WRONG_NUMBER, Centre

ARABIC = "خدمة التحويل متوقفة للصيانة من الساعة ٢ حتى ٤ فجرًا. أموالك في أمان."


def outgoing(body, key="k1", to="+201001234567"):
    return Outgoing(
        key=key,
        way=Way.SMS,
        to=to,
        locale="ar",
        subject="",
        body=body,
        html="",
        link="",
        urgent=False,
        about="",
        tries=1,
        expires_at=None,
    )


def settings(port, **more):
    given = {"system_id": "dawam", "password_env": "X", "source": "Dawam", "timeout_s": 1.0}
    return SmsSettings(host="127.0.0.1", port=port, **{**given, **more})


def story(play, *, password="secret", **more):
    async def whole():
        async with Centre() as centre:
            heard = []

            async def hear(number, text):
                heard.append((number, text))

            sender = SmsSender(settings(centre.port, **more), password, heard=hear)
            try:
                async with asyncio.timeout(20):
                    return await play(sender, centre, heard)
            finally:
                await sender.close()

    return asyncio.run(whole())


def test_arabic_goes_in_ucs2_and_asks_for_no_receipt():
    async def play(sender, centre, _):
        assert await sender.send(outgoing("الخدمة متاحة")) == Sent()
        (got,) = centre.got
        assert (got.text, got.coding, got.to, got.source) == ("الخدمة متاحة", 8, "201001234567", "Dawam")
        assert (got.esm_class, got.receipt, got.source_kind, got.to_kind) == (0, 0, 5, 1)

    story(play)


def test_a_long_text_is_one_message_in_parts():
    async def play(sender, centre, _):
        assert await sender.send(outgoing(ARABIC * 3)) == Sent()
        assert "".join(got.text for got in centre.got) == ARABIC * 3
        assert len(centre.got) == 4
        headers = [got.header for got in centre.got]
        assert [(head[:3], head[4], head[5]) for head in headers] == [
            (b"\x05\x00\x03", 4, number) for number in (1, 2, 3, 4)
        ]
        assert len({head[3] for head in headers}) == 1
        assert all(len(got.octets) <= 140 for got in centre.got)

    story(play)


def test_a_message_sent_again_has_the_same_reference():
    async def play(sender, centre, _):
        await sender.send(outgoing("one"))
        await sender.send(outgoing("one"))
        await sender.send(outgoing("one", key="k2"))
        first, again, other = (got.options[0x0204] for got in centre.got)
        assert first == again != other

    story(play)


def test_latin_text_goes_in_the_short_alphabet():
    async def play(sender, centre, _):
        await sender.send(outgoing("Service back: all is well"))
        assert (centre.got[0].coding, centre.got[0].text) == (0, "Service back: all is well")

    story(play)


@pytest.mark.parametrize(
    ("text", "encoding", "sizes"),
    [
        ("a" * 160, "gsm0338", [160]),
        ("a" * 161, "gsm0338", [153, 8]),
        ("€" * 80, "gsm0338", [80]),
        ("€" * 81, "gsm0338", [76, 5]),
        ("ا" * 70, "ucs2", [70]),
        ("ا" * 71, "ucs2", [67, 4]),
        ("😀" * 36, "ucs2", [33, 3]),
        ("L’agence « Nord »…", "gsm0338", [20]),
        ("Fenêtre d’été", "ucs2", [13]),
        ("", "gsm0338", [0]),
        ("ا" * 67 * 300, "ucs2", [67] * 255),
    ],
)
def test_texts_are_cut_into_parts_that_fit(text, encoding, sizes):
    parts = segments(text)
    assert (parts.encoding, [len(part) for part in parts.texts]) == (encoding, sizes)


def test_what_the_centre_answers_decides():
    async def play(sender, centre, _):
        centre.statuses = [THROTTLED, WRONG_NUMBER, 0x45, 0]
        outcomes = [await sender.send(outgoing("x", key=f"k{n}")) for n in range(4)]
        assert outcomes == [
            Later("sms_centre_busy"),
            Refused("sms_number_refused"),
            Later("sms_deferred"),
            Sent(),
        ]

    story(play)


def test_many_at_once_each_get_their_own_answer():
    async def play(sender, centre, _):
        centre.statuses = [0, THROTTLED] * 50
        outcomes = await asyncio.gather(*(sender.send(outgoing("x", key=f"k{n}")) for n in range(100)))
        assert outcomes.count(Sent()) == 50

    story(play, timeout_s=5.0)


def test_a_centre_that_is_not_there_is_away_and_a_wrong_password_too():
    async def nobody():
        sender = SmsSender(settings(1), "secret")
        try:
            return await sender.send(outgoing("x"))
        finally:
            await sender.close()

    async def stranger(sender, centre, _):
        return await sender.send(outgoing("x"))

    assert asyncio.run(nobody()) == Away("sms_centre_unreachable")
    assert story(stranger, password="wrong") == Away("sms_centre_unreachable")


def test_a_lost_connection_is_told_at_once_and_made_again():
    async def play(sender, centre, _):
        await sender.send(outgoing("x"))
        centre.silent = True
        waiting = asyncio.create_task(sender.send(outgoing("y", key="k2")))
        while len(centre.got) < 2:
            await asyncio.sleep(0.01)
        centre.cut()
        assert await waiting == Later("sms_interrupted")
        centre.silent = False
        assert await sender.send(outgoing("y", key="k2")) == Sent()
        assert centre.binds == 2

    story(play, timeout_s=10.0)


def test_silence_is_not_taken_for_an_answer():
    async def play(sender, centre, _):
        centre.silent = True
        assert await sender.send(outgoing("x")) == Later("sms_interrupted")

    story(play, timeout_s=0.5)


def test_what_people_write_is_heard_and_acknowledged():
    async def play(sender, centre, heard):
        await sender.send(outgoing("x"))
        await centre.deliver("201009876543", "ABC-123 صحيح؟")
        while not centre.acknowledged:
            await asyncio.sleep(0.01)
        assert heard == [("+201009876543", "ABC-123 صحيح؟")]

    story(play)


def test_what_could_not_be_taken_is_not_acknowledged():
    async def whole():
        async with Centre() as centre:
            heard = []

            async def hear(number, text):
                heard.append(text)
                if len(heard) == 1:
                    raise Unavailable("storage_unavailable")

            sender = SmsSender(settings(centre.port), "secret", heard=hear)
            await sender.send(outgoing("x"))
            await centre.deliver("201009876543", "ABC")
            while centre.binds < 2:
                await asyncio.sleep(0.01)
            assert centre.acknowledged == []
            await centre.deliver("201009876543", "ABC")
            while not centre.acknowledged:
                await asyncio.sleep(0.01)
            await sender.close()
            return heard

    assert asyncio.run(whole()) == ["ABC", "ABC"]


def test_a_receipt_is_counted_and_not_heard():
    async def play(sender, centre, heard):
        await sender.send(outgoing("x"))
        await centre.deliver("201009876543", "id:1 stat:DELIVRD err:000", esm_class=4)
        while not centre.acknowledged:
            await asyncio.sleep(0.01)
        assert (heard, sender.receipts) == ([], 1)

    story(play)


def test_parts_from_two_people_are_not_mixed():
    async def play(sender, centre, heard):
        await sender.send(outgoing("x"))
        for number, part, text in [
            ("201000000001", 2, "two"),
            ("201000000002", 1, "uno "),
            ("201000000001", 1, "one "),
            ("201000000002", 2, "dos"),
        ]:
            await centre.deliver(number, text, esm_class=0x40, header=bytes([5, 0, 3, 9, 2, part]))
        while len(centre.acknowledged) < 4:
            await asyncio.sleep(0.01)
        assert heard == [("+201000000001", "one two"), ("+201000000002", "uno dos")]

    story(play)


def test_a_password_that_the_protocol_cannot_carry_is_refused_at_the_start():
    with pytest.raises(InvalidInput) as caught:
        SmsSender(settings(1), "longer than eight")
    assert caught.value.code == "sms_login_malformed"


def test_somebody_who_writes_is_answered_but_not_for_ever(database_url):
    post = Post(database_url, sms=Recorder())
    post.delivery.answer = lambda number, text: Reply(f"You asked: {text}", "en")
    for _ in range(10):
        post.run(post.delivery.heard("+201009876543", "ABC"))
    post.run(post.delivery.heard("Bank", "ABC"))

    def broken(number, text):
        raise IntegrityBroken("notice_signature_broken", notice="x")

    post.delivery.answer = broken
    post.run(post.delivery.heard("+201000000000", "ABC"))
    post.drain()
    got = post.senders[Way.SMS].got
    assert [(each.to, each.body) for each in got] == [("+201009876543", "You asked: ABC")] * 3
    post.close()

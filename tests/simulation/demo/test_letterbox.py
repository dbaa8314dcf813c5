"""The letterbox of the demo: what comes in, what of it a page shows, and which change it followed."""

import asyncio
import socket
from datetime import timedelta
from email.message import EmailMessage

import aiosmtplib
import pytest

from dawam.app import system_world
from dawam.kernel import from_ns
from dawam.simulation.demo.guide.links import linked
from dawam.simulation.demo.letterbox import Letter, Letterbox, followed_after_s
from dawam.standin import Capability, Mode, ModeChange, Reason

SITE = "http://localhost:8080"
BEGIN = from_ns(1_800_000_000 * 10**9)


def sent_to(letters: int, *, body: str = "نص", headers: tuple[tuple[str, str], ...] = ()) -> Letterbox:
    """A letterbox after so many letters over a real connection."""

    async def story() -> Letterbox:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        box = Letterbox(system_world().clock)
        async with box.open("127.0.0.1", port), aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as relay:
            for number in range(letters):
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", f"خبر {number}"
                mail.set_content(body)
                for name, value in headers:
                    mail[name] = value
                await relay.send_message(mail)
        return box

    return asyncio.run(story())


def test_a_letter_is_read_with_its_language_and_whether_it_can_be_stopped() -> None:
    headers = (("Content-Language", "ar"), ("List-Unsubscribe", "<http://localhost/stop>"))
    (letter,) = sent_to(1, headers=headers).letters
    assert (letter.number, letter.to, letter.subject) == (1, "b@example.org", "خبر 0")
    assert (letter.text.strip(), letter.locale, letter.is_notice) == ("نص", "ar", True)


def test_only_the_newest_letters_are_kept_and_the_newest_stands_first() -> None:
    kept = sent_to(60).letters
    assert len(kept) == 48
    assert [kept[0].number, kept[-1].number] == [60, 13]


def test_a_letter_that_is_too_large_is_refused() -> None:
    with pytest.raises(aiosmtplib.SMTPException):
        sent_to(1, body="x" * 80 + "\n" + ("y" * 80 + "\n") * 5_000)


def test_who_waits_for_a_letter_takes_it_out() -> None:
    async def story() -> tuple[Letter, int]:
        box = sent_box
        return await box.take("b@example.org"), len(box.letters)

    sent_box = sent_to(2)
    letter, left = asyncio.run(story())
    assert (letter.number, left) == (2, 1)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (f"see {SITE}/a now", f'see <a href="{SITE}/a" target="_blank" dir="ltr">localhost:8080/a</a> now'),
        ("http://localhost:80801/a", "http://localhost:80801/a"),
        ("http://localhost:8080@example.org/", "http://localhost:8080@example.org/"),
        ("http://example.org/http://localhost:8080/a", "http://example.org/http://localhost:8080/a"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (
            f'{SITE}/"onclick="x',
            f'<a href="{SITE}/" target="_blank" dir="ltr">localhost:8080/</a>&#34;onclick=&#34;x',
        ),
        (
            f"{SITE}/{'x' * 60}",
            f'<a href="{SITE}/{"x" * 60}" target="_blank" dir="ltr">localhost:8080/…</a>',
        ),
    ],
)
def test_nothing_of_a_letter_is_markup_and_only_our_own_links_are_links(line: str, shown: str) -> None:
    assert linked(line, SITE) == shown


def letter(number: int, at_s: float, *, to: str = "a", is_notice: bool = True) -> Letter:
    return Letter(
        number=number,
        to=to,
        subject="",
        text="",
        locale="ar",
        arrived_at=BEGIN + timedelta(seconds=at_s),
        is_notice=is_notice,
    )


def change(at_s: float) -> ModeChange:
    return ModeChange(
        at=BEGIN + timedelta(seconds=at_s),
        institution="wallets",
        capability=Capability.BALANCE,
        mode=Mode.STANDING_IN,
        reason=Reason.CONTRADICTED,
        share_percent=0,
        evidence="",
    )


@pytest.mark.parametrize(
    ("one", "others", "changes", "after_s"),
    [
        (letter(1, 5, is_notice=False), [], [change(4)], None),
        (letter(1, 5), [], [], None),
        (letter(1, 5), [], [change(6)], None),
        (letter(1, 5), [], [change(1), change(4)], 1.0),
        (letter(2, 5), [letter(1, 4.5)], [change(4)], None),
        (letter(2, 5), [letter(1, 4.5, to="b")], [change(4)], 1.0),
        (letter(2, 5), [letter(1, 4.5, is_notice=False)], [change(4)], 1.0),
        (letter(2, 5), [letter(1, 3)], [change(4)], 1.0),
        (letter(1, 64), [], [change(4)], 60.0),
        (letter(1, 64.5), [], [change(4)], None),
    ],
)
def test_a_readers_first_notice_within_a_minute_follows_the_newest_change(
    one: Letter, others: list[Letter], changes: list[ModeChange], after_s: float | None
) -> None:
    assert followed_after_s(one, [one, *others], changes) == after_s

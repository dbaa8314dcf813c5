"""E-mail through a real SMTP server."""

import asyncio
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from dawam.delivery import EmailSettings, Way
from dawam.delivery.model import Away, Later, Outgoing, Refused, Sent
from dawam.delivery.senders.email import EmailSender
from dawam.kernel import InvalidInput, TimeOrderedIds, World

from .certificates import make
from .people import Clock, Random


class Mailbox:
    """Keeps what is sent; refuses some."""

    def __init__(self):
        self.got = []
        self.refuse = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.refuse.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def serve(mailbox):
    controllers = []

    def start(**options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        controllers.append(controller)
        return port

    yield start
    for controller in controllers:
        controller.stop()


def sender(port, *, password="", **more):
    clock = Clock()
    world = World(clock, TimeOrderedIds(clock, Random(1)), Random(2))
    given = {"host": "127.0.0.1", "port": port, "sender": "Dawam <status@example.com>", "tls": "none"}
    return EmailSender(EmailSettings(**{**given, "timeout_s": 5.0, **more}), password, world)


def outgoing(key="k1", **more):
    given = {
        "to": "mona@example.org",
        "locale": "ar",
        "subject": "صيانة مجدولة",
        "body": "الخدمة متوقفة <ساعتين>.\n\nأموالك في أمان.",
        "link": "https://status.example.com/ar/subscriptions/stop/abc",
    }
    rest = {"html": "", "urgent": False, "about": "", "tries": 1, "expires_at": None}
    return Outgoing(key=key, way=Way.EMAIL, **{**rest, **given, **more})


def send(way, *messages):
    async def story():
        try:
            return [await way.send(message) for message in messages]
        finally:
            await way.close()
            await asyncio.sleep(0.05)  # transports of connections that failed close in the loop's next turns

    return asyncio.run(story())


def test_a_mail_is_whole_in_text_and_html_and_easy_to_stop(serve, mailbox):
    message = outgoing()
    assert send(sender(serve()), message) == [Sent()]
    (mail,) = mailbox.got
    assert mail["Subject"] == "صيانة مجدولة"
    assert mail["Message-ID"] == f"<{message.id}@example.com>"
    assert mail["List-Unsubscribe"] == f"<{message.link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "ar")
    assert mail["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    plain, html = mail.iter_parts()
    assert plain.get_content().replace("\r\n", "\n").rstrip() == message.body
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    assert "&lt;ساعتين&gt;" in html.get_content()


def test_a_mail_without_a_link_has_no_way_to_stop_it(serve, mailbox):
    send(sender(serve()), outgoing(link="", html="<p>Own</p>"))
    assert mailbox.got[0]["List-Unsubscribe"] is None
    assert mailbox.got[0].get_body(("html",)).get_content().strip() == "<p>Own</p>"


def test_a_subject_cannot_smuggle_headers(serve, mailbox):
    assert send(sender(serve()), outgoing(subject="Hello\r\nBcc: all@example.org")) == [Sent()]
    assert mailbox.got[0]["Subject"] == "Hello Bcc: all@example.org"
    assert mailbox.got[0]["Bcc"] is None


def test_an_address_cannot_smuggle_headers(serve, mailbox):
    outcomes = send(sender(serve()), outgoing(to="a@example.org\r\nBcc: b@example.org"))
    assert outcomes == [Refused("email_malformed")]
    assert mailbox.got == []


def test_what_the_relay_answers_decides(serve, mailbox):
    mailbox.refuse = {"no@example.org": "550 5.1.1 unknown", "full@example.org": "452 4.2.2 full"}
    way = sender(serve())
    outcomes = send(
        way, outgoing(to="no@example.org"), outgoing(to="full@example.org"), outgoing(to="yes@example.org")
    )
    assert outcomes == [Refused("email_refused"), Later("email_deferred"), Sent()]


def test_connections_are_kept_between_messages_and_renewed_when_they_break(serve, mailbox):
    async def story():
        way = sender(serve())
        await asyncio.gather(*(way.send(outgoing(f"k{n}")) for n in range(20)))
        open_ = len(way._connections._idle)
        for client in way._connections._idle:
            client.close()
        first = await way.send(outgoing("again"))
        rest = [await way.send(outgoing(f"more{n}")) for n in range(open_ + 1)]
        await way.close()
        return first, rest[-1]

    _, last = asyncio.run(story())
    assert last == Sent()
    assert len(mailbox.got) >= 21


def test_a_relay_that_is_not_there_is_away():
    assert send(sender(1), outgoing()) == [Away("email_relay_unreachable")]


def test_a_login_goes_over_tls_only_and_a_wrong_one_is_away(serve, mailbox, tmp_path):
    file, context = make(tmp_path)

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    port = serve(tls_context=context, require_starttls=True, auth_required=True, authenticator=check)
    options = {"tls": "starttls", "ca_file": file, "user": "dawam"}
    assert send(sender(port, password="right", **options), outgoing()) == [Sent()]
    assert send(sender(port, password="wrong", **options), outgoing()) == [Away("email_login_refused")]
    assert len(mailbox.got) == 1


def test_a_relay_with_an_unknown_certificate_gets_nothing(serve, mailbox, tmp_path):
    _, context = make(tmp_path)
    port = serve(tls_context=context, require_starttls=True)
    assert send(sender(port, tls="starttls"), outgoing()) == [Away("email_relay_unreachable")]
    assert mailbox.got == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sender": "nobody"}, "email_sender_malformed"),
        ({"tls": "tls", "ca_file": "/nowhere"}, "email_certificate_unusable"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(more, code):
    with pytest.raises(InvalidInput) as caught:
        sender(1, **more)
    assert caught.value.code == code

"""E-mail through a relay: plain text and HTML, in the reader's language and direction, easy to stop.

Sources: RFC 5321, RFC 5322, RFC 2046 (multipart/alternative), RFC 3282 (Content-Language), RFC 3834
(Auto-Submitted), RFC 2369 and RFC 8058 (List-Unsubscribe, one click).
"""

import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from html import escape

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from dawam.delivery.model import Away, Later, Outcome, Outgoing, Refused, Sent
from dawam.delivery.senders.connections import Connections
from dawam.delivery.settings import EmailSettings
from dawam.kernel import InvalidInput, World
from dawam.web import Locale

_DIRECTIONS: dict[Locale, str] = {"ar": "rtl"}
_MESSAGES_A_CONNECTION = 100


class EmailSender:
    """Keeps a few connections to the relay, each for some messages."""

    def __init__(self, settings: EmailSettings, password: str, world: World) -> None:
        """Raises: InvalidInput `email_sender_malformed`, `email_certificate_unusable`."""
        self._settings = settings
        self._password = password
        self._world = world
        self._domain = parseaddr(settings.sender)[1].partition("@")[2]
        if not self._domain:
            raise InvalidInput("email_sender_malformed")
        self._tls = _tls_context(settings)
        self._connections = Connections(self._connect, _close, most_uses=_MESSAGES_A_CONNECTION)

    async def open(self) -> None:
        """Nothing to open: connections are made when there is something to send."""

    async def send(self, message: Outgoing) -> Outcome:
        """What the relay takes is taken for sent; its 4xx is tried again, its 5xx is final."""
        try:
            composed = compose(
                message, sender=self._settings.sender, domain=self._domain, world=self._world
            ).as_bytes(policy=SMTP_POLICY)
        except (ValueError, UnicodeError):
            return Refused("email_malformed")
        sender = parseaddr(self._settings.sender)[1]
        try:
            client = await self._connections.take()
        except SMTPAuthenticationError:
            return Away("email_login_refused")
        except (SMTPException, OSError, ssl.SSLError, ValueError):
            return Away("email_relay_unreachable")
        try:
            await client.sendmail(sender, [message.to], composed)
        except BaseException as error:
            await self._connections.drop(client)
            if isinstance(error, SMTPException | OSError):
                return _outcome(error)
            raise
        await self._connections.give_back(client)
        return Sent()

    async def close(self) -> None:
        """Take leave of the relay."""
        await self._connections.close()

    async def _connect(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=self._domain,
            timeout=settings.timeout_s,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._tls,
        )
        try:
            await client.connect()
            if settings.user is not None:
                await client.login(settings.user, self._password)
        except BaseException:
            client.close()
            raise
        return client


def compose(message: Outgoing, *, sender: str, domain: str, world: World) -> EmailMessage:
    """The message as it goes to the relay. Raises: ValueError for what no header can hold."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(world.clock.now())
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.link.startswith("https://") or message.link.startswith("http://"):
        mail["List-Unsubscribe"] = f"<{message.link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.body, cte="quoted-printable")
    mail.add_alternative(_html(message), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.locale
    return mail


def _html(message: Outgoing) -> str:
    """The HTML that was given, or the plain text as paragraphs."""
    if message.html:
        return message.html
    paragraphs = "".join(
        f'<p dir="auto">{escape(part).replace(chr(10), "<br>")}</p>' for part in message.body.split("\n\n")
    )
    direction = _DIRECTIONS.get(message.locale, "ltr")
    return (
        f'<!doctype html><html lang="{message.locale}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(message.subject)}</title></head><body>{paragraphs}</body></html>"
    )


def _tls_context(settings: EmailSettings) -> ssl.SSLContext | None:
    if settings.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError):
        raise InvalidInput("email_certificate_unusable", file=settings.ca_file) from None


def _outcome(error: Exception) -> Outcome:
    """What the relay's answer means for this message."""
    if isinstance(error, SMTPSenderRefused):
        return Away("email_sender_refused") if error.code >= 500 else Later("email_deferred")
    code = _code(error)
    if code is None:
        return Later("email_interrupted")  # the relay may have it: the same Message-ID tells
    return Refused("email_refused") if 500 <= code < 600 else Later("email_deferred")


def _code(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, SMTPResponseException) and error.code > 0 else None


async def _close(client: SMTP) -> None:
    try:
        await client.quit(timeout=2.0)
    except (SMTPException, OSError):
        client.close()

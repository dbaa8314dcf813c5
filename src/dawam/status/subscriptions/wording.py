"""The messages of subscriptions: the one that asks an address, and a notice for each way."""

from collections.abc import Mapping

import msgspec

from dawam.delivery import Message, Way
from dawam.kernel import to_rfc3339
from dawam.status.notices import Notice, Wording, bare, grouped, harmless
from dawam.status.subscriptions.model import Ask
from dawam.web import Locale, text
from dawam.web.pages import Face

_LINK = "{link}"


def ask_message(ask: Ask, *, name: str, code: str, confirm: str, refuse: str) -> Message:
    """Asks the address whether it wants this; whoever does not, need do nothing.

    Without marks of direction: a phone would take them for a part of the code or the link.
    """
    locale = ask.wishes.locale
    return Message(
        key=f"ask:{ask.id}",
        way=ask.way,
        to=ask.address,
        locale=locale,
        subject=text("Confirm: messages from {institution}", locale, institution=name),
        body=_asked(ask, name=name, code=code, confirm=confirm, refuse=refuse),
        link=confirm if ask.way is Way.PUSH else "",
        urgent=True,
        expires_at=ask.ends_at,
    )


def _asked(ask: Ask, *, name: str, code: str, confirm: str, refuse: str) -> str:
    locale = ask.wishes.locale
    if ask.way is Way.WEBHOOK:
        data = {"institution": ask.institution, "code": code, "confirm": confirm, "refuse": refuse}
        return _event("subscription.asked", to_rfc3339(ask.made_at), data)
    if ask.way is Way.PUSH:
        said = text(
            "{code} is your code for messages from {institution}.", locale, code=code, institution=name
        )
        return bare(said)
    if ask.way is Way.SMS:
        said = text(
            "{code} is your code for messages from {institution}. Not you? Do nothing. Never again: {link}",
            locale,
            code=code,
            institution=name,
            link=refuse,
        )
        return bare(said)
    lines = [
        text("Somebody asked for messages from {institution} to this address.", locale, institution=name),
        text("If that was you, enter this code on the page: {code}", locale, code=code),
        text("Or open this link and confirm:", locale),
        confirm,
        text("If it was not you, do nothing: no message follows.", locale),
        text("To never be asked again, open this link:", locale),
        refuse,
    ]
    return "\n\n".join(bare(line) for line in lines)


class NoticeWording:
    """A notice as it goes out by each way and in each language; made once each."""

    def __init__(self, notice: Notice, wording: Wording, face: Face) -> None:
        self._notice = notice
        self._wording = wording
        self._face = face
        self._made: dict[tuple[Way, Locale], tuple[str, str, str]] = {}

    def of(self, way: Way, locale: Locale) -> tuple[str, str, str]:
        """Subject, text, HTML; `{link}` in them is the reader's own."""
        key = (way, locale)
        if key not in self._made:
            self._made[key] = self._make(way, locale)
        return self._made[key]

    def _make(self, way: Way, locale: Locale) -> tuple[str, str, str]:
        notice = self._notice
        subject, mail = self._wording.email(notice, locale)
        if way is Way.EMAIL:
            html = self._face.render(
                "subscriptions/mail.html",
                locale,
                subject=subject,
                said=notice.texts[locale],
                name=self._wording.name_of(notice.institution, locale),
                code=grouped(notice.code),
                check=f"{self._wording.check_url(locale)}?code={grouped(notice.code)}",
                harmless=harmless,
            ).decode()
            # the frame has no words of its own, so that the message can be checked as it is
            return subject, f"{mail}{_LINK}\n", html
        if way is Way.WEBHOOK:
            return "", self._payload(locale), ""
        if way is Way.PUSH:
            said = notice.texts[locale]
            return subject, f"{said.body}\n{grouped(notice.code)}", ""
        return "", self._wording.sms(notice, locale), ""

    def _payload(self, locale: Locale) -> str:
        notice = self._notice
        data = {
            "id": notice.id,
            "institution": notice.institution,
            "kind": notice.kind,
            "subject": notice.subject_id,
            "sequence": notice.sequence,
            "capabilities": notice.capabilities,
            "code": grouped(notice.code),
            "replaces": notice.replaces,
            "language": locale,
            "texts": notice.texts,
            "signature": notice.signature,
        }
        return _event("notice.published", to_rfc3339(notice.published_at), data)


def _event(kind: str, timestamp: str, data: Mapping[str, object]) -> str:
    """The payload that Standard Webhooks recommends."""
    return msgspec.json.encode({"type": kind, "timestamp": timestamp, "data": data}).decode()

"""A notice as a warning by the Common Alerting Protocol 1.2 (OASIS, 1 July 2010), a block for each language.

| notice | msgType | urgency | severity | certainty | responseType |
|---|---|---|---|---|---|
| first of its subject | Alert | | | | |
| a later one | Update | | | | |
| the last: all clear, an incident closed, work cancelled | Cancel | Past | Minor | Observed | AllClear |
| of an incident | | Immediate | Moderate where money cannot move as usual, else Minor | Observed | Monitor |
| of work that is ahead | | Future | Minor | Likely | Prepare |
| of work that has begun | | Immediate | Minor | Observed | Monitor |
| taken back | Cancel, a file of its own: `{id}-withdrawn` | Unknown | Unknown | Unknown | None |

Update and Cancel refer to all earlier messages of the subject (3.2.1, references). To take a notice back says
only that what it said does not hold: the outage may go on, so that is no AllClear. No bank's outage is a
threat to life, so nothing is Severe or Extreme. Times are UTC, written `-00:00` (3.3.2).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from dawam.standin import Capability
from dawam.status.notices import Notice, grouped
from dawam.status.publishing.feeds.channel import Channel
from dawam.status.publishing.feeds.xml import Element, below, root, written
from dawam.web import Locale, text

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ALL_CLEAR = "all_clear"
_WITHDRAWN = "-withdrawn"
_MONEY = {Capability.PAYMENT.value, Capability.WITHDRAWAL.value, Capability.CHEQUE.value}


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """A CAP message: of a notice, or of its being taken back; `over` says that with it the subject ended."""

    notice: Notice
    withdrawal: bool = False
    over: bool = False

    @property
    def identifier(self) -> str:
        """Its identifier, which is its file's name too."""
        return self.notice.id + (_WITHDRAWN if self.withdrawal else "")

    @property
    def at(self) -> datetime:
        """When it was sent."""
        taken_back = self.notice.withdrawn_at if self.withdrawal else None
        return taken_back or self.notice.published_at

    @property
    def kind(self) -> str:
        """Its msgType."""
        return message_type(self)

    @classmethod
    def named(cls, name: str) -> tuple[str, bool]:
        """The notice's id in a file's name, and whether it is the message of its being taken back."""
        return name.removesuffix(_WITHDRAWN), name.endswith(_WITHDRAWN)


class _Weight(msgspec.Struct, frozen=True):
    urgency: str
    severity: str
    certainty: str
    response: str


def message_type(message: Warned) -> str:
    """Alert, Update or Cancel."""
    if message.withdrawal or message.over or message.notice.kind == ALL_CLEAR:
        return "Cancel"
    return "Update" if message.notice.replaces else "Alert"


def cap_alert(
    channels: Sequence[Channel],
    message: Warned,
    *,
    earlier: Sequence[Notice],
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> bytes:
    """The message in the language of each channel. `earlier` are the notices of the subject before it;
    `starts_at` and `ends_at` are those of the work as the public knew them with this notice.
    """
    notice, sender = message.notice, channels[0].host
    alert = root(CAP, "alert")
    below(alert, "identifier", message.identifier)
    below(alert, "sender", sender)
    below(alert, "sent", _time(message.at))
    below(alert, "status", "Actual")
    below(alert, "msgType", message_type(message))
    below(alert, "scope", "Public")
    referred = [notice] if message.withdrawal else earlier
    if referred:
        told = [f"{sender},{one.id},{_time(one.published_at)}" for one in referred]
        below(alert, "references", " ".join(told))
    below(alert, "incidents", notice.subject_id)
    ahead = starts_at is not None and notice.published_at < starts_at
    weight = _weight(message, ahead=ahead)
    onset = starts_at if ahead and not message.withdrawal else None
    for channel in channels:
        _info(alert, channel, message, weight, onset, ends_at if onset else None)
    return written(alert)


def _info(
    alert: Element,
    channel: Channel,
    message: Warned,
    weight: _Weight,
    onset: datetime | None,
    expires: datetime | None,
) -> None:
    notice, locale = message.notice, channel.locale
    shown = notice if message.withdrawal else msgspec.structs.replace(notice, withdrawn_at=None)
    info = below(alert, "info")
    below(info, "language", locale)
    below(info, "category", "Infra")
    below(info, "event", _event(notice, locale))
    below(info, "responseType", weight.response)
    below(info, "urgency", weight.urgency)
    below(info, "severity", weight.severity)
    below(info, "certainty", weight.certainty)
    if onset is not None:
        below(info, "onset", _time(onset))
    if expires is not None:
        below(info, "expires", _time(expires))
    below(info, "senderName", channel.sender_name)
    below(info, "headline", channel.title_of(shown))
    below(info, "description", channel.body_of(shown))
    below(info, "web", channel.page_of(notice))
    for name, value in (
        ("code", grouped(notice.code)),
        *(("capability", one) for one in notice.capabilities),
    ):
        parameter = below(info, "parameter")
        below(parameter, "valueName", name)
        below(parameter, "value", value)
    area = below(info, "area")
    below(area, "areaDesc", text("Customers of {institution}", locale, institution=channel.sender_name))


def _weight(message: Warned, *, ahead: bool) -> _Weight:
    notice = message.notice
    if message.withdrawal:
        return _Weight("Unknown", "Unknown", "Unknown", "None")
    if message_type(message) == "Cancel":
        return _Weight("Past", "Minor", "Observed", "AllClear")
    if notice.kind == "window":
        return (
            _Weight("Future", "Minor", "Likely", "Prepare")
            if ahead
            else _Weight("Immediate", "Minor", "Observed", "Monitor")
        )
    severity = "Minor" if _MONEY.isdisjoint(notice.capabilities) else "Moderate"
    return _Weight("Immediate", severity, "Observed", "Monitor")


def _event(notice: Notice, locale: Locale) -> str:
    if notice.kind == "window":
        return text("Planned maintenance", locale)
    if notice.kind == ALL_CLEAR:
        return text("All clear", locale)
    return text("Interruption of a service", locale)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")

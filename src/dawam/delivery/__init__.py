"""Messages to people and machines: one queue, many ways out.

Promises: a message is queued in the transaction of the fact that it tells; none is lost; what was sent in
doubt is sent again only under the same id, which a recipient that knows ids counts once; each way out keeps
its own pace; no address and no text stands in a log, an error or a figure. Page: docs/delivery.md.
"""

from dawam.delivery.addresses import check_address
from dawam.delivery.fanouts import FanOut, FanOuts, Page, Source
from dawam.delivery.model import (
    Away,
    Later,
    Message,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    State,
    Way,
    message_id,
)
from dawam.delivery.senders import Sender
from dawam.delivery.senders.opening import senders_of
from dawam.delivery.senders.webhook import target_secret
from dawam.delivery.service import FAILED, Answer, Delivery, Failed, Reply
from dawam.delivery.settings import (
    DeliverySecrets,
    DeliverySettings,
    EmailSettings,
    PaceSettings,
    PushSettings,
    SmsSettings,
    StaffSettings,
    WebhookSettings,
    secret_variables,
    secrets_of,
)
from dawam.delivery.store import Failure
from dawam.delivery.tables import TABLES

__all__ = [
    "FAILED",
    "TABLES",
    "Answer",
    "Away",
    "Delivery",
    "DeliverySecrets",
    "DeliverySettings",
    "EmailSettings",
    "Failed",
    "Failure",
    "FanOut",
    "FanOuts",
    "Later",
    "Message",
    "Outcome",
    "Outgoing",
    "PaceSettings",
    "Page",
    "PushSettings",
    "Refused",
    "Reply",
    "Sender",
    "Sent",
    "SmsSettings",
    "Source",
    "StaffSettings",
    "State",
    "Way",
    "WebhookSettings",
    "check_address",
    "message_id",
    "secret_variables",
    "secrets_of",
    "senders_of",
    "target_secret",
]

"""The ways out that the settings describe."""

from dawam.delivery.model import Way
from dawam.delivery.senders import Sender
from dawam.delivery.senders.email import EmailSender
from dawam.delivery.senders.push import PushSender
from dawam.delivery.senders.sms import Heard, SmsSender
from dawam.delivery.senders.staff import StaffSender
from dawam.delivery.senders.webhook import WebhookSender
from dawam.delivery.settings import DeliverySecrets, DeliverySettings
from dawam.kernel import World


def senders_of(
    settings: DeliverySettings, secrets: DeliverySecrets, world: World, *, heard: Heard | None = None
) -> dict[Way, Sender]:
    """One for each way that is set; nothing is connected yet. `heard` gets what people write by SMS.

    Raises: InvalidInput `email_sender_malformed`, `email_certificate_unusable`, `sms_login_malformed`,
    `push_key_malformed`, `staff_channel_malformed`.
    """
    found: dict[Way, Sender] = {}
    if settings.email is not None:
        found[Way.EMAIL] = EmailSender(settings.email, secrets.email_password, world)
    if settings.sms is not None:
        found[Way.SMS] = SmsSender(settings.sms, secrets.sms_password, heard=heard)
    if settings.push is not None:
        found[Way.PUSH] = PushSender(settings.push, secrets.push_key, world)
    if settings.webhook is not None:
        found[Way.WEBHOOK] = WebhookSender(settings.webhook, secrets.webhook_secret, world)
    if settings.staff is not None:
        found[Way.STAFF] = StaffSender(settings.staff, secrets.staff)
    return found

"""Settings name variables; what these hold is shown nowhere."""

from random import Random

import msgspec
import pytest

from dawam.delivery import (
    DeliverySecrets,
    DeliverySettings,
    EmailSettings,
    PushSettings,
    SmsSettings,
    StaffSettings,
    Way,
    WebhookSettings,
    secret_variables,
    secrets_of,
    senders_of,
)
from dawam.kernel import TimeOrderedIds, World

from .people import Clock

ALL = DeliverySettings(
    email=EmailSettings(host="relay", sender="a@example.com", user="a", password_env="RELAY"),
    sms=SmsSettings(host="centre", system_id="a", password_env="CENTRE", source="Dawam"),
    push=PushSettings(contact="mailto:a@example.com", key_env="PUSH"),
    webhook=WebhookSettings(secret_env="HOOK"),
    staff=StaffSettings(channels={"duty": "DUTY"}),
)


def test_the_variables_are_known_by_the_settings_that_name_them():
    assert secret_variables(ALL) == {
        "email.password_env": "RELAY",
        "sms.password_env": "CENTRE",
        "push.key_env": "PUSH",
        "webhook.secret_env": "HOOK",
        "staff.channels.duty": "DUTY",
    }
    assert secret_variables(DeliverySettings()) == {}


def test_every_way_that_is_set_is_offered():
    clock = Clock()
    world = World(clock, TimeOrderedIds(clock, Random(1)), Random(2))
    values = dict.fromkeys(secret_variables(ALL), "secret")
    values["push.key_env"] = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    values["staff.channels.duty"] = "json://localhost"
    assert set(senders_of(ALL, secrets_of(values), world)) == set(Way)
    assert senders_of(DeliverySettings(), DeliverySecrets(), world) == {}


def test_secrets_are_not_shown():
    assert "hunter2" not in repr(DeliverySecrets(email_password="hunter2"))


@pytest.mark.parametrize(
    ("kind", "tree"),
    [
        (PushSettings, {"contact": "a@example.com", "key_env": "X"}),
        (PushSettings, {"contact": "mailto:a@b.c", "key_env": "X", "allowed_networks": ["nowhere"]}),
        (WebhookSettings, {"secret_env": "X", "allowed_networks": ["10.0.0.1/8"]}),
        (EmailSettings, {"host": "x", "sender": "a@b.c", "port": 0}),
        (EmailSettings, {"host": "x", "sender": "a@b.c", "tls": "maybe"}),
        (EmailSettings, {"host": "x", "sender": "a@b.c", "pace": {"rate_per_s": 0}}),
    ],
)
def test_settings_that_cannot_work_are_refused(kind, tree):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(tree, kind)

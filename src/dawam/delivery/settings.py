"""What an operator may set; secrets by the names of their variables. Page: docs/delivery.md."""

from ipaddress import ip_network
from typing import Annotated, Literal

import msgspec

Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Tls = Literal["none", "starttls", "tls"]


class PaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a way goes, and how often it tries. Without `rate_per_s` as fast as the other side answers."""

    rate_per_s: Positive | None = None
    burst: Count = 20
    concurrency: Count = 32
    tries: Count = 8
    first_retry_s: Positive = 5.0
    longest_retry_s: Positive = 3_600.0


class EmailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The relay that takes our e-mail. `sender` is `Name <address>`."""

    host: str
    sender: str
    port: Port = 587
    tls: Tls = "starttls"
    user: str | None = None
    password_env: str | None = None
    ca_file: str | None = None
    timeout_s: Positive = 20.0
    pace: PaceSettings = PaceSettings(concurrency=8)


class SmsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The message centre (SMPP 3.4). `source` is the number or the name that recipients see.

    `password_env` names a variable; SMPP allows passwords of up to 8 characters.
    """

    host: str
    system_id: str
    password_env: str
    source: str
    port: Port = 2775
    system_type: str = ""
    timeout_s: Positive = 20.0
    pace: PaceSettings = PaceSettings(rate_per_s=50.0, concurrency=32)


class PushSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Web push. `contact` is `mailto:…` or `https://…`; the variable holds the private key in base64url."""

    contact: str
    key_env: str
    timeout_s: Positive = 10.0
    lasts_s: Count = 86_400
    allowed_networks: tuple[str, ...] = ()
    pace: PaceSettings = PaceSettings(concurrency=64)

    def __post_init__(self) -> None:
        """Known forms only."""
        if not self.contact.startswith(("mailto:", "https://")):
            raise ValueError("contact must begin with mailto: or https://")
        _check_networks(self.allowed_networks)


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks. Every target's signing secret is derived from the variable's.

    Targets must be `https` and public, but for those in `allowed_networks`, which may also be `http` when
    given by their address.
    """

    secret_env: str
    timeout_s: Positive = 10.0
    allowed_networks: tuple[str, ...] = ()
    pace: PaceSettings = PaceSettings(concurrency=64, tries=10)

    def __post_init__(self) -> None:
        """Known forms only."""
        _check_networks(self.allowed_networks)


class StaffSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Channels of the staff and social ones: a name, and the variable that holds its apprise URLs."""

    channels: dict[str, str] = {}
    timeout_s: Positive = 20.0
    pace: PaceSettings = PaceSettings(rate_per_s=1.0, burst=5, concurrency=2)


class DeliverySettings(msgspec.Struct, frozen=True, kw_only=True):
    """A way that is not set is not offered. Ended messages are kept so long, without address and text."""

    email: EmailSettings | None = None
    sms: SmsSettings | None = None
    push: PushSettings | None = None
    webhook: WebhookSettings | None = None
    staff: StaffSettings | None = None
    look_every_s: Positive = 0.1
    page: Count = 1_000
    keep_days: Count = 30


class DeliverySecrets(msgspec.Struct, frozen=True, kw_only=True):
    """What the variables hold; never in a file, a log or an error."""

    email_password: str = ""
    sms_password: str = ""
    push_key: str = ""
    webhook_secret: str = ""
    staff: dict[str, str] = {}

    def __repr__(self) -> str:
        """Nothing of it."""
        return "DeliverySecrets(…)"


def secret_variables(settings: DeliverySettings) -> dict[str, str]:
    """Which variables are needed: a setting's path (`email.password_env`) -> the variable's name."""
    named = {
        "email.password_env": settings.email.password_env if settings.email else None,
        "sms.password_env": settings.sms.password_env if settings.sms else None,
        "push.key_env": settings.push.key_env if settings.push else None,
        "webhook.secret_env": settings.webhook.secret_env if settings.webhook else None,
    }
    found = {setting: variable for setting, variable in named.items() if variable}
    if settings.staff:
        found |= {f"staff.channels.{name}": variable for name, variable in settings.staff.channels.items()}
    return found


def secrets_of(values: dict[str, str]) -> DeliverySecrets:
    """The secrets, of the values of `secret_variables` by the same paths."""
    prefix = "staff.channels."
    return DeliverySecrets(
        email_password=values.get("email.password_env", ""),
        sms_password=values.get("sms.password_env", ""),
        push_key=values.get("push.key_env", ""),
        webhook_secret=values.get("webhook.secret_env", ""),
        staff={path.removeprefix(prefix): url for path, url in values.items() if path.startswith(prefix)},
    )


def _check_networks(networks: tuple[str, ...]) -> None:
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise ValueError(f"{network!r} is not a network such as 10.0.0.0/8") from None

"""The message that carries a code. Source: Apple and WICG, Origin-bound one-time codes (its last line)."""

from datetime import datetime
from urllib.parse import urlsplit

from dawam.delivery import Message, Way
from dawam.web import Locale, text, text_n


def message(
    *, key: str, to: str, locale: Locale, code: str, site: str, lasts_minutes: int, expires_at: datetime
) -> Message:
    """By e-mail to an address, by SMS to a number. `key` must not tell the code."""
    lines: list[str] = [
        text("{code} is your code to sign in to Dawam.", locale, code=code),
        text_n(
            "It holds for {n} minute. We never ask for it on the phone or in a message.",
            "It holds for {n} minutes. We never ask for it on the phone or in a message.",
            lasts_minutes,
            locale,
        ),
    ]
    way = Way.EMAIL if "@" in to else Way.SMS
    if way is Way.SMS:
        lines += ["", f"@{urlsplit(site).hostname} #{code}"]
    return Message(
        key=key,
        way=way,
        to=to,
        locale=locale,
        subject=text("Your code to sign in", locale),
        body="\n".join(lines),
        urgent=True,
        expires_at=expires_at,
    )

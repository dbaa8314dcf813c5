"""Errors of the plain values: identifiers, money, time."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "id_malformed": Text(
        "{value} is not an identifier.",
        "Give the identifier as it was issued: 26 letters and digits, in upper case.",
    ),
    "currency_unknown": Text(
        "{currency} is not a currency of ISO 4217 with minor units.",
        "Give the currency's three capital letters, such as EGP.",
    ),
    "amount_malformed": Text(
        "{value} is not an amount.",
        "Write digits, a point before the decimals and, if needed, a sign; no grouping.",
    ),
    "amount_not_minor_units": Text(
        "{value} has more decimals than {currency} has.",
        "Write no more decimals than the currency has; nothing is rounded.",
    ),
    "amount_too_large": Text(
        "{value} is larger than any amount that can be kept.", "Give at most 2^63-1 minor units."
    ),
    "time_without_zone": Text(
        "The time {value} has no time zone.", "End it with Z for UTC, or with an offset such as +02:00."
    ),
    "time_malformed": Text(
        "{value} is not a time that can be understood.", "Write it by RFC 3339, such as 2026-11-21T10:42:00Z."
    ),
}

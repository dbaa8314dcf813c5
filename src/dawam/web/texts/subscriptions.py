"""Errors of subscriptions."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "subscription_way_closed": Text(
        "Messages are not sent in this way at the moment.", "Choose another way on the page."
    ),
    "subscription_code_wrong": Text(
        "This code does not fit, or its time is up.",
        "Look at the newest message and type its six digits; or ask for a new code.",
    ),
    "subscription_link_unknown": Text(
        "This link is not whole.", "Open the link of the newest message again, all of it."
    ),
    "subscription_ask_over": Text(
        "This question was answered already, or its time is up.", "Subscribe again to get a new message."
    ),
    "quiet_hours_incomplete": Text(
        "Quiet hours need a beginning and an end that differ.",
        "Give both times like 22:00 and 07:00, or none.",
    ),
}

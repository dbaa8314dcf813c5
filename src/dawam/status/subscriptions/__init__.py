"""Who wants to be told: by e-mail, SMS, web push or webhook, about an institution, in a language.

Promises: nobody is told who has not confirmed; whoever asks learns nothing about an address; one message an
event; quiet hours hold; stopping takes one click and no account. Page: docs/subscriptions.md.
"""

from dawam.status.subscriptions.model import Ask, Subscription, Wishes
from dawam.status.subscriptions.pages import TEMPLATES, page_routes
from dawam.status.subscriptions.service import Subscriptions
from dawam.status.subscriptions.settings import SubscriptionSettings
from dawam.status.subscriptions.tables import TABLES

__all__ = [
    "TABLES",
    "TEMPLATES",
    "Ask",
    "Subscription",
    "SubscriptionSettings",
    "Subscriptions",
    "Wishes",
    "page_routes",
]

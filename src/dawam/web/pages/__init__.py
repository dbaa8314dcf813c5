"""The shared shell of all pages: face, forms, rules, news, assets.

Promises: a route without a rule lets nobody in; no script or style stands in a page; a form counts only from
our own pages, and only from the browser that it was given to; a name from outside is shown, never obeyed.
Page: docs/pages.md.
"""

from dawam.web.pages.application import page_app
from dawam.web.pages.assets import asset, assets_route
from dawam.web.pages.face import DIRECTIONS, Face, in_locale, locale_of
from dawam.web.pages.failures import failure_pages
from dawam.web.pages.formats import amount, clock_time, day, hijri, in_a_list, moment, number, percent, span
from dawam.web.pages.forms import fields_of, form_of, form_token, shown_again
from dawam.web.pages.limits import RateLimit
from dawam.web.pages.live import Live, Reader, reader_of
from dawam.web.pages.places import place_of
from dawam.web.pages.rules import (
    FOR_ANYONE,
    FOR_APPS,
    FOR_CUSTOMERS,
    Audience,
    Rule,
    admit,
    for_staff,
    ruled,
    still_admitted,
)
from dawam.web.pages.settings import PageSettings
from dawam.web.pages.visitors import (
    ANYBODY,
    Kind,
    Role,
    Sessions,
    Visitor,
    key_of,
    new_key,
    set_cookie,
    visiting,
    visitor_of,
)

__all__ = [
    "ANYBODY",
    "DIRECTIONS",
    "FOR_ANYONE",
    "FOR_APPS",
    "FOR_CUSTOMERS",
    "Audience",
    "Face",
    "Kind",
    "Live",
    "PageSettings",
    "RateLimit",
    "Reader",
    "Role",
    "Rule",
    "Sessions",
    "Visitor",
    "admit",
    "amount",
    "asset",
    "assets_route",
    "clock_time",
    "day",
    "failure_pages",
    "fields_of",
    "for_staff",
    "form_of",
    "form_token",
    "hijri",
    "in_a_list",
    "in_locale",
    "key_of",
    "locale_of",
    "moment",
    "new_key",
    "number",
    "page_app",
    "percent",
    "place_of",
    "reader_of",
    "ruled",
    "set_cookie",
    "shown_again",
    "span",
    "still_admitted",
    "visiting",
    "visitor_of",
]

"""Every page that people see: one list, for accessibility and for screenshots.

A path may name `{institution}`, `{incident}` and `{window}`, which exist once the story was told, and what
letters link to: `{confirm}`, `{refuse}` and `{own}`.
"""

from typing import NamedTuple


class PageOf(NamedTuple):
    """A page, and as whom it is visited."""

    name: str
    path: str
    who: str = ""


PUBLIC = [
    PageOf("status-of-all", ""),
    PageOf("status", "/status/{institution}"),
    PageOf("status-days", "/status/{institution}/days"),
    PageOf("incident", "/incidents/{incident}"),
    PageOf("window", "/windows/{window}"),
    PageOf("calendar", "/calendar/{institution}"),
    PageOf("check", "/check"),
    PageOf("check-unknown", "/check?code=ABCD-EFGH"),
    PageOf("check-genuine", "/check?code={code}"),
    PageOf("subscribe", "/subscribe/{institution}"),
    PageOf("subscribe-push", "/subscribe/{institution}?way=push"),
    PageOf("subscribe-code", "/subscribe/{institution}/code/{incident}"),
    PageOf("subscription-confirm", "/subscriptions/confirm/{confirm}"),
    PageOf("subscription-refuse", "/subscriptions/refuse/{refuse}"),
    PageOf("subscription", "/subscriptions/{own}"),
    PageOf("subscription-new", "/subscriptions/{own}?new=1"),
    PageOf("sign-in", "/sign-in"),
    PageOf("console-sign-in", "/console/sign-in"),
    PageOf("offline", "/offline"),
    PageOf("not-found", "/no-such-page"),
    PageOf("design", "/design"),
]
CUSTOMER = [
    PageOf("home", "/home", "amina"),
    PageOf("account", "/accounts/1", "amina"),
    PageOf("send", "/send", "amina"),
    PageOf("cash-out", "/cash-out", "amina"),
    PageOf("cheques", "/cheques", "amina"),
    PageOf("complaints", "/complaints", "amina"),
    PageOf("security", "/security", "amina"),
]
STAFF = [
    PageOf("console", "/console", "operator"),
    PageOf("console-institution", "/console/institutions/{institution}", "operator"),
    PageOf("console-policy", "/console/institutions/{institution}/policy", "operator"),
    PageOf("console-windows", "/console/windows", "communicator"),
    PageOf("console-windows-calendar", "/console/windows/calendar", "communicator"),
    PageOf("console-plan", "/console/windows/plan", "communicator"),
    PageOf("console-window", "/console/windows/{window}", "communicator"),
    PageOf("console-incidents", "/console/incidents", "communicator"),
    PageOf("console-incident", "/console/incidents/{incident}", "communicator"),
    PageOf("console-approvals", "/console/approvals", "approver"),
    PageOf("console-parked", "/console/parked", "operator"),
    PageOf("console-trail", "/console/trail", "administrator"),
    PageOf("console-staff", "/console/staff", "administrator"),
    PageOf("console-member", "/console/staff/operator", "administrator"),
    PageOf("console-security", "/console/security", "viewer"),
]
PAGES = [*PUBLIC, *CUSTOMER, *STAFF]
LANGUAGES = ("ar", "fr", "en")
THEMES = ("light", "dark")

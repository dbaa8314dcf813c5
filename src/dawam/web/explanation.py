"""A failure in words that help: for HTTP answers, terminals and pages alike."""

import msgspec

from dawam.kernel import DawamError
from dawam.web.locale import Locale, text
from dawam.web.texts import TEXTS, TITLES, WORDS, Text


class Explanation(msgspec.Struct, frozen=True):
    """`title` says the kind, `detail` what and where, `action` what to do next."""

    code: str
    title: str
    detail: str
    action: str


def explain(error: DawamError, locale: Locale) -> Explanation:
    """The failure in a language; a code without a text shows its bare words and params."""
    says = TEXTS.get(error.code) or Text(str(error), "")
    params = _told(error.params, locale)
    return Explanation(
        code=error.code,
        title=text(TITLES.get(error.kind, TITLES["failure"]), locale),
        detail=text(says.detail, locale, **params),
        action=text(says.action, locale, **params) if says.action else "",
    )


def _told(params: dict[str, object], locale: Locale) -> dict[str, object]:
    """The params, with a reason that is our own in the language."""
    reason = params.get("reason")
    if isinstance(reason, str) and reason in WORDS:
        return {**params, "reason": text(WORDS[reason], locale)}
    return params

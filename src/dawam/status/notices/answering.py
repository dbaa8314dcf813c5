"""The answer to an SMS that asks whether a message is ours: short, whole, and never a link to press."""

from zoneinfo import ZoneInfo

from dawam.status.notices.model import Checked, Verdict
from dawam.status.notices.wording import NameOf, bare
from dawam.web import Locale, text
from dawam.web.pages import day


def said(checked: Checked, locale: Locale, *, name_of: NameOf, zone: ZoneInfo) -> str:
    """What was found, and what to do next."""
    notice = checked.notice
    if notice is None:
        return text(
            "We do not know this message. Do not press its links and give nobody a code or password. "
            "Call the number on your card.",
            locale,
        )
    told = {
        "institution": bare(name_of(notice.institution, locale)),
        "date": bare(day(notice.published_at, locale, zone)),
        "title": bare(notice.texts[locale].title),
    }
    if checked.verdict is Verdict.ALTERED:
        return text(
            "This message was changed and is not ours. {institution} said on {date}: “{title}”. "
            "Do not press its links; call the number on your card.",
            locale,
            **told,
        )
    if checked.verdict is Verdict.WITHDRAWN:
        return text("{institution} has taken this message back. It was of {date}: “{title}”.", locale, **told)
    if checked.whole:
        return text("Yes, this message is from {institution}, of {date}: “{title}”.", locale, **told)
    return text(
        "This code is from {institution}, of {date}: “{title}”. "
        "If your message says anything else, do not trust it.",
        locale,
        **told,
    )

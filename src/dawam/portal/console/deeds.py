"""The acts of the audit trail in words; what is kept is their code. One without words is shown as it is."""

from collections.abc import Callable

from dawam.portal.console import words
from dawam.portal.console.acts import Act
from dawam.web import Locale, shown, text

_ORDERS: dict[str, Callable[[str, Locale], str]] = {
    "ordered": lambda act, locale: text("{act}: ordered, waits for a second person", locale, act=act),
    "done": lambda act, locale: text("{act}: ordered and done", locale, act=act),
    "approved": lambda act, locale: text("{act}: agreed to and done", locale, act=act),
    "refused": lambda act, locale: text("{act}: refused", locale, act=act),
    "withdrawn": lambda act, locale: text("{act}: order taken back", locale, act=act),
}


def deed(act: str, locale: Locale) -> str:
    """An act of the trail as its readers call it."""
    for order in Act:
        word = act.removeprefix(f"{order.value}_")
        if word != act and word in _ORDERS:
            return _ORDERS[word](text(words.ACTS[order], locale), locale)
    return (_people(locale) | _incidents(locale) | _windows(locale)).get(act) or shown(act)


def _people(locale: Locale) -> dict[str, str]:
    return {
        "member_invited": text("Member of the staff invited", locale),
        "member_invited_again": text("Member of the staff invited again", locale),
        "member_changed": text("Roles of a member changed", locale),
        "member_dismissed": text("Member of the staff dismissed", locale),
        "invitation_accepted": text("Invitation accepted", locale),
        "signed_in": text("Signed in", locale),
        "sign_in_failed": text("Sign-in failed", locale),
        "signed_out": text("Signed out", locale),
        "session_ended": text("Session ended", locale),
        "sessions_ended": text("All other sessions ended", locale),
        "passkey_added": text("Passkey added", locale),
        "passkey_removed": text("Passkey removed", locale),
        "parked_word": text("Word on a parked case", locale),
    }


def _incidents(locale: Locale) -> dict[str, str]:
    return {
        "incident_confirmed": text("Incident confirmed", locale),
        "incident_updated": text("Incident updated", locale),
        "incident_eta": text("Expected end of an incident revised", locale),
        "incident_major": text("Incident classified as major", locale),
        "incident_impact": text("Cost of an incident estimated", locale),
        "incident_reported": text("Report sent to the regulator", locale),
        "incident_closed": text("Incident closed", locale),
        "incident_affected_exported": text("List of those affected taken", locale),
    }


def _windows(locale: Locale) -> dict[str, str]:
    return {
        "window_planned": text("Maintenance planned", locale),
        "window_reworded": text("Maintenance: texts changed", locale),
        "window_approved": text("Maintenance: short notice agreed to", locale),
        "window_announced": text("Maintenance announced", locale),
        "window_reminded": text("Maintenance: reminder sent", locale),
        "window_move_asked": text("Maintenance: another time asked for", locale),
        "window_move_dropped": text("Maintenance: another time dropped", locale),
        "window_moved": text("Maintenance moved", locale),
        "window_started": text("Maintenance started", locale),
        "window_extended": text("Maintenance extended", locale),
        "window_overran": text("Maintenance overran", locale),
        "window_finished": text("Maintenance finished", locale),
        "window_finished_early": text("Maintenance finished early", locale),
        "window_cancelled": text("Maintenance cancelled", locale),
        "window_lapsed": text("Maintenance lapsed, never announced", locale),
    }

"""Errors of incidents."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "incident_not_found": Text("There is no such incident.", "Look it up in the list of incidents."),
    "incident_report_missing": Text(
        "There is no report yet: the incident is not closed.", "Read what was said about it on its page."
    ),
    "incident_closed": Text("The incident is closed.", "What happens from now on is another incident."),
    "incident_confirmed_already": Text(
        "The incident was confirmed before.", "Look at what was said, and update it if more is to be said."
    ),
    "incident_over": Text(
        "Everything works normally again, so that no end is expected.", "Close the incident with its report."
    ),
    "incident_not_over": Text(
        "Not everything works normally yet, so that the incident cannot be closed.",
        "Wait until all services are back, or say when that is expected.",
    ),
    "incident_major_already": Text("The incident was classified as major before.", "Look at its clocks."),
    "incident_not_major": Text(
        "The incident is not classified as major, so that no report is due.",
        "Classify it as major first, if it is.",
    ),
    "incident_finding_missing": Text(
        "Cause or measures in the language {language} are missing.",
        "Write both in Arabic, French and English.",
    ),
    "incident_finding_too_long": Text(
        "Cause or measures in the language {language} are too long.", "Use at most {limit} characters each."
    ),
    "eta_in_the_past": Text(
        "The expected end lies in the past.", "Give a time ahead, or say that it cannot be said."
    ),
    "eta_too_far": Text(
        "The expected end is more than {days} days away.",
        "Give a nearer time, or say that it cannot be said.",
    ),
    "eta_malformed": Text(
        "The expected end is not a date and a time.", "Enter both, or say that it cannot be said."
    ),
    "impact_out_of_range": Text(
        "The cost is not a number of whole euros.", "Enter 0 or more, without decimals."
    ),
    "report_unknown": Text("There is no such report.", "Use one of these: {known}."),
    "report_sent_already": Text(
        "This report was marked as sent before.", "Look at the clocks of the incident."
    ),
}

"""Errors of the shell of all pages: rules, forms, tries."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "rule_missing": Text(
        "This page is not open to anybody, because nobody has said for whom it is.",
        "Tell the operator the address of the page.",
    ),
    "sign_in_needed": Text("This is for people who have signed in.", "Sign in, and you come back here."),
    "session_over": Text(
        "Your session has ended, so nothing was done.",
        "Sign in again, then send the form once more; the page for signing in says why it ended.",
    ),
    "access_ended": Text(
        "An administrator has ended your access, so nothing was done.",
        "If you did not expect this, speak to them.",
    ),
    "roles_changed": Text(
        "An administrator has changed your roles, so nothing was done.",
        "Sign in again to go on with them.",
    ),
    "role_missing": Text("Your role does not include this.", "Ask an administrator if your work needs it."),
    "form_foreign": Text(
        "This form was sent from another website, so nothing was done.",
        "Open the page here and send the form from it.",
    ),
    "form_stale": Text(
        "This form is no longer valid, so nothing was done.",
        "Open the page again and send the form once more.",
    ),
    "form_malformed": Text(
        "The form did not arrive in a shape that can be read, so nothing was done.",
        "Go back, check what you entered, and send it again.",
    ),
    "form_field_missing": Text("The field {field} is empty.", "Fill it in and send the form again."),
    "form_field_invalid": Text(
        "What stands in the field {field} cannot be used.", "Correct it and send the form again."
    ),
    "too_many_tries": Text(
        "There were too many tries in a short time.", "Wait {wait_s} seconds, then try again."
    ),
    "live_place_full": Text(
        "From here too many pages are open that get news by themselves.",
        "Close some of them; this page tries again by itself, or load it anew.",
    ),
    "live_full": Text(
        "Too many pages are open that get news by themselves.",
        "This page tries again by itself; to see what is new at once, load it anew.",
    ),
}

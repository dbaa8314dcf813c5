"""Errors of people: customers, staff, passkeys, codes, the trail."""

from dawam.web.texts.text import Text

_AGAIN = "Press the button once more."
_OTHER_PASSKEY = "Try again with a passkey that you have made here, or sign in another way."

TEXTS: dict[str, Text] = {
    "phone_malformed": Text(
        "This is not a telephone number.",
        "Write it with its digits, such as 0100 123 4567 or +20 100 123 4567.",
    ),
    "email_malformed": Text("This is not an e-mail address.", "Write it like name@example.com."),
    "customer_unnamed": Text(
        "The customer's name is missing or longer than {longest} characters.",
        "Give the name as it is registered.",
    ),
    "customer_unreachable": Text(
        "The customer has neither a telephone number nor an e-mail address.", "Give at least one of them."
    ),
    "contact_taken": Text(
        "This telephone number or e-mail address belongs to another customer.",
        "Correct it, or change the other customer first.",
    ),
    "account_taken": Text(
        "This account at {institution} belongs to another customer.",
        "Correct the account, or change the other customer first.",
    ),
    "people_file_unreadable": Text("The file {file} cannot be read: {reason}.", "Give a CSV file in UTF-8."),
    "people_database_in_use": Text(
        "The database {file} is in use, most likely by a running node.",
        "Invite and dismiss on that node's page /en/console/staff, or stop the node and repeat the command.",
    ),
    "people_columns_wrong": Text(
        "The first line of {file} must name the columns {columns}; it lacks or has beside them: {wrong}.",
        "Correct the first line.",
    ),
    "people_row_malformed": Text(
        "This line is no row of the table: {reason}.",
        "Give each line all columns, with quotes around commas.",
    ),
    "customer_id_malformed": Text(
        "The customer's id is missing or longer than {longest} characters.",
        "Give the number or word by which the institution knows the customer.",
    ),
    "customer_locale_unknown": Text("The language {locale} is not known.", "Write ar, fr or en."),
    "holding_malformed": Text(
        "An account needs its institution and its number, each of {longest} characters at most.",
        "Give both, or leave both empty.",
    ),
    "account_twice": Text(
        "This account at {institution} stands at two customers.", "Leave it with the one whose it is."
    ),
    "member_unnamed": Text(
        "The name is missing or longer than {longest} characters.", "Give the name that colleagues know."
    ),
    "member_roles_missing": Text("No role is chosen.", "Choose at least one."),
    "member_not_found": Text("There is no such member of the staff.", "Go back to the list of the staff."),
    "invitation_differs": Text(
        "This form was sent before with other particulars.", "Open the page again and fill it in anew."
    ),
    "member_is_yourself": Text(
        "Nobody changes their own roles or dismisses themselves.", "Ask another administrator."
    ),
    "institution_not_yours": Text(
        "You may only change staff of your own institutions.",
        "Choose one of your institutions, or ask an administrator of all.",
    ),
    "administrator_last": Text(
        "This is the last administrator of all institutions.", "Make somebody else administrator first."
    ),
    "invitation_unknown": Text(
        "This link of an invitation is not known; a newer one may have taken its place.",
        "Ask an administrator for a new one.",
    ),
    "invitation_used": Text(
        "This link was used already.", "Sign in with your passkey; if it was not you, tell an administrator."
    ),
    "invitation_expired": Text("This link holds no longer.", "Ask an administrator for a new one."),
    "code_wrong": Text(
        "This is not the code that we sent. Tries left: {left}.", "Look at the message again."
    ),
    "code_gone": Text("No code holds any longer.", "Ask for another one."),
    "passkey_malformed": Text("What the browser said of the passkey cannot be read.", _AGAIN),
    "passkey_too_late": Text("Too much time has passed since the button was pressed.", _AGAIN),
    "passkey_foreign": Text(
        "The passkey was shown on another site, {origin}, and not on ours. Somebody may imitate our pages.",
        "Close that page, open {expected} yourself and sign in there.",
    ),
    "passkey_unknown": Text("This passkey is not known here.", _OTHER_PASSKEY),
    "passkey_unverified": Text(
        "Your device did not make sure that it is you.",
        "Try again and give your fingerprint, your face or the PIN of your device.",
    ),
    "passkey_copied": Text(
        "This passkey was used somewhere else meanwhile; it may have been copied.",
        "Sign in another way, remove this passkey and make a new one.",
    ),
    "passkey_refused": Text("The passkey cannot be accepted.", _OTHER_PASSKEY),
    "passkey_known": Text("This passkey is registered already.", "Sign in with it."),
    "passkeys_too_many": Text("Nobody has more than {most} passkeys.", "Remove one that you do not use."),
    "passkey_not_found": Text("There is no such passkey.", "Look at the list of your passkeys again."),
    "passkey_last": Text(
        "This is your only passkey, and staff sign in by passkey only.", "Add another one first."
    ),
    "session_not_found": Text("This session has ended already.", "Look at the list of your sessions again."),
    "sign_in_not_recent": Text(
        "You signed in some time ago.",
        "Sign in again, so that we know that it is you, and repeat the change.",
    ),
    "trail_entry_too_long": Text(
        "The entry is too long: its subject holds {subject_max} characters, its reason {reason_max}.",
        "Shorten the reason.",
    ),
}

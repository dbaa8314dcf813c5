"""Errors of the wallet core."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "account_not_found": Text("There is no such account.", "Check the account's number."),
    "payment_not_found": Text(
        "No payment with this id is known here.", "Check the id; if it was never sent, it may be sent now."
    ),
    "payment_mismatch": Text(
        "This payment id is known with other particulars.", "Use a new id for a new payment."
    ),
    "wallet_open_to_network": Text(
        "On {host} everybody on the network could pay, for no token is set.",
        "Name one with --token-env, or listen on 127.0.0.1.",
    ),
    "account_exists": Text(
        "The account at position {index} of the list exists already.", "Leave it out, or choose another name."
    ),
    "account_closed": Text("The account is closed.", "Open a new account; a closed one stays closed."),
    "account_not_at_zero": Text(
        "The account does not stand at zero.", "Pay out what is in it, or bring it up to zero, then close it."
    ),
    "account_text_invalid": Text(
        "The account name at position {index} of the list is not usable.",
        "Give 1 to 64 visible characters without spaces and without / ? # %.",
    ),
    "provider_invalid": Text(
        "The provider at position {index} of the list is not usable.",
        "Give lower-case letters and digits, a letter first, at most 16.",
    ),
    "overdraft_invalid": Text(
        "The overdraft at position {index} of the list is not usable.",
        "Give whole minor units, 0 or more and less than 2^62.",
    ),
    "booking_amount_invalid": Text(
        "The amount at position {index} of the list is zero or too large.",
        "Give minor units between -(2^63-1) and 2^63-1 that leave the balance within the same bounds.",
    ),
    "booking_account_unknown": Text(
        "The account at position {index} of the list does not exist; nothing of the list was booked.",
        "Open the account first, or correct its name.",
    ),
    "booking_account_closed": Text(
        "The account at position {index} of the list is closed; nothing of the list was booked.",
        "Leave the booking out, or book to another account.",
    ),
    "booking_below_zero": Text(
        "The booking at position {index} of the list would take its account below its limit; "
        "nothing of the list was booked.",
        "Open the account with may_go_below_zero, or correct the amount.",
    ),
    "booking_moment_invalid": Text(
        "The moment at position {index} of the list is not between 1970 and 2200; "
        "nothing of the list was booked.",
        "Correct booked_at, or leave it out.",
    ),
    "wallet_books_disagree": Text(
        "The ledger refused what the wallet had decided: {rule}.",
        "Stop the wallet core, keep its database, and audit the ledger.",
    ),
    "admin_token_empty": Text(
        "The environment variable {variable} holds no token.",
        "Set it before the start, or leave the option out to run without admin calls.",
    ),
}

"""What an error says in English: code -> (what and where, what to do next). One place per code.

The Arabic and French of each text stand in `locale/ar.po` and `locale/fr.po` under the English one.
`{names}` are the error's params. Titles belong to the kinds, so that a title never changes.
"""

from typing import NamedTuple


class Text(NamedTuple):
    """`detail`: what went wrong and where; `action`: what to do next."""

    detail: str
    action: str


TITLES: dict[str, str] = {
    "invalid_input": "The request cannot be accepted",
    "not_found": "Not found",
    "conflict": "It contradicts what was accepted before",
    "forbidden": "Not allowed",
    "unavailable": "Not possible at the moment",
    "integrity_broken": "The books contradict themselves",
    "failure": "Something went wrong on our side",
}

TEXTS: dict[str, Text] = {
    # web
    "internal_error": Text(
        "An unforeseen error happened; it has been recorded.",
        "Try again later; if it stays, tell the operator the time of your request.",
    ),
    "route_not_found": Text(
        "There is nothing at this address.", "Check the address against the description of the interface."
    ),
    "method_not_allowed": Text(
        "This address does not take {method}.", "Use one of the methods in the Allow header."
    ),
    "media_type_unsupported": Text(
        "The body's media type is not supported.", "Send the body as application/json."
    ),
    "request_invalid": Text(
        "The request cannot be understood.", "Check the request against the description of the interface."
    ),
    "parameter_invalid": Text(
        "The parameter {parameter} is not valid: {reason}.", "Correct the parameter and send it again."
    ),
    "body_not_json": Text("The body is not valid JSON: {reason}.", "Send one JSON value in UTF-8."),
    "body_too_large": Text("The body is larger than {limit_bytes} bytes.", "Send less at a time."),
    "body_too_deep": Text(
        "The body is nested deeper than {limit} levels.", "Send the plain structure of the interface."
    ),
    "body_field_unknown": Text(
        "The field {field} at {where} is not known.", "Remove the field, or correct its spelling."
    ),
    "body_field_missing": Text("The field {field} at {where} is missing.", "Add the field."),
    "body_field_invalid": Text(
        "The value at {where} is not acceptable: {reason}.", "Correct the value and send it again."
    ),
    "token_missing": Text(
        "This needs a bearer token.", "Send the header Authorization: Bearer with your token."
    ),
    "token_wrong": Text(
        "The bearer token is not known.", "Check the token, or ask the operator for a new one."
    ),
    "port_in_use": Text(
        "Port {port} on {host} is taken by another program.",
        "Stop that program, choose another port, or use port 0 for a free one.",
    ),
    "address_unusable": Text(
        "It is not possible to listen on {host} port {port}: {reason}.",
        "Choose an address of this machine and a port that you may use.",
    ),
    # wallet
    "account_not_found": Text("There is no such account.", "Check the account's number."),
    "payment_not_found": Text(
        "No payment with this id is known here.", "Check the id; if it was never sent, it may be sent now."
    ),
    "payment_mismatch": Text(
        "This payment id is known with other particulars.", "Use a new id for a new payment."
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
    "wallet_books_disagree": Text(
        "The ledger refused what the wallet had decided: {rule}.",
        "Stop the wallet core, keep its database, and audit the ledger.",
    ),
    "admin_token_empty": Text(
        "The environment variable {variable} holds no token.",
        "Set it before the start, or leave the option out to run without admin calls.",
    ),
}

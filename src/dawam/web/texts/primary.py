"""Errors on the way to a primary, in its feed and in the mirror."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "primary_unreachable": Text(
        "The institution's system cannot be reached.", "Check its address, and try again in a moment."
    ),
    "primary_timeout": Text("The institution's system did not answer in time.", "Try again in a moment."),
    "primary_error": Text(
        "The institution's system answered with an error: {detail}.",
        "Try again in a moment; if it stays, its own log says why.",
    ),
    "primary_malformed": Text(
        "The institution's system gave an answer that cannot be used: {detail}.",
        "Hold its adapter against docs/primary-contract.md.",
    ),
    "primary_url_malformed": Text(
        "The address of the primary is not usable.",
        "Write http:// or https:// and the host, if needed a port and a path; no user name and no query.",
    ),
    "institution_name_invalid": Text(
        "An institution's name of {length} characters cannot be used.", "Give a name of 1 to 80 characters."
    ),
    "amount_out_of_range": Text(
        "The amount to hold is not positive, or too large.", "Give 1 to 2^63-1 minor units."
    ),
    "account_not_mirrored": Text(
        "The account is not in the mirror of {institution}.",
        "Check the account's number; a new account comes with its first booking.",
    ),
    "hold_refused": Text(
        "The ledger refused the hold for payment {payment_id}: {result}.",
        "Use a new id for a new payment; if it stays, audit the books with dawam ledger audit.",
    ),
    "hold_differs": Text(
        "Payment {payment_id} already holds another amount, or on another account.",
        "Use a new id for a new payment.",
    ),
    "mirror_not_empty": Text(
        "The mirror of {institution} is not empty.",
        "A snapshot fills only an empty mirror: let the feed go on, or begin with a new database.",
    ),
    "feed_gap": Text(
        "Event {expected} is missing from the feed, which goes on to {found}.",
        "Let the primary publish the missing events; until then nothing after the gap is counted.",
    ),
    "feed_went_back": Text(
        "The feed ends at event {found}; we already have event {have}.",
        "Connect the primary's live feed: this one looks like an old copy.",
    ),
    "feed_duplicate_differs": Text(
        "Event {seq} came again and says something else than before.",
        "Find out at the primary which of the two is right; until then nothing more is taken over.",
    ),
    "feed_event_malformed": Text(
        "The field {field} of event {seq} cannot be right.",
        "Correct the event at the primary; it will be asked for again.",
    ),
    "feed_booked_in_future": Text(
        "Event {seq} is booked further in the future than is allowed.",
        "Check the primary's clock; booked_ahead_s says how far ahead is allowed.",
    ),
    "feed_currency_differs": Text(
        "Event {seq} is in {found}; its account is kept in {expected}.",
        "Correct the event at the primary: an account has one currency.",
    ),
    "feed_currency_unknown": Text(
        "The currency {currency} of event {seq} is not one of ISO 4217 with minor units.",
        "Correct the currency at the primary; the event will be asked for again.",
    ),
    "feed_contradicts": Text(
        "The balance after event {seq} does not follow from the one before, even within "
        "{tolerance_minor} minor units.",
        "Find out at the primary which is right; raise rounding_tolerance_minor only if the primary rounds.",
    ),
    "snapshot_malformed": Text(
        "The field {field} on line {line} of the primary's snapshot cannot be right.",
        "Have the primary write the snapshot again; nothing of this one was kept.",
    ),
    "snapshot_contradicts": Text(
        "The primary's snapshot says something else than its feed for {wrong} of {checked} accounts.",
        "Find out at the primary which is right; until then no balance is shown, and it is asked again.",
    ),
    "mirror_posting_refused": Text(
        "The ledger refused event {seq} of {institution}: {result}.",
        "Stop the node, keep its database, and audit the books with dawam ledger audit.",
    ),
}

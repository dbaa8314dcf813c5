"""Errors of the stand-in and of the people who command it."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "idempotency_mismatch": Text(
        "This Idempotency-Key belongs to a payment with other particulars.",
        "Use a new key for a new payment, or repeat the earlier one unchanged.",
    ),
    "page_unknown": Text(
        "No page of the statement begins at {before}.",
        "Send the next of the page before, unchanged, or leave it out to begin with the newest entry.",
    ),
    "capability_unknown": Text(
        "There is no capability {capability}.", "Use balance, payment, withdrawal, cheque or statement."
    ),
    "advice_not_parked": Text(
        "No decision {advice_id} is waiting for people.",
        "Look at the list of parked decisions; it may already be settled.",
    ),
    "settlement_unknown": Text(
        "{action} is not a way to settle a parked decision.", "Use retry or write_off."
    ),
    "second_person_needed": Text(
        "You have already given your word on this decision.",
        "A second member of the staff must say the same, on the console or with a token of their own.",
    ),
    "member_needed": Text(
        "Two members of the staff settle this, and the token's name is the id of none.",
        "Name the token in [operators] by its owner's id, as dawam people staff lists it, or use the "
        "console.",
    ),
    "settlement_differs": Text(
        "The first person said {proposed}, you said {given}; nothing was settled.",
        "Agree with each other, then say the same.",
    ),
}

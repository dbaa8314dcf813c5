"""Errors of the ledger."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "account_field_out_of_range": Text(
        "The account's field {field} does not fit into {bits} bits.",
        "Give a whole number, 0 or more, within that width.",
    ),
    "transfer_field_out_of_range": Text(
        "The transfer's field {field} does not fit into {bits} bits.",
        "Give a whole number within that width.",
    ),
    "statement_position_unknown": Text(
        "The account has no entry at position {before}.",
        "Begin again from the newest entry, without a position.",
    ),
}

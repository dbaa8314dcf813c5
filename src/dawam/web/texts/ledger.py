"""Errors of the ledger."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "account_field_out_of_range": Text(
        "The account's field {field} does not fit into {bits} bits.",
        "Give a whole number, 0 or more, within that width.",
    ),
    "account_terms_out_of_range": Text(
        "The account's term {field} is not between {lowest} and {highest}.",
        "Give whole minor units within these bounds, or leave the term out.",
    ),
    "account_terms_contradict": Text(
        "No balance can meet both the account's {field} and its balance_max.",
        "Raise balance_max, or lower what the other term asks for.",
    ),
    "transfer_field_out_of_range": Text(
        "The transfer's field {field} does not fit into {bits} bits.",
        "Give a whole number within that width.",
    ),
    "batch_too_large": Text(
        "{count} events are more than the {limit} that one call may create.",
        "Give them in several calls; linked events must stay in one.",
    ),
    "statement_position_unknown": Text(
        "The account has no entry at position {before}.",
        "Begin again from the newest entry, without a position.",
    ),
    "chart_path_malformed": Text(
        "{path} is not a path of the chart of accounts.",
        "Write one of the five roots, then segments of a-z, 0-9, - and _, such as assets:cash:egp.",
    ),
    "chart_path_taken": Text(
        "The path {path} already names another account.",
        "Choose another path; a path names one account for ever.",
    ),
    "chart_account_named": Text(
        "The account {account} already has the path {path}.",
        "Use that path; an account keeps its path for ever.",
    ),
    "chart_account_unknown": Text(
        "The account that was to have the path {path} does not exist.",
        "Open the account first, in the same transaction or before.",
    ),
    "conversion_same_currency": Text(
        "Both sides of the conversion are in ledger {ledger}.",
        "Post a plain transfer; a conversion needs two currencies.",
    ),
    "conversion_id_invalid": Text(
        "The conversion's id is not between 1 and 2^128-2.",
        "Give it a new id, as for a transfer.",
    ),
    "conversion_rate_invalid": Text(
        "The rate is not a fraction of two whole numbers between 1 and 2^63-1.",
        "Give a rate above zero, as a fraction of minor units or with at most 19 digits.",
    ),
    "conversion_amount_invalid": Text(
        "An amount of the conversion is not between 1 and 2^63-1 minor units.",
        "Convert a smaller amount, above zero.",
    ),
    "conversion_too_small": Text(
        "The amount gives less than one minor unit of the other currency.",
        "Convert a larger amount; nothing is taken for nothing.",
    ),
    "conversion_amount_differs": Text(
        "The conversion's amounts do not agree with its rate and rounding.",
        "Take the amounts from a quote at that rate.",
    ),
    "conversion_leg_unsuitable": Text(
        "A further leg of the conversion is neither plain nor pending.",
        "Post or void holds, and balance or close accounts, in a call of their own.",
    ),
    "metadata_too_large": Text(
        "The metadata has more than {keys_max} keys or {bytes_max} bytes.",
        "Keep the rest elsewhere, and only a reference to it here.",
    ),
    "metadata_malformed": Text(
        "The metadata is not a JSON object in its one canonical form.",
        "Give an object; bytes must be those of RFC 8785, with every key once.",
    ),
    "metadata_entry_malformed": Text(
        "Entry {position} of the metadata is no text, whole number up to 2^53-1 or boolean under a key.",
        "Correct that entry; keys are not empty, and each stands once.",
    ),
    "export_exists": Text(
        "The export's target {file} exists already.",
        "Name a target that does not exist; nothing is overwritten.",
    ),
    "export_unwritable": Text(
        "The export cannot be written to {file}: {reason}. Nothing of it was left behind.",
        "Check the disk's free space and your rights there, then export again.",
    ),
    "export_format_unknown": Text(
        "There is no export format {format}.",
        "Use one of these: {known}.",
    ),
}

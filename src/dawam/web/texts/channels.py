"""Errors of the channel contract and of commanding a node."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "balance_withheld": Text(
        "No balance is shown, because none can be proved at the moment: {reason}.",
        "Ask again in a moment. A balance that is not shown does not mean zero.",
    ),
    "account_malformed": Text(
        "The field {field}, {length} characters long, is not a usable account.",
        "Give 1 to {longest} visible characters, without a space at either end.",
    ),
    "accounts_equal": Text("The payment goes from an account to itself.", "Name two different accounts."),
    "invalid_amount": Text(
        "The amount is not a whole number from 1 to {most} minor units.",
        "Correct amount_minor: 12.40 EGP is 1240.",
    ),
    "payment_kind_unknown": Text("This kind of payment is not known.", "Use one of these: {kinds}."),
    "idempotency_key_missing": Text(
        "The header Idempotency-Key is missing.",
        "Send a key of your own with each payment, and the same key when you repeat it.",
    ),
    "idempotency_key_malformed": Text(
        "The header Idempotency-Key is not usable.",
        "Give 1 to {longest} visible ASCII characters, without spaces.",
    ),
    "limit_out_of_range": Text(
        "The limit is not a number from 1 to {most}.", "Ask for fewer entries, page by page."
    ),
    "cursor_malformed": Text(
        "The value of before is not a place in a statement.",
        "Send the next of the page before, unchanged, or leave it out to begin with the newest entry.",
    ),
    "reason_malformed": Text(
        "The reason is empty, too long, or more than one line.",
        "Say why, on one line of 1 to {longest} characters.",
    ),
    "institution_not_found": Text(
        "No institution {institution} is known here.", "Check the name against the configuration."
    ),
    "operator_dismissed": Text(
        "The person whose token this is has left the staff.",
        "Take the token out of [operators] in the configuration.",
    ),
    "channel_open_to_network": Text(
        "On {host} everybody on the network could ask, for no token is set.",
        "Set channels.token_sha256, or listen on 127.0.0.1.",
    ),
    "node_url_malformed": Text(
        "{url} is not the address of a node.", "Write http:// or https://, the host and, if needed, the port."
    ),
    "node_unreachable": Text(
        "The node at {url} cannot be reached: {reason}.",
        "Check --url, and that dawam serve is running there.",
    ),
    "node_answer_unusable": Text(
        "What came from {url} is not the answer of a Dawam node.",
        "Check --url; another program may be listening there.",
    ),
}

"""Errors of checkpoints and proofs."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "checkpoint_malformed": Text(
        "The checkpoint cannot be read from line {line} on.",
        "Give the whole file as it was published, with its signatures.",
    ),
    "checkpoint_of_another_log": Text(
        "The checkpoint is of the log {log}, not of {expected}.",
        "Give a checkpoint and a key of the same log.",
    ),
    "checkpoint_signature_missing": Text(
        "The checkpoint is not signed by {key}.",
        "Do not believe it; get the checkpoint and the key from where the institution publishes them.",
    ),
    "checkpoint_signature_wrong": Text(
        "The checkpoint bears a signature of {key} that does not fit its text.",
        "Do not believe it; keep it, and get the checkpoint again from where it is published.",
    ),
    "checkpoint_without_balances": Text(
        "The checkpoint says nothing of balances in ledger {ledger}.",
        "Ask for a proof against a checkpoint that does.",
    ),
    "verifying_key_malformed": Text(
        "The log's public key cannot be read.",
        "Give the one line name+id+key as the institution publishes it.",
    ),
    "signing_key_malformed": Text(
        "The signing key cannot be read.",
        "Give the one line that begins with PRIVATE+KEY, or make a new key.",
    ),
    "log_name_malformed": Text(
        "{name} cannot name a log: spaces, plus signs and control characters have no place in it.",
        "Choose a name such as ledger.example.org/books.",
    ),
    "proof_malformed": Text(
        "The proof cannot be read from line {line} on.",
        "Give the file as it was made, unchanged.",
    ),
    "proof_truncated": Text(
        "The proof ends before its last line.",
        "Give the whole file.",
    ),
    "proof_of_another_log": Text(
        "The proof is of the log {log}, the checkpoint of {expected}.",
        "Give a checkpoint of the log that the proof names.",
    ),
    "proof_of_another_checkpoint": Text(
        "The proof belongs to the checkpoint of {size} records, not to that of {expected}.",
        "Give the checkpoint of the size that the proof names.",
    ),
    "proof_contradicts_checkpoint": Text(
        "The proof does not lead to what the checkpoint says: no such balance was counted in it.",
        "Ask the institution for a new proof, and keep both files: they are evidence.",
    ),
    "growth_contradicts_checkpoints": Text(
        "It is not shown that the log of {new} records begins with that of {old}.",
        "Ask the institution for a new proof; if there is none, records were changed: keep both checkpoints.",
    ),
    "balances_unequal": Text(
        "In ledger {ledger} the accounts do not add up to zero.",
        "Stop the node, keep its database, and audit the books with dawam ledger audit.",
    ),
    "balances_differ": Text(
        "In ledger {ledger} the balances from account {first} on are not those that their tree was built of.",
        "Build the tree again; if it stays, audit the books with dawam ledger audit.",
    ),
}

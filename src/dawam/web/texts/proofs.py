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
    "proof_not_available": Text(
        "There is no signed checkpoint yet against which this could be proved.",
        "Ask again after the next checkpoint; dawam ledger checkpoint makes one.",
    ),
    "newer_than_checkpoint": Text(
        "That is newer than the last checkpoint, of {size} records.",
        "Ask again after the next checkpoint.",
    ),
    "ledger_account_unknown": Text(
        "No account {account} is in the books.",
        "Give its path in the chart, its ULID, or its id as a decimal number.",
    ),
    "id_ambiguous": Text(
        "{value} can be a ULID and a decimal number, and both are in the books.",
        "Write the one that you mean as a decimal number with a zero before it.",
    ),
    "transfer_unknown": Text(
        "No transfer {transfer} is in the books.",
        "Give its id as a ULID or as a decimal number.",
    ),
    "record_unknown": Text(
        "The journal has no record at position {seq}.",
        "Positions begin at 1; dawam ledger audit says how many records there are.",
    ),
    "record_contradicts_checkpoint": Text(
        "The proof does not lead to the checkpoint's root: record {index} of the log is another one.",
        "Ask the institution for a new proof, and keep both files: they are evidence.",
    ),
    "checkpoint_beyond_journal": Text(
        "The checkpoint is of {size} records; the last one of these books is of {end}.",
        "Check that it is these books' own; if it is, records are missing: keep it, and look for a later "
        "copy of the database.",
    ),
    "journal_empty": Text(
        "The journal has no record yet: there is nothing to sign.",
        "Open accounts first.",
    ),
    "journal_contradicts_checkpoint": Text(
        "The records do not lead to the root that was sealed at record {size}.",
        "Sign nothing, keep the database, and audit the books with dawam ledger audit.",
    ),
    "signing_key_missing": Text(
        "This node has no signing key, so that it makes no checkpoints of balances.",
        "Make one with dawam ledger key, and name its file in ledger.signing_key_file.",
    ),
    "signing_key_of_another_log": Text(
        "The signing key is of the log {log}; these books are the log {expected}.",
        "Give the key file of these books; a new key must bear the same name.",
    ),
    "file_missing": Text(
        "There is no file {file}.",
        "Check the path.",
    ),
    "file_unreadable": Text(
        "The file {file} cannot be read: {reason}.",
        "Check the path and that you may read the file.",
    ),
    "file_exists": Text(
        "The file {file} exists already.",
        "Name a file that does not exist; nothing is overwritten.",
    ),
    "file_unwritable": Text(
        "The file {file} cannot be written: {reason}.",
        "Check that its folder exists, its free space, and that you may write there.",
    ),
}

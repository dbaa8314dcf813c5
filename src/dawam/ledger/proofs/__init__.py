"""Proofs for those who do not trust us: checkpoints, trees of balances, and files that anybody can verify.

Promises: a checkpoint is believed only with its log's signature; a balance is proved only if it was counted
in the published sums; whatever is given instead of a proof ends as an InvalidInput, never as a traceback.
Pure, but for `service` and `making`, which read the books, and `keys`, which reads files.
Page: docs/proofs.md.
"""

from dawam.ledger.proofs.balances import (
    BLOCK,
    BalanceProof,
    BalancesRoot,
    BalancesTree,
    Leaves,
    verify_balance,
)
from dawam.ledger.proofs.checkpoint import (
    Checkpoint,
    Cosignature,
    SignedCheckpoint,
    cosign,
    cosignatures,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    time_line,
)
from dawam.ledger.proofs.files import (
    ProvedBalance,
    balances_line,
    balances_roots,
    format_proof,
    parse_proof,
    verify,
)
from dawam.ledger.proofs.growth import Growth, format_growth, parse_growth, verify_growth
from dawam.ledger.proofs.inclusion import (
    ProvedRecord,
    RecordProof,
    format_record,
    parse_record,
    verify_record,
)
from dawam.ledger.proofs.keys import read_file, read_signing_key, salt_key, write_file
from dawam.ledger.proofs.making import Checkpointed, sealing
from dawam.ledger.proofs.notes import LOG_KEY, WITNESS_KEY, NoteSignature, SigningKey, VerifyingKey
from dawam.ledger.proofs.service import AccountProof, Proofs, Proved
from dawam.ledger.proofs.tables import TABLES

__all__ = [
    "BLOCK",
    "LOG_KEY",
    "TABLES",
    "WITNESS_KEY",
    "AccountProof",
    "BalanceProof",
    "BalancesRoot",
    "BalancesTree",
    "Checkpoint",
    "Checkpointed",
    "Cosignature",
    "Growth",
    "Leaves",
    "NoteSignature",
    "Proofs",
    "Proved",
    "ProvedBalance",
    "ProvedRecord",
    "RecordProof",
    "SignedCheckpoint",
    "SigningKey",
    "VerifyingKey",
    "balances_line",
    "balances_roots",
    "cosign",
    "cosignatures",
    "format_growth",
    "format_proof",
    "format_record",
    "open_checkpoint",
    "parse_growth",
    "parse_proof",
    "parse_record",
    "read_checkpoint",
    "read_file",
    "read_signing_key",
    "salt_key",
    "sealing",
    "sign_checkpoint",
    "time_line",
    "verify",
    "verify_balance",
    "verify_growth",
    "verify_record",
    "write_file",
]

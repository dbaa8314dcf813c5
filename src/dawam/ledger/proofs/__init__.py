"""Proofs for those who do not trust us: checkpoints, trees of balances, and files that anybody can verify.

Promises: a checkpoint is believed only with its log's signature; a balance is proved only if it was counted
in the published sums; whatever is given instead of a proof ends as an InvalidInput, never as a traceback.
Pure: no I/O, no clock, no chance. Page: docs/proofs.md.
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
from dawam.ledger.proofs.notes import LOG_KEY, WITNESS_KEY, NoteSignature, SigningKey, VerifyingKey

__all__ = [
    "BLOCK",
    "LOG_KEY",
    "WITNESS_KEY",
    "BalanceProof",
    "BalancesRoot",
    "BalancesTree",
    "Checkpoint",
    "Cosignature",
    "Growth",
    "Leaves",
    "NoteSignature",
    "ProvedBalance",
    "SignedCheckpoint",
    "SigningKey",
    "VerifyingKey",
    "balances_line",
    "balances_roots",
    "cosign",
    "cosignatures",
    "format_growth",
    "format_proof",
    "open_checkpoint",
    "parse_growth",
    "parse_proof",
    "read_checkpoint",
    "sign_checkpoint",
    "time_line",
    "verify",
    "verify_balance",
    "verify_growth",
]

"""How much of everything: what is measured by default, what with `--full`, and what with `--smoke`."""

from dataclasses import dataclass, replace

from dawam.ledger.books import INDEX_EVERY

_BATCH = 8_189  # as many as one message of TigerBeetle's holds


@dataclass(frozen=True)
class Sizes:
    """The sizes of one run."""

    seed: int = 1
    batch: int = _BATCH
    turn: int = -(-INDEX_EVERY // _BATCH)  # batches: the indexes are brought up to date once in each turn
    busy_accounts: int = 10_000
    turns: int = 7
    callers: int = 64
    singles: int = 20_000
    singles_postgresql: int = 5_000
    small: int = 200_000
    history: int = 2_000_000
    small_postgresql: int = 0  # 0: not measured
    history_postgresql: int = 0
    questions: int = 1_000
    accounts: int = 1_000_000
    on_top: int = 1_000_000
    tail: int = INDEX_EVERY - 100  # records newer than the indexes: about the most that there can be
    openings: int = 3
    proofs: int = 200


DEFAULT = Sizes()
FULL = replace(
    DEFAULT,
    history=20_000_000,
    small_postgresql=200_000,
    history_postgresql=2_000_000,
    accounts=20_400_000,
)
SMOKE = Sizes(
    batch=256,
    turn=2,
    busy_accounts=50,
    turns=1,
    singles=256,
    singles_postgresql=128,
    small=3_000,
    history=6_000,
    small_postgresql=3_000,
    history_postgresql=6_000,
    questions=20,
    accounts=800,
    on_top=1_000,
    tail=1_000,
    openings=1,
    proofs=5,
)

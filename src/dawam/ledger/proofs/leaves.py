"""A block of leaves as it is kept: its bytes by columns, packed, since neighbours are much alike."""

import zlib

import numpy as np
from numpy.typing import NDArray

from dawam.ledger.proofs.balances import Leaves

_ID_SIZE = 16
_LEVEL = 1


def pack(ids: bytes, balances: NDArray[np.int64]) -> bytes:
    """The ids, 16 bytes each, and the balances of a block."""
    first = np.frombuffer(ids, np.uint8).reshape(-1, _ID_SIZE).T
    second = balances.astype(">i8").view(np.uint8).reshape(-1, 8).T
    return zlib.compress(first.tobytes() + second.tobytes(), _LEVEL)


def unpack(stored: bytes) -> Leaves:
    """The same again. Raises: ValueError, where it is something else."""
    try:
        columns = np.frombuffer(zlib.decompress(stored), np.uint8).reshape(_ID_SIZE + 8, -1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    balances = columns[_ID_SIZE:].T.copy().view(">i8").astype(np.int64).ravel()
    return columns[:_ID_SIZE].T.tobytes(), balances


def place_of(leaves: Leaves, account_id: int) -> int | None:
    """Where an account stands in a block."""
    ids, wanted = leaves[0], account_id.to_bytes(_ID_SIZE, "big")
    at = ids.find(wanted)
    while at % _ID_SIZE:  # across two ids, or not at all
        if at < 0:
            return None
        at = ids.find(wanted, at + 1)
    return at // _ID_SIZE

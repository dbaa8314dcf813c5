"""The digits of a code, from a secret that is not in the database; pure.

Whoever reads the database finds neither digits nor what could be tried against the hashes without the secret.
The digits follow from secret and id, so that a form sent twice shows the same code.
"""

import hmac
from hashlib import sha256

from dawam.portal.customer.cash_outs.model import DIGITS


def digits(secret: bytes, identifier: str, turn: int) -> str:
    """The code of an id; another turn is another code."""
    drawn = hmac.digest(secret, f"cash-out\0{identifier}\0{turn}".encode(), sha256)
    return f"{int.from_bytes(drawn) % 10**DIGITS:0{DIGITS}}"


def digest(secret: bytes, code: str) -> bytes:
    """What a code is kept and found by."""
    return hmac.digest(secret, f"cash-out kept\0{code}".encode(), sha256)

"""Which hundredth of the customers an account belongs to: the same on every node, for ever."""

from hashlib import blake2b

BUCKETS = 100


def bucket_of(account: str) -> int:
    """0 to 99; an account is among the first `share` percent when its bucket is below `share`."""
    return int.from_bytes(blake2b(account.encode(), digest_size=8).digest(), "big") % BUCKETS

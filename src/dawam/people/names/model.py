"""Whether two names are one person's; pure."""

from enum import StrEnum


class Match(StrEnum):
    """How a given name stands to the registered one."""

    MATCH = "match"
    CLOSE = "close"
    NO_MATCH = "no_match"


def match_names(given: str, registered: str) -> Match:
    """How the given name stands to the registered one."""
    return Match.MATCH if given.split() == registered.split() else Match.NO_MATCH

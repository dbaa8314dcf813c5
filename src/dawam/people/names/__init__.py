"""Is the given name the registered one: match, close, or no match; never what the registered one is."""

from dawam.people.names.model import Match, match_names

__all__ = ["Match", "match_names"]

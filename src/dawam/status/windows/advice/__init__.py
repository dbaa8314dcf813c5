"""When work would meet the fewest people: from the load that the institution really has, and its calendar.

Promises: the number of operations a window would meet is the exact sum over the hours that it touches, parts
of an hour in proportion; what speaks against a start is named; nothing is hidden, only ranked.
"""

from dawam.status.windows.advice.load import HourCount, LoadProfile, Source, load_of_feed, read_load
from dawam.status.windows.advice.model import (
    Advice,
    Against,
    Candidate,
    Objection,
    Question,
    advise,
    apart,
    candidate,
    objections,
)

__all__ = [
    "Advice",
    "Against",
    "Candidate",
    "HourCount",
    "LoadProfile",
    "Objection",
    "Question",
    "Source",
    "advise",
    "apart",
    "candidate",
    "load_of_feed",
    "objections",
    "read_load",
]

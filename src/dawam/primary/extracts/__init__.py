"""An institution's own extract, read by a mapping and checked to the last minor unit.

Promises: every amount stays a decimal text until it is an integer of minor units; every balance follows
from the one before within the mapping's tolerance; the bookings are numbered without gaps and their times
strictly increase; whatever does not fit is refused with its line, and then nothing is returned.
"""

from dawam.primary.extracts.loading import load_mapping, mapping_from_toml, shipped_mappings
from dawam.primary.extracts.mapping import Mapping
from dawam.primary.extracts.model import Attempt, Booking, Extract
from dawam.primary.extracts.service import read_extract

__all__ = [
    "Attempt",
    "Booking",
    "Extract",
    "Mapping",
    "load_mapping",
    "mapping_from_toml",
    "read_extract",
    "shipped_mappings",
]

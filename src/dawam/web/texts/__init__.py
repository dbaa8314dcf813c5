"""What every error says, in English: code -> (what and where, what to do next). One file a slice.

The Arabic and French of each text stand in `locale/ar.po` and `locale/fr.po` under the English one.
Titles belong to the kinds of failure, so that a title never changes from one occurrence to the next.
"""

from dawam.web.texts import shell, wallet
from dawam.web.texts.text import Text

TITLES: dict[str, str] = {
    "invalid_input": "The request cannot be accepted",
    "not_found": "Not found",
    "conflict": "It contradicts what was accepted before",
    "forbidden": "Not allowed",
    "unavailable": "Not possible at the moment",
    "integrity_broken": "The books contradict themselves",
    "failure": "Something went wrong on our side",
}

TEXTS: dict[str, Text] = {**shell.TEXTS, **wallet.TEXTS}

__all__ = ["TEXTS", "TITLES", "Text"]

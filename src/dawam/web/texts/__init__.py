"""What every error says, in English: code -> (what and where, what to do next). One file a slice.

The Arabic and French of each text stand in `locale/ar.po` and `locale/fr.po` under the English one.
Titles belong to the kinds of failure, so that a title never changes from one occurrence to the next.
"""

from dawam.web.texts import (
    channels,
    config,
    customer,
    delivery,
    extracts,
    guard,
    incidents,
    kernel,
    ledger,
    migrations,
    notices,
    pages,
    people,
    portal,
    primary,
    proofs,
    publishing,
    shell,
    simulation,
    standin,
    storage,
    subscriptions,
    wallet,
    windows,
)
from dawam.web.texts.text import Text
from dawam.web.texts.words import WORDS

TITLES: dict[str, str] = {
    "invalid_input": "The request cannot be accepted",
    "not_found": "Not found",
    "conflict": "It contradicts what was accepted before",
    "forbidden": "Not allowed",
    "unavailable": "Not possible at the moment",
    "integrity_broken": "The books contradict themselves",
    "failure": "Something went wrong on our side",
}

SLICES: dict[str, dict[str, Text]] = {
    "kernel": kernel.TEXTS,
    "storage": storage.TEXTS,
    "delivery": delivery.TEXTS,
    "web": shell.TEXTS,
    "pages": pages.TEXTS,
    "ledger": ledger.TEXTS,
    "proofs": proofs.TEXTS,
    "wallet": wallet.TEXTS,
    "primary": primary.TEXTS,
    "extracts": extracts.TEXTS,
    "guard": guard.TEXTS,
    "standin": standin.TEXTS,
    "channels": channels.TEXTS,
    "config": config.TEXTS,
    "migrations": migrations.TEXTS,
    "portal": portal.TEXTS,
    "customer": customer.TEXTS,
    "notices": notices.TEXTS,
    "subscriptions": subscriptions.TEXTS,
    "incidents": incidents.TEXTS,
    "people": people.TEXTS,
    "windows": windows.TEXTS,
    "publishing": publishing.TEXTS,
    "simulation": simulation.TEXTS,
}

TEXTS: dict[str, Text] = {code: says for texts in SLICES.values() for code, says in texts.items()}

__all__ = ["SLICES", "TEXTS", "TITLES", "WORDS", "Text"]

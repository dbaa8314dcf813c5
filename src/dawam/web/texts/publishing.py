"""Errors of status pages and feeds."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "status_institution_unknown": Text(
        "There is no such institution here.", "Look it up in the list of all institutions."
    ),
    "feed_page_unknown": Text(
        "There is no such page of the feed.", "Begin with the first page and follow its links."
    ),
}

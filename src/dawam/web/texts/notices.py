"""Errors of notices and of checking messages."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "notice_text_missing": Text(
        "The text in the language {language} is missing.",
        "Write a title and a text in Arabic, French and English; nothing is published in two of them.",
    ),
    "notice_text_too_long": Text(
        "The text in the language {language} is too long.",
        "Use at most {title} characters for the title and {body} for the text.",
    ),
    "notice_not_found": Text(
        "There is no such notice.", "Check the address, or look it up on the status page."
    ),
    "notice_withdrawn_already": Text(
        "This notice was taken back before.", "Nothing is left to do; look at when that was."
    ),
    "notice_signature_broken": Text(
        "The notice {notice} in our books does not carry our signature.",
        "Find out who changed the database; compare it with a copy.",
    ),
    "message_empty": Text("There is nothing to check.", "Type the code of the message, or paste all of it."),
    "message_too_long": Text(
        "The message is longer than {limit} characters.", "Paste only the message, with its code."
    ),
}

"""Reasons that the program itself gives, in words that a sentence may hold.

A reason that is not here (the operating system's, a parser's) stands as it came. No translation holds a
special space: a reason is shown as a param, and of those only letters, digits and plain spaces stay.
"""

_PLAIN = (
    "not UTF-8",
    "not writable",
    "not understood",
    "no such encoding",
    "no such pattern",
    "no such time zone",
    "without a zone: end it with Z",
    "not between 1900 and 2261",
    "not an ISO 4217 code",
    "a line break",
    "a digit or a sign",
    "a time needs its zone, such as 2026-11-21T22:00:00Z",
    "must be a number",
    "must not be negative",
)

WORDS: dict[str, str] = {
    **{words: words for words in _PLAIN},
    "not_mirrored": "the bookings of this account have not reached us yet",
    "too_old": "the last bookings that reached us are too old",
}

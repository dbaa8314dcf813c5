"""The shared shell of everything that speaks HTTP: application, problems, languages, tokens, server.

Promises: every failure is answered as RFC 9457 `application/problem+json` with a stable `code`, in the
asked language, and an unforeseen one without any detail; no body is read beyond its limit; no value from
outside can reverse the reading direction of a text. Page: docs/errors.md.
"""

from dawam.web.body import decode
from dawam.web.explanation import Explanation, explain
from dawam.web.locale import LOCALES, Locale, Said, locale_of_environment, negotiate, shown, text, text_n
from dawam.web.logs import configure_logging
from dawam.web.problems import problem, status_of
from dawam.web.server import Address, bind, serve, serving
from dawam.web.shell import BODY_MAX_BYTES, json_api, json_response
from dawam.web.tokens import bearer, is_loopback, token_digest

__all__ = [
    "BODY_MAX_BYTES",
    "LOCALES",
    "Address",
    "Explanation",
    "Locale",
    "Said",
    "bearer",
    "bind",
    "configure_logging",
    "decode",
    "explain",
    "is_loopback",
    "json_api",
    "json_response",
    "locale_of_environment",
    "negotiate",
    "problem",
    "serve",
    "serving",
    "shown",
    "status_of",
    "text",
    "text_n",
    "token_digest",
]

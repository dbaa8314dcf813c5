"""Errors of the shell itself: requests, tokens, the server."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "internal_error": Text(
        "An unforeseen error happened; it has been recorded.",
        "Try again later; if it stays, tell the operator the time of your request.",
    ),
    "route_not_found": Text(
        "There is nothing at this address.", "Check the address against the description of the interface."
    ),
    "method_not_allowed": Text(
        "This address does not take {method}.", "Use one of the methods in the Allow header."
    ),
    "media_type_unsupported": Text(
        "The body's media type is not supported.", "Send the body as application/json."
    ),
    "request_invalid": Text(
        "The request cannot be understood.", "Check the request against the description of the interface."
    ),
    "parameter_invalid": Text(
        "The parameter {parameter} is not valid: {reason}.", "Correct the parameter and send it again."
    ),
    "body_not_json": Text("The body is not valid JSON: {reason}.", "Send one JSON value in UTF-8."),
    "body_too_large": Text("The body is larger than {limit_bytes} bytes.", "Send less at a time."),
    "body_too_deep": Text(
        "The body is nested deeper than {limit} levels.", "Send the plain structure of the interface."
    ),
    "body_field_unknown": Text(
        "The field {field} at {where} is not known.", "Remove the field, or correct its spelling."
    ),
    "body_field_missing": Text("The field {field} at {where} is missing.", "Add the field."),
    "body_field_invalid": Text(
        "The value at {where} is not acceptable: {reason}.", "Correct the value and send it again."
    ),
    "token_missing": Text(
        "This needs a bearer token.", "Send the header Authorization: Bearer with your token."
    ),
    "token_wrong": Text(
        "The bearer token is not known.", "Check the token, or ask the operator for a new one."
    ),
    "port_in_use": Text(
        "Port {port} on {host} is taken by another program.",
        "Stop that program, choose another port, or use port 0 for a free one.",
    ),
    "address_unusable": Text(
        "It is not possible to listen on {host} port {port}: {reason}.",
        "Choose an address of this machine and a port that you may use.",
    ),
}

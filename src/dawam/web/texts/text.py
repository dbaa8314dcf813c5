"""The shape of an error's text."""

from typing import NamedTuple


class Text(NamedTuple):
    """`detail`: what went wrong and where, with the params as `{names}`; `action`: what to do next."""

    detail: str
    action: str

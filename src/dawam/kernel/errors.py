"""The one exception tree, and the check that stays on in production.

Three kinds, never mixed: a *refusal* is a value, a *failure* is a `DawamError`, a *bug* fails `invariant`.
No error carries a name, a card number, a national ID, a phone number or a balance.
"""

from typing import ClassVar, NoReturn


class DawamError(Exception):
    """A failure with a stable code and named parameters.

    `code` is a lower_case word that never changes meaning; its texts stand in `web/locale/`, its HTTP
    status in `web/problems.py`, its explanation in `docs/errors.md`. `params` fill the text: what, where.
    """

    kind: ClassVar[str] = "failure"

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class InvalidInput(DawamError):
    """What was given cannot be accepted; giving it again will not help."""

    kind = "invalid_input"


class NotFound(DawamError):
    """What was named does not exist."""

    kind = "not_found"


class Conflict(DawamError):
    """It contradicts something already accepted."""

    kind = "conflict"


class Forbidden(DawamError):
    """Whoever asks may not."""

    kind = "forbidden"


class Unavailable(DawamError):
    """It cannot be done now; the same call may be retried."""

    kind = "unavailable"


class IntegrityBroken(DawamError):
    """The books contradict themselves: stop, and raise the alarm."""

    kind = "integrity_broken"


class Bug(AssertionError):
    """An invariant of the program does not hold."""


def invariant(condition: object, message: str) -> None:
    """Fail with `Bug` unless the condition holds; unlike `assert` it is never switched off."""
    if not condition:
        raise Bug(message)


def unreachable(message: str) -> NoReturn:
    """Mark a branch that no input can reach."""
    raise Bug(message)

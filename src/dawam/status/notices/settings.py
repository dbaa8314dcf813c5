"""What an operator may set about notices. Page: docs/configuration.md."""

from typing import Annotated

import msgspec


class NoticeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Whose signature notices carry, and how often one address may check a message.

    Without `signing_key_file` a key is made once and kept in the database. `former_keys` are verifying keys
    (`name+id+base64`) whose notices are still ours.
    """

    signing_key_file: str | None = None
    former_keys: tuple[str, ...] = ()
    checks_at_once: Annotated[int, msgspec.Meta(ge=1)] = 20
    check_every_s: Annotated[float, msgspec.Meta(gt=0)] = 6.0

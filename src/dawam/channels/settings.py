"""What an operator may set about the channels. Page: docs/configuration.md."""

from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where apps reach Dawam, and who may.

    `token_sha256` lists the SHA-256 (64 hexadecimal digits) of each bearer token that an app may present;
    with none, everybody who reaches the port may ask, so that only the loopback interface is allowed.
    `port` 0 takes a free one.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    token_sha256: tuple[Sha256, ...] = ()
    body_limit_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=1_048_576)] = 16_384
    default_locale: Literal["ar", "fr", "en"] = "en"

"""What an authenticator says, verified. Source: W3C Web Authentication Level 3, 7.1 and 7.2.

Rules, in this order: it can be read; it was made on our own site; it answers the challenge that this browser
was given, for our host, by a person who was verified; its counter has not gone back; its signature holds.
"""

from typing import Any

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    parse_attestation_object,
    parse_authenticator_data,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorData,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dawam.kernel import Forbidden, InvalidInput
from dawam.people.passkeys.model import Fresh, Passkey, Site

_TIMEOUT_MS = 120_000
_TRANSPORTS = frozenset(("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"))
_VERIFIED = UserVerificationRequirement.REQUIRED


class _Response(msgspec.Struct):
    clientDataJSON: str
    authenticatorData: str = ""
    attestationObject: str = ""
    signature: str = ""
    userHandle: str | None = None
    transports: tuple[str, ...] = ()


class Shown(msgspec.Struct):
    """What a browser hands over, as JSON."""

    id: str
    response: _Response

    @property
    def credential(self) -> bytes:
        """What the authenticator calls the passkey. Raises: InvalidInput `passkey_malformed`."""
        return _bytes_of(self.id)

    @property
    def person(self) -> str | None:
        """Whose passkey it is, as far as the authenticator says."""
        handle = self.response.userHandle
        return _bytes_of(handle).decode("ascii", "replace") if handle else None


def read(credential: str) -> Shown:
    """What a browser handed over. Raises: InvalidInput `passkey_malformed`."""
    try:
        return msgspec.json.decode(credential, type=Shown)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidInput("passkey_malformed") from None


def options_to_show(site: Site, challenge: bytes) -> str:
    """What the browser is asked at sign-in, as JSON: any passkey of this site."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host, challenge=challenge, timeout=_TIMEOUT_MS, user_verification=_VERIFIED
        )
    )


def options_to_add(site: Site, challenge: bytes, *, person: str, name: str, known: list[Passkey]) -> str:
    """What the browser is asked for a new passkey, as JSON; not on an authenticator that has one."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name="Dawam",
            user_id=person.encode("ascii"),
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
        )
    )


def registered(credential: str, site: Site, challenge: bytes) -> Fresh:
    """The new passkey.

    Raises: InvalidInput `passkey_malformed`; Forbidden `passkey_foreign`, `passkey_unverified`,
    `passkey_refused`.
    """
    shown = read(credential)
    _check_origin(shown, site)
    _check_person(_attested(shown))
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Forbidden("passkey_refused") from None
    return Fresh(
        credential=found.credential_id,
        public_key=found.credential_public_key,
        count=found.sign_count,
        backed_up=found.credential_backed_up,
        transports=tuple(sorted(_TRANSPORTS & set(shown.response.transports))),
    )


def proved(credential: str, site: Site, challenge: bytes, passkey: Passkey) -> int:
    """The counter of a passkey that was shown rightly.

    Raises: InvalidInput `passkey_malformed`; Forbidden `passkey_foreign`, `passkey_unverified`,
    `passkey_copied`, `passkey_refused`.
    """
    shown = read(credential)
    _check_origin(shown, site)
    told = _said(shown)
    _check_person(told)
    if (told.sign_count or passkey.count) and told.sign_count <= passkey.count:
        raise Forbidden("passkey_copied")
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Forbidden("passkey_refused") from None
    return found.new_sign_count


def _check_origin(shown: Shown, site: Site) -> None:
    origin: Any = None
    try:
        origin = parse_client_data_json(_bytes_of(shown.response.clientDataJSON)).origin
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise InvalidInput("passkey_malformed") from None
    if origin != site.origin:
        raise Forbidden("passkey_foreign", origin=str(origin)[:100], expected=site.origin)


def _check_person(told: AuthenticatorData) -> None:
    if not told.flags.up or not told.flags.uv:
        raise Forbidden("passkey_unverified")


def _said(shown: Shown) -> AuthenticatorData:
    try:
        return parse_authenticator_data(_bytes_of(shown.response.authenticatorData))
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise InvalidInput("passkey_malformed") from None


def _attested(shown: Shown) -> AuthenticatorData:
    try:
        return parse_attestation_object(_bytes_of(shown.response.attestationObject)).auth_data
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise InvalidInput("passkey_malformed") from None


def _bytes_of(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise InvalidInput("passkey_malformed") from None

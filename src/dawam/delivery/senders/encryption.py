"""Messages to browsers: encrypted so that the push service cannot read them, signed so that it knows whose.

Sources: RFC 8188 (aes128gcm), RFC 8291 (message encryption for web push), RFC 8292 (VAPID).
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from random import Random
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dawam.delivery.addresses import from_base64url
from dawam.kernel import InvalidInput

PLAIN_MAX = 3_993
"""So much fits into the 4,096 bytes that every push service must take (RFC 8291, section 4)."""

_RECORD = 4_096
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_LAST_RECORD = b"\x02"


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """A P-256 key of 32 bytes in base64url, as VAPID keys are written.

    Raises: InvalidInput `push_key_malformed`.
    """
    try:
        value = int.from_bytes(from_base64url(text))
        if not 0 < value < _ORDER:
            raise ValueError("out of range")
        return ec.derive_private_key(value, ec.SECP256R1())
    except ValueError:
        raise InvalidInput("push_key_malformed") from None


def new_private_key(entropy: Random) -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.derive_private_key(entropy.randrange(1, _ORDER), ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key, uncompressed: 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    plain: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """One record for the browser with that point and secret; `sender` is used once. Raises: ValueError."""
    if len(plain) > PLAIN_MAX:
        raise ValueError("too long for a push message")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver)
    secret = sender.exchange(ec.ECDH(), public)
    own = point(sender)
    info = b"WebPush: info\0" + receiver + own
    material = _hkdf(auth, secret, info, 32)
    key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD.to_bytes(4) + bytes([len(own)]) + own
    return header + AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, *, contact: str, expires: int) -> str:
    """The `Authorization` header for a push service; valid until `expires` (Unix seconds, at most a day)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": contact}
    header = {"typ": "JWT", "alg": "ES256"}
    signed = ".".join(base64url(msgspec.json.encode(each)) for each in (header, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{base64url(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={base64url(point(key))}"


def base64url(raw: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 for up to 32 bytes. Source: RFC 5869."""
    extracted = hmac.digest(salt, material, sha256)
    return hmac.digest(extracted, info + b"\x01", sha256)[:length]

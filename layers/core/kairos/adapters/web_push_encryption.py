"""What only the browser reads, and what tells its push service who sends: RFC 8291, RFC 8292.

cryptography does the arithmetic; pywebpush, which would do all of it, brings two HTTP clients along.
"""

import base64
import json
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kairos.ports import Vapid

RECORD_SIZE = 4096
MOST_PLAINTEXT = 3993
"""Bytes: what a push service must take (RFC 8030, 7.2) less header, delimiter and tag (RFC 8291, 4)."""

_VALID_FOR = 12 * 3600
"""Seconds for which the sender's signature holds; at most 24 hours (RFC 8292, 2)."""

_CURVE = ec.SECP256R1()


class Ephemeral(NamedTuple):
    """What makes each message's encryption its own. salt: 16 bytes."""

    key: ec.EllipticCurvePrivateKey
    salt: bytes


def encrypted(plaintext: bytes, p256dh: str, auth: str, ephemeral: Ephemeral) -> bytes:
    """The request's body, "aes128gcm" in one record. p256dh, auth: the subscription's, in base64url.

    Raises ValueError for keys that are none, and for a text above MOST_PLAINTEXT.
    """
    if len(plaintext) > MOST_PLAINTEXT:
        raise ValueError("the text is too long")
    theirs, secret = decoded(p256dh), decoded(auth)
    point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs)
    ours = _point(ephemeral.key.public_key())
    shared = ephemeral.key.exchange(ec.ECDH(), point)
    keying = _derived(shared, secret, b"WebPush: info\x00" + theirs + ours, 32)
    content_key = _derived(keying, ephemeral.salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(keying, ephemeral.salt, b"Content-Encoding: nonce\x00", 12)
    header = ephemeral.salt + RECORD_SIZE.to_bytes(4) + bytes([len(ours)]) + ours
    return header + AESGCM(content_key).encrypt(nonce, plaintext + b"\x02", None)


def authorization(endpoint: str, vapid: Vapid, at: int) -> str:
    """The Authorization header. at: epoch seconds. Raises ValueError for a key that is none."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": at + _VALID_FOR, "sub": vapid.contact}
    signed = ".".join(_encoded(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    der = _private(vapid.private).sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    return f"vapid t={signed}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}, k={vapid.public}"


def new_ephemeral(salt: bytes) -> Ephemeral:
    """A fresh key beside a fresh salt."""
    return Ephemeral(ec.generate_private_key(_CURVE), salt)


def new_private_key() -> str:
    """A fresh key of a sender, as Vapid has it."""
    return _encoded(ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(32))


def public_key_of(private: str) -> str:
    """What belongs to a sender's private key. Raises ValueError for one that is none."""
    return _encoded(_point(_private(private).public_key()))


def decoded(text: str) -> bytes:
    """base64url, padded or not. Raises ValueError."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    raw = decoded(text)
    if len(raw) != 32:  # of a P-256 scalar
        raise ValueError("not 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw), _CURVE)


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

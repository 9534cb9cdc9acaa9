"""Verifying RSA signatures with a public key (RFC 8017, RSASSA-PKCS1-v1_5, SHA-256)."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def verifies(public_key: str, signature: str, message: bytes) -> bool:
    """Whether `signature` (base64) is the message's under the key (PEM). False for what can't be read."""
    try:
        key = load_pem_public_key(public_key.strip().encode())
        given = base64.b64decode(signature, validate=True)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(given, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True

"""How webhooks are signed, ours and some that come in: Standard Webhooks 1.0.0, HMAC-SHA256 over id, timestamp and body."""

import base64
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"
"""What a secret begins with, before its base64."""


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """`v1,` and the signature in base64. secret: "whsec_" and base64, as `key_of` takes it."""
    return signed_by(key_of(secret), message_id, str(int(at.timestamp())), body)


def signed_by(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The same by a key's bytes. timestamp: epoch seconds, as the header states them."""
    signed = b".".join((message_id.encode("utf-8", "replace"), timestamp.encode("utf-8", "replace"), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The secret's bytes. Raises ValueError where it is not of that form."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)

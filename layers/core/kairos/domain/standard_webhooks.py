"""How outgoing webhooks are signed: Standard Webhooks 1.0.0, HMAC-SHA256 over id, timestamp and body."""

import base64
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"
"""What a secret begins with, before its base64."""


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """`v1,` and the signature in base64. secret: "whsec_" and base64, as `key_of` takes it."""
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The secret's bytes. Raises ValueError where it is not of that form."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)

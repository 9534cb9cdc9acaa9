"""Whether a notification is SNS's own: its signature, by a certificate that only SNS can publish.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import http.client
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
_PATH = re.compile(r"/SimpleNotificationService-[0-9a-f]{1,64}\.pem")
_HASHES = {"1": SHA1, "2": SHA256}
"""By SignatureVersion. The first is SNS's default, and no collision helps whoever must hit a given text."""

_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SECONDS, _MOST = 5, 20_000

Fetch = Callable[[str], bytes]


def is_genuine(notification: Mapping[str, Any], now: datetime, fetch: Fetch) -> bool:
    """Whether SNS signed it. notification: `Sns` of Lambda's record. fetch: gets a certificate in PEM."""
    url = str(notification.get("SigningCertUrl") or notification.get("SigningCertURL") or "")
    hashed = _HASHES.get(str(notification.get("SignatureVersion")))
    if hashed is None or not _is_of_sns(url):
        return False
    try:
        signature = base64.b64decode(notification["Signature"], validate=True)
        certificate = load_pem_x509_certificate(fetch(url))
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or not _lasts(certificate, now):
            return False
        key.verify(signature, _text_of(notification), PKCS1v15(), hashed())
    except (InvalidSignature, KeyError, binascii.Error, ValueError):
        return False
    return True


def _is_of_sns(url: str) -> bool:
    """A certificate on any other host could be anybody's."""
    parts = urlsplit(url)
    told = parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc))
    return told and bool(_PATH.fullmatch(parts.path)) and not parts.query


def _lasts(certificate: Any, now: datetime) -> bool:
    return bool(certificate.not_valid_before_utc <= now.astimezone(UTC) <= certificate.not_valid_after_utc)


def _text_of(notification: Mapping[str, Any]) -> bytes:
    """Names and values, each on a line of its own, in the order of the names; where told, the subject."""
    told = [(name, notification[name]) for name in _SIGNED if notification.get(name) is not None]
    return "".join(f"{name}\n{value}\n" for name, value in told).encode()


@cache
def fetched(url: str) -> bytes:
    """The certificate, once per process. url: as `is_genuine` has judged it. Raises OSError."""
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(
        parts.netloc, timeout=_SECONDS, context=ssl.create_default_context()
    )
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        body = answer.read(_MOST)
        if answer.status != http.client.OK:
            raise OSError(f"SNS answered {answer.status} instead of a certificate.")
        return body
    finally:
        connection.close()

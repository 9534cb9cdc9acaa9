"""SNS's signatures: genuine ones pass, all others do not."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kairos.adapters.sns_signature import is_genuine

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abc.pem"


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder(name, name, key().public_key(), x509.random_serial_number())
    made = made.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    return made.sign(key(), SHA256()).public_bytes(Encoding.PEM)


def notification(version: str = "2", **changes: Any) -> dict[str, Any]:
    """As SNS signs it; `changes` are made after that."""
    told: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:events",
        "Message": '{"EventType": "EndpointDeleted"}',
        "Timestamp": "2026-11-21T12:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertUrl": URL,
    }
    # The order and form that the documentation gives, written out.
    signed = (
        f"Message\n{told['Message']}\nMessageId\nm1\nTimestamp\n{told['Timestamp']}\n"
        f"TopicArn\n{told['TopicArn']}\nType\nNotification\n"
    )
    hashed = SHA1() if version == "1" else SHA256()  # noqa: S303 - SNS's own choice
    told["Signature"] = base64.b64encode(key().sign(signed.encode(), PKCS1v15(), hashed)).decode()
    return told | changes


def judged(told: dict[str, Any], now: datetime = NOW) -> bool:
    return is_genuine(told, now, lambda _url: certificate())


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_sns_signed_passes(version: str) -> None:
    assert judged(notification(version))


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": '{"EventType": "Other"}'},
        {"TopicArn": "arn:aws:sns:eu-central-1:999999999999:events"},
        {"Subject": "added"},
        {"Signature": ""},
        {"Signature": "not base64!"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": "1"},
    ],
)
def test_what_was_changed_does_not_pass(changes: dict[str, str]) -> None:
    assert not judged(notification() | changes)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abc.pem",
        "https://sns.eu-central-1.amazonaws.com.example.com/SimpleNotificationService-0123abc.pem",
        "https://example.com/SimpleNotificationService-0123abc.pem",
        "https://sns.example.amazonaws.com@example.com/SimpleNotificationService-0123abc.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-0123abc.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0123abc.pem",
        "https://sns.eu-central-1.amazonaws.com/other.pem",
        "",
    ],
)
def test_a_certificate_from_anywhere_else_is_not_even_fetched(url: str) -> None:
    def fetch(_url: str) -> bytes:
        raise AssertionError("it was fetched")

    assert not is_genuine(notification(SigningCertUrl=url), NOW, fetch)


def test_a_certificate_that_has_expired_vouches_for_nothing() -> None:
    assert not judged(notification(), NOW + timedelta(days=2))

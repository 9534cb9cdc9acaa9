"""Receiving for the platforms that sign each in their own way: right is kept, wrong is refused with 401."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BODY = b'[{"id": 1}]'
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def by_hmac(body: bytes) -> str:
    return base64.b64encode(hmac.new(b"webhook-secret", body, hashlib.sha256).digest()).decode()


def by_commerce(body: bytes) -> str:
    signed = KEY.sign(base64.b64encode(body), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signed).decode()


def by_key(_body: bytes) -> str:
    return "webhook-secret"


WAYS = [
    ("prestashop", "X-Kairos-Signature", by_hmac, "webhook-secret", {}),
    ("magento", "X-Kairos-Signature", by_hmac, "webhook-secret", {"op": "success"}),
    ("magento", "X-Adobe-Commerce-Webhook-Signature", by_commerce, PUBLIC, {"op": "success"}),
    ("cloudcart", "X-CloudCart-ApiKey", by_key, "webhook-secret", {}),
]


def post(
    aws: Any, event: Callable[[str], dict[str, Any]], platform: str, secret: str, headers: dict[str, str]
) -> dict[str, Any]:
    held = {"platform": platform, "current": secret, "previous": [], "write_key": "w", "tag_secret": "t"}
    aws.put_shop_secret("demo", **held)
    webhook = event("webhook")
    webhook["pathParameters"]["platform"] = platform
    webhook["headers"] = {"Content-Type": "application/json", "X-Kairos-Topic": "order"} | headers
    webhook["body"] = base64.b64encode(BODY).decode()
    webhook["isBase64Encoded"] = True
    answer: dict[str, Any] = aws.load_app("receive_webhook").handler(webhook, None)
    return answer


@pytest.mark.parametrize(("platform", "header", "sign", "secret", "told"), WAYS)
def test_what_is_signed_rightly_is_kept_untouched_and_answered_as_the_platform_wants(
    aws: Any, event: Any, platform: str, header: str, sign: Any, secret: str, told: dict[str, str]
) -> None:
    answer = post(aws, event, platform, secret, {header: sign(BODY)})
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, told)
    [kept] = aws.queued()
    assert base64.b64decode(kept["body"]) == BODY
    assert kept["headers"] == {"x-kairos-topic": "order"}


@pytest.mark.parametrize(("platform", "header", "sign", "secret"), [way[:4] for way in WAYS])
def test_what_is_signed_wrongly_or_not_at_all_is_refused_and_not_kept(
    aws: Any, event: Any, platform: str, header: str, sign: Any, secret: str
) -> None:
    for headers in ({}, {header: "wrong"}, {"X-Another": sign(BODY)}):
        assert post(aws, event, platform, secret, headers)["statusCode"] == 401
    assert aws.queued() == []

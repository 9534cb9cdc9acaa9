"""Who may post."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kairos.adapters.platforms.signatures import (
    identify_is_signed,
    identify_signature,
    is_ping,
    is_signed,
    kept_headers,
)
from tests.payloads import DATA, needs_data

LAYER = Path(__file__).resolve().parents[3] / "layers/core"
BODY = b'{"id": 1}'


def signed(secret: str, body: bytes = BODY) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    ("platform", "header"),
    [
        ("shopify", "X-Shopify-Hmac-Sha256"),
        ("shopify", "x-shopify-hmac-sha256"),
        ("shopify", "X-SHOPIFY-HMAC-SHA256"),
        ("shopify", "Shopify-Hmac-Sha256"),
        ("woocommerce", "X-WC-Webhook-Signature"),
        ("generic", "X-Kairos-Signature"),
    ],
)
def test_a_body_signed_with_the_secret_passes_whatever_the_header_s_case(platform: str, header: str) -> None:
    assert is_signed(platform, {header: signed("secret")}, BODY, ["secret"])


def test_old_and_new_secret_both_pass_during_rotation() -> None:
    for secret in ("old", "new"):
        assert is_signed("shopify", {"X-Shopify-Hmac-Sha256": signed(secret)}, BODY, ["new", "old"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Shopify-Hmac-Sha256": ""},
        {"X-Shopify-Hmac-Sha256": signed("other")},
        {"X-Shopify-Hmac-Sha256": signed("secret", b"another body")},
        {"X-Shopify-Hmac-Sha256": "no base64 \u2603"},
        {"X-WC-Webhook-Signature": signed("secret")},
        {"X-Kairos-Signature": signed("secret")},
    ],
)
def test_a_missing_wrong_or_misplaced_signature_does_not_pass(headers: dict[str, str]) -> None:
    assert not is_signed("shopify", headers, BODY, ["secret"])


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed("shopify", {"X-Shopify-Hmac-Sha256": signed("")}, BODY, ["", ""])


def test_an_unknown_platform_or_no_secret_does_not_pass() -> None:
    headers = {"X-Shopify-Hmac-Sha256": signed("secret")}
    assert not is_signed("prestoshop", headers, BODY, ["secret"])
    assert not is_signed("shopify", headers, BODY, [])


def test_only_the_headers_that_a_delivery_is_judged_by_are_kept() -> None:
    told = {"X-Shopify-Topic": "orders/create", "Shopify-Webhook-Id": "w1", "X-Forwarded-For": "192.0.2.1"}
    assert kept_headers("shopify", told) == {"x-shopify-topic": "orders/create", "shopify-webhook-id": "w1"}


def test_woocommerce_s_unsigned_ping_is_recognised() -> None:
    assert is_ping("woocommerce", {"Content-Type": "application/x-www-form-urlencoded"}, b"webhook_id=12")


@pytest.mark.parametrize(
    ("platform", "headers", "body"),
    [
        ("woocommerce", {}, b"webhook_id=12&topic=order.created"),
        ("woocommerce", {}, b"webhook_id="),
        ("woocommerce", {}, b'{"webhook_id": 12}'),
        ("woocommerce", {"X-WC-Webhook-Topic": "order.created"}, b"webhook_id=12"),
        ("woocommerce", {"X-WC-Webhook-Signature": "forged"}, b"webhook_id=12"),
        ("shopify", {}, b"webhook_id=12"),
    ],
)
def test_nothing_else_passes_for_a_ping(platform: str, headers: dict[str, str], body: bytes) -> None:
    assert not is_ping(platform, headers, body)


def vectors() -> list[dict[str, Any]]:
    if not DATA.is_dir():
        return []
    told = json.loads((DATA / "signatures.json").read_text())
    return [one for one in told if one["platform"] == "shopify" and one["kind"] == "webhook"]


def test_the_known_answers_of_shopify_are_there_to_be_checked() -> None:
    needs_data()
    assert len(vectors()) >= 8
    assert {one["valid"] for one in vectors()} == {True, False}


@pytest.mark.parametrize("vector", vectors(), ids=lambda one: str(one["id"]))
def test_shopify_s_known_answers_verify_as_stated(vector: dict[str, Any]) -> None:
    headers = {vector["header"]: vector["signature"]}
    assert is_signed("shopify", headers, vector["body"].encode(), [vector["secret"]]) is vector["valid"]


VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"


def identifying(**identify: Any) -> bytes:
    return json.dumps({"visitor": VISITOR, "identify": identify}).encode()


def test_an_identify_signs_visitor_and_email_as_documented() -> None:
    message = f"{VISITOR}\nkim@example.com".encode()
    by_hand = hmac.new(b"tag", message, hashlib.sha256).hexdigest()
    assert identify_is_signed(identifying(email="kim@example.com", signature=by_hand), ["tag"])
    assert identify_is_signed(identifying(email="kim@example.com", signature=by_hand.upper()), ["new", "tag"])


def test_an_identify_signs_every_identity_that_it_names() -> None:
    signature = identify_signature(VISITOR, {"email": "kim@example.com"}, "tag")
    stolen = identifying(email="kim@example.com", platform_id="c-1", signature=signature)
    assert not identify_is_signed(stolen, ["tag"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"[" * 100_000,
        json.dumps({"visitor": VISITOR}).encode(),
        identifying(email="kim@example.com"),
        identifying(email="kim@example.com", signature=7),
        identifying(email=["kim@example.com"], signature="00"),
        identifying(email="kim@example.com", signature="\u2603"),
    ],
)
def test_an_identify_that_can_not_be_judged_is_unsigned(body: bytes) -> None:
    assert not identify_is_signed(body, ["tag"])


def test_a_line_feed_can_not_shift_one_signed_field_into_another() -> None:
    signature = identify_signature(VISITOR, {"email": "kim@example.com", "platform_id": "c-1"}, "tag")
    shifted = {"visitor": f"{VISITOR}\nkim@example.com", "identify": {"email": "c-1", "signature": signature}}
    assert not identify_is_signed(json.dumps(shifted).encode(), ["tag"])


def test_verifying_imports_neither_the_domain_nor_pydantic() -> None:
    script = (
        "import sys; import kairos.adapters.platforms.signatures; "
        "print([m for m in sys.modules if m.startswith(('pydantic', 'kairos.domain', 'phonenumbers'))])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=LAYER, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"

"""Who may post as BigCommerce does: Standard Webhooks, by the client secret."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.adapters.platforms.signatures import is_signed
from tests.payloads import DATA, needs_data

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = b'{"scope": "store/order/created", "data": {"type": "order", "id": 118}}'
SECRET = "client-secret-of-the-app"


def headers(at: datetime = NOW, secret: str = SECRET, body: bytes = BODY, **changes: str) -> dict[str, str]:
    seconds = str(int(at.timestamp()))
    signed = b"msg_1." + seconds.encode() + b"." + body
    by_hand = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    told = {"Webhook-Id": "msg_1", "Webhook-Timestamp": seconds, "Webhook-Signature": f"v1,{by_hand}"}
    return told | changes


def passes(told: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    return is_signed("bigcommerce", told, body, secrets, NOW)


def test_a_body_signed_by_the_client_secret_passes() -> None:
    assert passes(headers())


def test_the_known_answer_of_the_standard_verifies() -> None:
    needs_data()
    told: list[dict[str, Any]] = json.loads((DATA / "signatures.json").read_text())
    [vector] = [one for one in told if one["id"] == "sw-1"]
    known = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": vector["signature"],
    }
    then = datetime.fromtimestamp(1614265330, UTC)
    body = vector["body"].encode()
    assert is_signed("bigcommerce", known, body, [vector["secret"]], then)
    assert not is_signed("bigcommerce", known, body + b" ", [vector["secret"]], then)


def test_one_right_signature_of_several_is_enough() -> None:
    right = headers()["Webhook-Signature"]
    assert passes(headers(**{"Webhook-Signature": f"v1,AAAA v1a,BBBB {right}"}))


@pytest.mark.parametrize(
    "told",
    [
        {},
        headers(secret="another"),
        headers(body=b"another body"),
        headers(**{"Webhook-Id": "msg_2"}),
        headers(**{"Webhook-Id": ""}),
        headers(**{"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)}),
        headers(**{"Webhook-Timestamp": ""}),
        headers(**{"Webhook-Timestamp": "9" * 30}),
        headers(**{"Webhook-Timestamp": "-1"}),
        headers(**{"Webhook-Signature": "v1,"}),
        headers(**{"Webhook-Signature": "v1,\u2603"}),
        headers(**{"Webhook-Signature": headers()["Webhook-Signature"].removeprefix("v1,")}),
    ],
)
def test_a_wrong_missing_or_shifted_part_does_not_pass(told: dict[str, str]) -> None:
    assert not passes(told)


@pytest.mark.parametrize(
    ("age", "may"),
    [
        (timedelta(), True),
        (timedelta(hours=48), True),  # BigCommerce's last attempt
        (timedelta(days=3, seconds=1), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_a_delivery_passes_for_as_long_as_the_platform_repeats_it(age: timedelta, may: bool) -> None:
    assert passes(headers(at=NOW - age)) is may


def test_a_secret_that_is_no_base64_signs_nothing() -> None:
    assert not passes(headers(), secrets=("whsec_no base64", ""))


def test_old_and_new_secret_both_pass_during_rotation() -> None:
    assert passes(headers(), secrets=("new", SECRET))

"""Receiving: three refusals, everything else durable before the answer."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from kairos.domain.delivery import Delivery

ROOT = Path(__file__).parents[2]
SHOP = {
    "platform": "shopify",
    "current": "webhook-secret",
    "previous": [],
    "write_key": "write-key-of-demo",
    "tag_secret": "tag-secret-of-demo",
    "allowed_origins": ["https://shop.example.com"],
}


def sign(body: bytes, secret: str = "webhook-secret") -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def posted(event: dict[str, Any], body: bytes, secret: str = "webhook-secret") -> dict[str, Any]:
    event["body"] = base64.b64encode(body).decode()
    event["headers"]["X-Shopify-Hmac-Sha256"] = sign(body, secret)
    return event


@pytest.fixture
def receive(aws: Any) -> ModuleType:
    aws.put_shop_secret("demo", **SHOP)
    module: ModuleType = aws.load_app("receive_webhook")
    return module


@pytest.fixture
def webhook(event: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return event("webhook")


@pytest.fixture
def activity(event: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return event("activity")


def problem_of(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["headers"]["content-type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer["body"])
    assert told["status"] == answer["statusCode"]
    assert told["remedy"]
    return told


def test_imports_neither_pydantic_nor_powertools_nor_anything_unneeded() -> None:
    lister = (
        "import sys; sys.path.insert(0, 'functions/receive_webhook'); import app; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules if 'site-packages' in "
        "(getattr(sys.modules[name], '__file__', None) or '')}))"
    )
    environment = {"PYTHONPATH": "layers/core", "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(
        [sys.executable, "-c", lister], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    boto3_and_its_own = {
        "boto3",
        "botocore",
        "certifi",
        "dateutil",
        "jmespath",
        "s3transfer",
        "six",
        "urllib3",
    }
    assert set(done.stdout.split()) - boto3_and_its_own == set()


def test_a_signed_webhook_is_queued_untouched_and_answered_200(
    aws: Any, receive: ModuleType, webhook: dict[str, Any]
) -> None:
    assert receive.handler(webhook, None)["statusCode"] == 200
    [message] = aws.queued()
    delivery = Delivery.model_validate(message)
    assert (delivery.shop, delivery.platform, delivery.source) == ("demo", "shopify", "webhook")
    assert delivery.body == webhook["body"]
    assert delivery.headers["x-shopify-topic"] == "orders/create"


def test_no_signature_or_secret_reaches_the_queue(aws: Any, receive: ModuleType, webhook: Any) -> None:
    receive.handler(webhook, None)
    [message] = aws.queued()
    assert not [name for name in message["headers"] if "hmac" in name or "authorization" in name]


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_header_names_may_come_in_any_case(
    receive: ModuleType, webhook: dict[str, Any], change: Callable[[str], str]
) -> None:
    webhook["headers"] = {change(name): value for name, value in webhook["headers"].items()}
    assert receive.handler(webhook, None)["statusCode"] == 200


def test_the_newer_header_names_without_x_are_known(receive: ModuleType, webhook: dict[str, Any]) -> None:
    webhook["headers"] = {n.removeprefix("X-"): value for n, value in webhook["headers"].items()}
    assert receive.handler(webhook, None)["statusCode"] == 200


def test_a_body_that_came_as_text_is_judged_by_the_same_bytes(
    receive: ModuleType, webhook: dict[str, Any]
) -> None:
    body = '{"note": "Grüße — 東京"}'
    webhook |= {"body": body, "isBase64Encoded": False}
    webhook["headers"]["X-Shopify-Hmac-Sha256"] = sign(body.encode())
    assert receive.handler(webhook, None)["statusCode"] == 200


@pytest.mark.parametrize("body", [b"", b"not json at all", b"\xff\xfe\x00", b"[]", b'{"wrong": "shape"}'])
def test_anything_signed_is_accepted_and_judged_later(
    aws: Any, receive: ModuleType, webhook: dict[str, Any], body: bytes
) -> None:
    assert receive.handler(posted(webhook, body), None)["statusCode"] == 200
    [message] = aws.queued()
    assert base64.b64decode(message["body"]) == body


@pytest.mark.parametrize("signature", [None, "", "wrong", "XXXXXaGVsbG8=", "ü", sign(b"another body")])
def test_a_wrong_or_missing_signature_is_refused_with_401_and_not_queued(
    aws: Any, receive: ModuleType, webhook: dict[str, Any], signature: str | None
) -> None:
    webhook["headers"].pop("X-Shopify-Hmac-Sha256")
    if signature is not None:
        webhook["headers"]["X-Shopify-Hmac-Sha256"] = signature
    answer = receive.handler(webhook, None)
    assert answer["statusCode"] == 401
    assert "signature" in problem_of(answer)["detail"]
    assert aws.queued() == []


@pytest.mark.parametrize("shop", ["nobody", "UPPER", "a", "x" * 60, "../owner-key", "demo/../demo", ""])
def test_an_unknown_shop_is_refused_with_404(receive: ModuleType, webhook: Any, shop: str) -> None:
    webhook["pathParameters"]["shop"] = shop
    answer = receive.handler(webhook, None)
    assert answer["statusCode"] == 404
    assert "shop" in problem_of(answer)["detail"]


@pytest.mark.parametrize("platform", ["woocommerce", "magento", ""])
def test_a_platform_that_is_not_the_shops_is_refused_with_404(
    aws: Any, receive: ModuleType, webhook: dict[str, Any], platform: str
) -> None:
    webhook["pathParameters"]["platform"] = platform
    answer = receive.handler(webhook, None)
    assert answer["statusCode"] == 404
    assert "platform" in problem_of(answer)["detail"]
    assert aws.queued() == []


def test_a_shop_of_any_platform_may_also_post_generic_json(
    aws: Any, receive: ModuleType, webhook: dict[str, Any]
) -> None:
    body = b'{"type": "cart"}'
    webhook["pathParameters"]["platform"] = "generic"
    webhook |= {
        "headers": {"x-kairos-signature": sign(body)},
        "body": body.decode(),
        "isBase64Encoded": False,
    }
    assert receive.handler(webhook, None)["statusCode"] == 200
    assert aws.queued()[0]["platform"] == "generic"


def test_more_than_4_mb_is_refused_with_413_even_if_signed(receive: ModuleType, webhook: Any) -> None:
    answer = receive.handler(posted(webhook, b"x" * (4 * 1024 * 1024 + 1)), None)
    assert answer["statusCode"] == 413
    problem_of(answer)


def test_a_body_of_just_4_mb_goes_whole_through_the_bucket(
    aws: Any, receive: ModuleType, webhook: dict[str, Any]
) -> None:
    body = b"x" * (4 * 1024 * 1024)
    assert receive.handler(posted(webhook, body), None)["statusCode"] == 200
    [message] = aws.queued()
    assert message["object"].startswith("oversize/demo/")
    stored = aws.s3.get_object(Bucket="bucket", Key=message["object"])["Body"].read()
    assert base64.b64decode(Delivery.model_validate_json(stored).body) == body


def test_two_equal_oversize_deliveries_do_not_share_an_object(
    aws: Any, receive: ModuleType, webhook: dict[str, Any]
) -> None:
    """Whoever records the first deletes its object; the second must still find its own."""
    for _ in range(2):
        receive.handler(posted(webhook, b"x" * 400_000), None)
    assert len({message["object"] for message in aws.queued()}) == 2


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ServiceUnavailable", "Message": "ada@example.com"}}, "SendMessage"),
        EndpointConnectionError(endpoint_url="https://sqs.example.com"),
    ],
)
def test_a_queue_that_fails_is_answered_503_so_that_the_shop_posts_again(
    receive: ModuleType, webhook: Any, monkeypatch: pytest.MonkeyPatch, failure: Exception, caplog: Any
) -> None:
    monkeypatch.setattr(receive, "_SQS", Mock(send_message=Mock(side_effect=failure)))
    answer = receive.handler(webhook, None)
    assert answer["statusCode"] == 503
    problem_of(answer)
    assert "example.com" not in caplog.text


def test_a_bucket_that_fails_is_answered_503_and_nothing_is_queued(
    aws: Any, receive: ModuleType, webhook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "PutObject")
    monkeypatch.setattr(receive, "_s3", lambda: Mock(put_object=Mock(side_effect=failure)))
    assert receive.handler(posted(webhook, b"x" * 400_000), None)["statusCode"] == 503
    assert aws.queued() == []


def test_secrets_that_cannot_be_read_are_answered_503_not_404(
    receive: ModuleType, webhook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "GetSecretValue")
    monkeypatch.setattr(receive, "_SECRETS", Mock(get_secret_value=Mock(side_effect=failure)))
    assert receive.handler(webhook, None)["statusCode"] == 503


def test_the_old_secret_opens_beside_the_new_one(aws: Any, receive: ModuleType, webhook: Any) -> None:
    aws.put_shop_secret("demo", **SHOP | {"current": "new", "previous": ["webhook-secret"]})
    for secret in ("new", "webhook-secret"):
        assert receive.handler(posted(webhook, b"{}", secret), None)["statusCode"] == 200


def test_woocommerces_unsigned_ping_is_answered_200_and_not_queued(
    aws: Any, receive: ModuleType, webhook: dict[str, Any]
) -> None:
    aws.put_shop_secret("demo", **SHOP | {"platform": "woocommerce"})
    webhook["pathParameters"]["platform"] = "woocommerce"
    webhook |= {"body": "webhook_id=12", "isBase64Encoded": False}
    webhook["headers"] = {"content-type": "application/x-www-form-urlencoded"}
    assert receive.handler(webhook, None)["statusCode"] == 200
    assert aws.queued() == []


def test_what_is_printed_counts_and_tells_nothing_of_persons(
    receive: ModuleType, webhook: dict[str, Any], capsys: Any
) -> None:
    receive.handler(webhook, None)
    webhook["pathParameters"]["shop"] = "ada@example.com"
    receive.handler(webhook, None)
    printed = capsys.readouterr().out
    accepted, refused = map(json.loads, printed.splitlines())
    assert (accepted["Accepted"], accepted["platform"]) == (1, "shopify")
    assert (refused["Refused"], refused["reason"]) == (1, "shop")
    assert "ada" not in printed.lower()


def test_activity_posted_by_send_beacon_is_queued(aws: Any, receive: ModuleType, activity: Any) -> None:
    answer = receive.handler(activity, None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["access-control-allow-origin"] == "https://shop.example.com"
    [message] = aws.queued()
    delivery = Delivery.model_validate(message)
    assert (delivery.source, delivery.headers) == ("activity", {})
    assert json.loads(base64.b64decode(delivery.body))["visitor"] == "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"


def test_the_write_key_may_come_as_a_header(receive: ModuleType, activity: dict[str, Any]) -> None:
    activity["queryStringParameters"] = None
    activity["headers"]["X-Kairos-Write-Key"] = "write-key-of-demo"
    assert receive.handler(activity, None)["statusCode"] == 200


@pytest.mark.parametrize("key", ["", "wrong", "ü\udcff"])
def test_activity_without_the_write_key_is_refused_with_401(
    aws: Any, receive: ModuleType, activity: dict[str, Any], key: str
) -> None:
    activity["queryStringParameters"] = {"key": key}
    assert receive.handler(activity, None)["statusCode"] == 401
    assert aws.queued() == []


def test_activity_from_an_origin_that_the_shop_does_not_allow_is_refused_with_401(
    aws: Any, receive: ModuleType, activity: dict[str, Any]
) -> None:
    activity["headers"]["origin"] = "https://evil.example.org"
    assert receive.handler(activity, None)["statusCode"] == 401
    assert aws.queued() == []


def test_activity_for_an_unknown_shop_is_refused_with_404(receive: ModuleType, activity: Any) -> None:
    activity["pathParameters"]["shop"] = "nobody"
    assert receive.handler(activity, None)["statusCode"] == 404


def test_activity_above_256_kb_is_refused_with_413(receive: ModuleType, activity: dict[str, Any]) -> None:
    activity["body"] = "x" * (256 * 1024 + 1)
    assert receive.handler(activity, None)["statusCode"] == 413


def identified(activity: dict[str, Any], secret: str) -> dict[str, Any]:
    message = b"v-1\nada@example.com"
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    identify = {"email": "ada@example.com", "signature": signature}
    activity["body"] = json.dumps({"visitor": "v-1", "identify": identify})
    return activity


@pytest.mark.parametrize(
    ("secret", "verdict"), [("tag-secret-of-demo", "verified"), ("guessed", "unverified")]
)
def test_the_signature_of_an_identify_is_judged_on_receipt(
    aws: Any, receive: ModuleType, activity: dict[str, Any], secret: str, verdict: str
) -> None:
    receive.handler(identified(activity, secret), None)
    assert aws.queued()[0]["headers"] == {"x-kairos-identify": verdict}


def test_a_visitor_cannot_declare_himself_verified(
    aws: Any, receive: ModuleType, activity: dict[str, Any]
) -> None:
    activity["headers"]["x-kairos-identify"] = "verified"
    receive.handler(identified(activity, "guessed"), None)
    assert aws.queued()[0]["headers"] == {"x-kairos-identify": "unverified"}


def test_a_preflight_of_an_allowed_origin_is_answered_with_its_name(
    receive: ModuleType, activity: dict[str, Any]
) -> None:
    activity |= {"httpMethod": "OPTIONS", "body": None, "queryStringParameters": None}
    answer = receive.handler(activity, None)
    assert answer["statusCode"] == 204
    assert answer["headers"]["access-control-allow-origin"] == "https://shop.example.com"
    assert "content-type" in answer["headers"]["access-control-allow-headers"]


def test_a_preflight_of_another_origin_is_refused(receive: ModuleType, activity: dict[str, Any]) -> None:
    activity |= {"httpMethod": "OPTIONS", "body": None, "queryStringParameters": None}
    activity["headers"]["origin"] = "https://evil.example.org"
    assert receive.handler(activity, None)["statusCode"] == 401


def test_a_shop_that_names_no_origins_allows_all(aws: Any, receive: ModuleType, activity: Any) -> None:
    aws.put_shop_secret("demo", **SHOP | {"allowed_origins": []})
    activity["headers"]["origin"] = "https://anywhere.example.org"
    assert receive.handler(activity, None)["statusCode"] == 200


def test_a_visitor_who_sends_without_end_is_told_to_wait_in_words_that_the_page_may_read(
    receive: ModuleType, activity: dict[str, Any]
) -> None:
    answers = [receive.handler(activity, None) for _ in range(40)]
    statuses = [one["statusCode"] for one in answers]
    assert statuses[:30] == [200] * 30
    assert statuses[-1] == 429
    assert problem_of(answers[-1])["detail"] == "This visitor sends too much at once."
    assert answers[-1]["headers"]["access-control-allow-origin"] == "https://shop.example.com"
    activity["body"] = activity["body"].replace("b7e0f8c2", "c7e0f8c2")
    assert receive.handler(activity, None)["statusCode"] == 200

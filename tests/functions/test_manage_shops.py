"""Shops and keys as the API shows them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.api.fakes import shop_body


@pytest.fixture
def call(aws: Any, event: Callable[[str], dict[str, Any]]) -> Callable[..., tuple[int, Any]]:
    function = aws.load_app("manage_shops")

    def called(
        method: str, route: str, body: Any = None, caller: dict[str, str] | None = None, **path: str
    ) -> tuple[int, Any]:
        told = event("manage")
        told |= {"httpMethod": method, "resource": route, "pathParameters": {"shop": "demo"} | path}
        told["body"] = body if isinstance(body, str) else json.dumps(body)
        if caller is not None:
            told["requestContext"]["authorizer"] = caller
        answer = function.handler(told, None)
        if answer["statusCode"] >= 400:
            assert answer["headers"]["content-type"] == "application/problem+json"
        return answer["statusCode"], json.loads(answer["body"] or "null")

    return called


SHOP = "/v1/shops/{shop}"
KEYS = "/v1/shops/{shop}/keys"


def test_a_shop_is_created_then_changed_then_read(call: Callable[..., tuple[int, Any]]) -> None:
    status, made = call("PUT", SHOP, shop_body())
    assert (status, len(made["tag_secret"]) > 30) == (201, True)
    assert call("PUT", SHOP, shop_body(name="New"))[0] == 200
    status, read = call("GET", SHOP)
    assert (status, read["name"], read["write_key"]) == (200, "New", made["write_key"])


def test_the_secret_lies_where_receiving_looks(aws: Any, call: Callable[..., Any]) -> None:
    call("PUT", SHOP, shop_body())
    call("PUT", SHOP, shop_body(secrets={"webhook": "rotated"}))
    held = json.loads(aws.secrets.get_secret_value(SecretId="kairos/shops/demo")["SecretString"])
    assert (held["current"], held["previous"]) == ("rotated", ["webhook-secret"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("not json", "body"),
        ("[]", "body"),
        (shop_body(id="another"), "id"),
        (shop_body(curency="EUR"), "curency"),
        (shop_body(currency="euro"), "currency"),
        (shop_body(timezone="Berlin"), "timezone"),
        (shop_body(sender={"email": "nobody", "name": "Demo"}), "sender.email"),
        (shop_body(sender={"email": "a@example.com,b@example.com", "name": "Demo"}), "sender.email"),
        (shop_body(sender={"email": "a@example.com\r\nBcc: b@example.com", "name": "Demo"}), "sender.email"),
        (shop_body(sender={"email": "läden@example.com", "name": "Demo"}), "sender.email"),
        (shop_body(url="javascript:alert(1)"), "url"),
        (shop_body(url='https://shop.example.com" onload="'), "url"),
        (shop_body(name="\ud800"), "body"),
        ("[" * 100_000, "body"),
        (shop_body(platform="nothing"), "platform"),
        (shop_body(secrets={"webhook": ""}), "secrets.webhook"),
    ],
)
def test_a_wrong_body_is_answered_400_naming_the_field(
    call: Callable[..., tuple[int, Any]], body: Any, field: str
) -> None:
    status, problem = call("PUT", SHOP, body)
    assert (status, problem["field"]) == (400, field)
    assert problem["detail"]
    assert problem["remedy"]


def test_a_problem_does_not_repeat_a_secret(call: Callable[..., tuple[int, Any]]) -> None:
    body = shop_body(secrets={"webhook": "very-secret", "unknown": "more-secret"})
    assert "secret-" not in str(call("PUT", SHOP, body)) + "-"
    assert "very-secret" not in str(call("PUT", SHOP, body))


def test_an_unknown_shop_is_answered_404(call: Callable[..., tuple[int, Any]]) -> None:
    assert call("GET", SHOP)[0] == 404


def test_a_shops_owner_cannot_create_another_shop(call: Callable[..., tuple[int, Any]]) -> None:
    caller = {"role": "owner", "shops": "demo", "key_id": "k1"}
    assert call("PUT", SHOP, shop_body(), caller)[0] == 403


def test_a_request_that_no_authorizer_judged_is_answered_403(call: Callable[..., Any]) -> None:
    assert call("PUT", SHOP, shop_body(), {})[0] == 403


def test_a_key_is_made_listed_and_withdrawn(call: Callable[..., tuple[int, Any]]) -> None:
    call("PUT", SHOP, shop_body())
    status, made = call("POST", KEYS, {"role": "reader", "name": "Report"})
    assert (status, made["key"][:7]) == (201, "kairos_")
    status, listed = call("GET", KEYS)
    assert [one["id"] for one in listed["keys"]] == [made["id"]]
    assert call("DELETE", KEYS + "/{key}", key=made["id"])[0] == 204
    assert call("GET", KEYS)[1] == {"keys": []}
    assert call("DELETE", KEYS + "/{key}", key=made["id"])[0] == 404


@pytest.mark.parametrize("body", [{}, {"role": "admin"}, {"role": "owner", "shops": ["UP"]}])
def test_a_wrong_key_wish_is_answered_400(call: Callable[..., tuple[int, Any]], body: Any) -> None:
    call("PUT", SHOP, shop_body())
    assert call("POST", KEYS, body)[0] == 400

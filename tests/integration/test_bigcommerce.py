"""BigCommerce on the deployed stack: webhooks of ids alone become profile, order and cart."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.running_stack import RunningStack
from tests.adapters.platforms.bigcommerce_bodies import (
    ADDRESS,
    COUPON,
    cart,
    customer,
    order,
    order_product,
    subscriber,
    webhook,
)
from tests.adapters.shop_apis.fake_bigcommerce import TOKEN, FakeBigCommerce, fake_bigcommerce
from tests.integration.shops import SECRET, open_shop, stored, until

CART = str(cart()["id"])


@pytest.fixture
def store() -> Iterator[FakeBigCommerce]:
    with fake_bigcommerce() as running:
        parts = {"_products": [order_product()], "_coupons": [COUPON], "_shipping_addresses": [ADDRESS]}
        running.orders["118"] = order(cart_id=None) | parts
        running.carts[CART] = cart(customer_id=11)
        running.customers["11"] = customer()
        running.subscribers["5"] = subscriber()
        yield running


def post(stack: RunningStack, shop: str, scope: str, data: dict[str, Any], secret: str = SECRET) -> int:
    """Post a webhook as BigCommerce does; the status of the answer."""
    raw = json.dumps(webhook(scope, data)).encode()
    seconds = str(int(time.time()))
    signed = b"msg_1." + seconds.encode() + b"." + raw
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{signature}",
    }
    return stack.client.ask("POST", f"/v1/shops/{shop}/webhooks/bigcommerce", raw, headers).status


def documents(stack: RunningStack, shop: str) -> dict[str, dict[str, Any]]:
    """What is stored of the shop's orders, carts and customers: the snapshot by its kind."""
    found = {}
    for item in stored(stack):
        if item["pk"]["S"].startswith(f"{shop}#") and "body" in item:
            body = json.loads(item["body"].get("S", "null"))
            told = body.get("snapshot", body) if isinstance(body, dict) else {}
            if told.get("kind") in ("order", "cart", "customer"):
                found[told["kind"]] = told
    return found


@pytest.fixture
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


def settings(store: FakeBigCommerce, token: str = TOKEN) -> dict[str, Any]:
    return {"currency": "EUR", "api": store.address, "secrets": {"webhook": SECRET, "api": token}}


def test_webhooks_of_ids_become_profile_order_and_cart_also_through_an_outage(
    running: RunningStack, store: FakeBigCommerce
) -> None:
    shop = open_shop(running, "bigcommerce", **settings(store))
    assert post(running, shop, "store/order/created", {"type": "order", "id": 118}, "another") == 401
    store.moods, store.reset_ms = ["throttled"], 1000
    assert post(running, shop, "store/order/created", {"type": "order", "id": 118}) == 200
    assert post(running, shop, "store/cart/created", {"type": "cart", "id": CART}) == 200
    assert post(running, shop, "store/customer/created", {"type": "customer", "id": 11}) == 200
    until(lambda: len(documents(running, shop)) == 3, "order, cart and customer are recorded", 120)
    found = documents(running, shop)
    assert found["order"]["amounts"]["total"] == 8813
    assert found["cart"]["lines"][0]["product_id"] == "77"
    until(lambda: running.customer(shop, "kim@example.com") is not None, "the profile is there")
    profile = running.customer(shop, "kim@example.com")
    assert profile is not None
    assert profile["person"]["first_name"] == "Kim"


def test_what_a_wrong_token_did_not_open_is_fetched_once_it_is_mended(
    running: RunningStack, store: FakeBigCommerce
) -> None:
    shop = open_shop(running, "bigcommerce", **settings(store, "withdrawn"))
    assert post(running, shop, "store/customer/created", {"type": "customer", "id": 11}) == 200
    until(lambda: letters(running, shop) != [], "the webhook is among the shop's dead letters", 120)
    [letter] = letters(running, shop)
    assert (letter["field"], letter["reason"]) == ("secrets.api", "token refused (401)")
    _, held = running.api("GET", f"/v1/shops/{shop}")
    status, answer = running.api("PUT", f"/v1/shops/{shop}", held | {"secrets": {"api": TOKEN}})
    assert status == 200, answer
    status, answer = running.api("POST", f"/v1/shops/{shop}/dead-letters/replay", {"all": True})
    assert (status, answer) == (202, {"replayed": 1, "left": False})
    until(lambda: "customer" in documents(running, shop), "the customer is recorded", 120)


def letters(running: RunningStack, shop: str) -> list[dict[str, Any]]:
    """The shop's dead letters as its owner sees them."""
    status, answer = running.api("GET", f"/v1/shops/{shop}/dead-letters")
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["letters"]
    return found

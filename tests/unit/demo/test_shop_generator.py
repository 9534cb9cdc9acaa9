"""The demo shop: the same from the same seed, and nobody in it can be reached."""

import json
import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from local.demo_shop.history import QUIET_DAYS
from local.demo_shop.pictures import SIDE
from local.shop_generator import DemoShop, make_shop, pictures

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return make_shop(seed=7, now=NOW, pictures_url="https://pictures.example.com/demo")


def test_the_same_seed_and_time_give_the_same_bytes(shop: DemoShop) -> None:
    again = make_shop(seed=7, now=NOW, pictures_url="https://pictures.example.com/demo")

    assert [one.raw for one in again.history] == [one.raw for one in shop.history]
    assert [one.headers for one in again.history] == [one.headers for one in shop.history]


def test_another_seed_gives_another_shop(shop: DemoShop) -> None:
    other = make_shop(seed=8, now=NOW, pictures_url="https://pictures.example.com/demo")

    assert {one.raw for one in other.history} != {one.raw for one in shop.history}


def test_every_address_reaches_nobody(shop: DemoShop) -> None:
    text = "\n".join(one.raw.decode() for one in shop.history)
    hosts = set(re.findall(r"@([\w.-]+)", text))
    phones = set(re.findall(r'"phone":"(.*?)"', text))

    assert hosts == {"example.com", "example.org"}
    assert phones
    assert all(phone.startswith("+447700900") for phone in phones)


def test_history_is_told_in_order_and_ends_now(shop: DemoShop) -> None:
    times = [one.at for one in shop.history]

    assert times == sorted(times)
    assert times[-1] <= NOW
    assert NOW - times[0] > timedelta(days=365)


def test_no_cart_is_young_enough_to_start_a_scenario(shop: DemoShop) -> None:
    carts = [one.at for one in shop.history if one.topic in {"carts/create", "checkouts/create"}]

    assert carts
    assert max(carts) <= NOW - timedelta(days=QUIET_DAYS) + timedelta(minutes=3)


def test_all_that_happens_in_a_shop_happens(shop: DemoShop) -> None:
    orders = [one.body for one in shop.history if one.topic == "orders/create"]
    buyers = [order["email"] for order in orders]
    locales = {order["customer_locale"][:2] for order in orders}

    assert set(shop.counts()) == {
        *("carts/create", "checkouts/create", "collections/create", "customers/create"),
        *("orders/cancelled", "orders/create", "orders/updated", "products/create", "refunds/create"),
    }
    assert len(buyers) > len(set(buyers)) > 100
    assert any(order["customer"] is None for order in orders)
    assert locales == {"de", "fr", "it", "en"}


def test_an_order_adds_up(shop: DemoShop) -> None:
    for order in (one.body for one in shop.history if one.topic == "orders/create"):
        lines = sum(Decimal(line["price"]) * line["quantity"] for line in order["line_items"])
        shipping = Decimal(order["shipping_lines"][0]["price"])

        assert Decimal(order["total_price"]) == lines + shipping - Decimal(order["total_discounts"])


def test_a_refund_gives_back_no_more_than_was_paid(shop: DemoShop) -> None:
    paid = {one.body["id"]: one.body for one in shop.history if one.topic == "orders/create"}
    for refund in (one.body for one in shop.history if one.topic == "refunds/create"):
        amount = Decimal(refund["transactions"][0]["amount"])

        assert Decimal(0) < amount <= Decimal(paid[refund["order_id"]]["total_price"])


def test_webhook_ids_differ(shop: DemoShop) -> None:
    ids = [one.headers["X-Shopify-Webhook-Id"] for one in shop.history]

    assert len(set(ids)) == len(ids)


def test_every_product_has_a_picture_that_is_a_png(shop: DemoShop) -> None:
    files = pictures(shop.catalogue)
    named = {one.body["image"]["src"] for one in shop.history if one.topic == "products/create"}

    assert named == {f"https://pictures.example.com/demo/{name}" for name in files}
    for content in files.values():
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", content[16:24]) == (SIDE, SIDE)
        start = content.index(b"IDAT") + 4
        (length,) = struct.unpack(">I", content[start - 8 : start - 4])
        assert len(zlib.decompress(content[start : start + length])) == SIDE * (SIDE + 1)


def test_bodies_are_json_that_reads_back(shop: DemoShop) -> None:
    assert all(json.loads(one.raw) == one.body for one in shop.history)

"""What the demo shop tells is read by the adapters of real shops."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from kairos.adapters.clock import SystemClock
from kairos.adapters.platforms.platform import read_delivery
from kairos.domain.cart import CartSnapshot
from kairos.domain.delivery import Delivery
from kairos.domain.order import OrderSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot
from local.demo_shop.cast import make_cast
from local.demo_shop.webhook import Webhook
from local.shop_generator import SHOP, DemoShop, make_shop, shop_settings

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def read(webhook: Webhook) -> list[Snapshot]:
    settings = {name: value for name, value in shop_settings("").items() if name != "secrets"}
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    body = base64.b64encode(webhook.raw).decode()
    delivery = Delivery(shop=SHOP, platform="shopify", headers=headers, body=body, received_at=NOW)
    return read_delivery(delivery, Shop.model_validate({**settings, "id": SHOP}), SystemClock())


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return make_shop(seed=7, now=NOW, pictures_url="https://pictures.example.com/demo", customers=40)


def test_every_webhook_of_the_history_is_read(shop: DemoShop) -> None:
    assert all(read(webhook) for webhook in shop.history)


def test_an_order_is_read_with_its_money(shop: DemoShop) -> None:
    webhook = next(one for one in shop.history if one.topic == "orders/create")
    [order] = read(webhook)

    assert isinstance(order, OrderSnapshot)
    assert order.amounts.currency == "CHF"
    assert order.amounts.total == int(webhook.body["total_price"].replace(".", ""))


def test_a_checkout_belongs_to_its_cart_and_speaks_the_visitors_language(shop: DemoShop) -> None:
    actor = make_cast(1, 0, shop.catalogue, lambda days: NOW - timedelta(days=days))[0]
    [cart] = read(actor.leaves_cart(NOW))
    [checkout] = read(actor.begins_checkout(NOW))

    assert isinstance(cart, CartSnapshot)
    assert isinstance(checkout, CartSnapshot)
    assert checkout.cart_key == cart.cart_key
    assert checkout.identities.email == actor.person.email
    assert [line.title for line in checkout.lines] == [item.product.titles["fr"] for item in actor.items]

"""PrestaShop, Magento, CloudCart and the plugins on the deployed stack: profile, order and cart."""

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.running_stack import RunningStack
from local.traffic import signature
from tests.adapters.platforms import test_cloudcart, test_magento
from tests.adapters.platforms.test_real_payloads import SCHEMAS, with_values
from tests.integration.shops import SECRET, open_shop, stored, until_recorded
from tests.payloads import needs_data, payloads
from tests.plugins.php import php, run_module, run_plugin

EMAIL = "kim@example.com"
SECRETS = (SECRET, "tag-secret-of-16")
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Body(NamedTuple):
    """A topic, and the body that a platform posts for it."""

    topic: str
    told: Any

    @property
    def raw(self) -> bytes:
        """As it is posted."""
        return json.dumps(self.told).encode()


PERSON = {
    "id": "4",
    "email": EMAIL,
    "firstname": "Kim",
    "newsletter": "1",
    "newsletter_date_add": "2026-02-10 12:00:00",
}
CHANGED = {"date_add": "2026-02-28 10:00:00", "date_upd": "2026-02-28 10:30:00"}
ROW = {"product_id": "8", "product_quantity": "2", "unit_price_tax_incl": "24.00", "product_name": "Lamp"}
PRESTASHOP = [
    Body("", {"event": "cart.updated", "cart": CHANGED | {
        "id": "12", "id_customer": "4", "customer": PERSON,
        "associations": {"cart_rows": [{"id_product": "8", "quantity": "2", "price": "24.00"}]}}}),
    Body("", {"event": "order.created", "order": CHANGED | {
        "id": "6", "id_cart": "12", "id_customer": "4", "current_state": "2", "total_paid_tax_incl": "48.00",
        "customer": PERSON, "associations": {"order_rows": [ROW]}}}),
    Body("", {"customer": CHANGED | PERSON}),
    Body("", {"order_slip": CHANGED | {"id": "3", "id_order": "6", "total_products_tax_incl": "12.00"}}),
]  # fmt: skip
QUOTE = {
    "entity_id": "21",
    "is_active": True,
    "base_currency_code": "EUR",
    "customer_email": EMAIL,
    "items": [{"item_id": 1, "sku": "lamp", "qty": 2, "base_price": "24.00"}],
    "updated_at": "2026-02-28 09:30:00",
}
MAGENTO = [
    Body("sales_quote_save_after", QUOTE),
    Body("observer.sales_order_save_after", test_magento.ORDER),
    Body("newsletter_subscriber_save_after", {"subscriber_email": EMAIL, "subscriber_status": 1}),
]
CLOUDCART = [
    Body("order.created", [test_cloudcart.ORDER]),
    Body(
        "customer.updated",
        [{"type": "customers", "id": "87", "attributes": {"email": EMAIL, "marketing": "yes"}}],
    ),
]


def by_commerce(raw: bytes) -> str:
    signed = KEY.sign(base64.b64encode(raw), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signed).decode()


def by_secret(raw: bytes) -> str:
    return signature(SECRET, raw)


def by_key(_raw: bytes) -> str:
    return SECRET


Sign = Callable[[bytes], str]
WAYS: list[tuple[str, str, str, Sign, list[Body], set[str]]] = [
    ("prestashop", SECRET, "X-Kairos-Signature", by_secret, PRESTASHOP, {"order", "cart", "customer"}),
    ("magento", SECRET, "X-Kairos-Signature", by_secret, MAGENTO, {"order", "cart"}),
    ("magento", PUBLIC, "X-Adobe-Commerce-Webhook-Signature", by_commerce, MAGENTO, {"order", "cart"}),
    ("cloudcart", SECRET, "X-CloudCart-ApiKey", by_key, CLOUDCART, {"order", "customer"}),
]


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


def post(running: RunningStack, address: tuple[str, str], body: Body, told: dict[str, str]) -> int:
    """address: shop and platform; told: the header that proves it. The status of the answer."""
    shop, platform = address
    headers = {"Content-Type": "application/json"} | ({"X-Kairos-Topic": body.topic} if body.topic else {})
    return running.client.ask(
        "POST", f"/v1/shops/{shop}/webhooks/{platform}", body.raw, headers | told
    ).status


def documents(running: RunningStack, shop: str) -> dict[str, dict[str, Any]]:
    """The newest snapshot of each kind that is stored of the shop."""
    found = {}
    for item in stored(running):
        if item["pk"]["S"].startswith(f"{shop}#") and "S" in item.get("body", {}):
            body = json.loads(item["body"]["S"])
            told = body.get("snapshot", body) if isinstance(body, dict) else {}
            if told.get("kind") in ("order", "cart", "customer"):
                found[told["kind"]] = told
    return found


@pytest.mark.parametrize(("platform", "secret", "header", "sign", "bodies", "kinds"), WAYS)
def test_bodies_become_profile_order_and_cart_and_only_under_the_right_signature(
    running: RunningStack,
    platform: str,
    secret: str,
    header: str,
    sign: Sign,
    bodies: list[Body],
    kinds: set[str],
) -> None:
    shop = open_shop(running, platform, currency="EUR", secrets={"webhook": secret})
    for body in bodies:
        for wrong in ({}, {header: "wrong"}, {header: by_secret(body.raw + b" ")}):
            assert post(running, (shop, platform), body, wrong) == 401
        assert post(running, (shop, platform), body, {header: sign(body.raw)}) == 200
    until_recorded(running)

    assert running.dead_letters(shop) == 0
    assert running.customer(shop, EMAIL) is not None
    told = documents(running, shop)
    assert set(told) == kinds
    assert told["order"]["status"] in ("paid", "pending")
    assert told["order"]["lines"][0]["quantity"] == 2


def test_the_real_bodies_of_magento_become_profiles_or_are_counted_and_dropped(running: RunningStack) -> None:
    needs_data()
    shop = open_shop(running, "magento", currency="USD", secrets={"webhook": SECRET})
    posted = 0
    for one in payloads():
        if one.platform == "magento":
            told = with_values(one.body) if one.path.startswith(SCHEMAS) else one.body
            body = Body(one.topic, told)
            assert post(running, (shop, "magento"), body, {"X-Kairos-Signature": by_secret(body.raw)}) == 200
            posted += 1
    until_recorded(running)

    assert posted > 15
    assert running.customer(shop, "jdoe@example.com") is not None
    assert running.customer(shop, EMAIL) is not None
    assert running.dead_letters(shop) == 2, "two events whose subscription names a few fields only"


def test_what_prestashop_s_module_posts_becomes_profile_order_and_cart(running: RunningStack) -> None:
    php()
    shop = open_shop(running, "prestashop", currency="EUR", secrets={"webhook": SECRET})
    steps: list[list[Any]] = [
        ["hook", "actionCartSave", {"cart": {"class": "Cart", "id": 12}}],
        ["hook", "actionCustomerAccountAdd", {"newCustomer": {"class": "Customer", "id": 4}}],
        ["hook", "actionValidateOrder", {"order": {"class": "Order", "id": 6}}],
        ["hook", "actionProductSave", {"id_product": 8}],
        ["deliver"],
    ]
    answers = run_module(running.told["api_url"], shop, SECRETS, steps, {"kairos_visitor": VISITOR})
    assert answers[-1] == {"sent": 4, "waiting": 0}
    until_recorded(running)

    assert running.dead_letters(shop) == 0
    assert running.customer(shop, EMAIL) is not None
    told = documents(running, shop)
    assert set(told) == {"order", "cart", "customer"}
    assert told["order"]["cart_token"] == told["cart"]["id"]


def test_what_woocommerce_s_plugin_posts_becomes_a_cart_of_the_customer(running: RunningStack) -> None:
    php()
    shop = open_shop(running, "woocommerce", currency="EUR", secrets={"webhook": SECRET})
    steps: list[list[Any]] = [["cart", 2, EMAIL], ["queue"]]
    run_plugin(running.told["api_url"], shop, SECRETS, steps, {"kairos_visitor": VISITOR})
    until_recorded(running)

    assert running.dead_letters(shop) == 0
    assert running.customer(shop, EMAIL) is not None
    assert documents(running, shop)["cart"]["lines"][0]["variant_id"] == "34"

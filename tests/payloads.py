"""Real bodies of shop platforms, where they lie beside the repository: ../shared/data/payloads.

Their REST wrappers are taken off here; adapters never do that. Nothing is downloaded or copied.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared/data"


class Payload(NamedTuple):
    """One body and the topic under which its platform posts it. path: below payloads/, with its place."""

    platform: str
    topic: str
    path: str
    body: dict[str, Any]

    @property
    def raw(self) -> bytes:
        """The body as it is posted."""
        return json.dumps(self.body).encode()


TOPIC_HEADER = {"shopify": "X-Shopify-Topic", "woocommerce": "X-WC-Webhook-Topic"}

# What the file's name begins with, and the topic of such a body. Names not listed have no topic of
# their own: parts of REST alone (order notes, variations, single transactions in a list …).
_SHOPIFY = {
    "order": "orders/updated",
    "orders": "orders/updated",
    "draft_order": "draft_orders/update",
    "draft_order_completed": "draft_orders/update",
    "draft_orders": "draft_orders/update",
    "abandoned_checkout": "checkouts/update",
    "checkout": "checkouts/update",
    "checkouts": "checkouts/update",
    "carts": "carts/update",
    "customer": "customers/update",
    "customers_search": "customers/update",
    "customer_saved_search_customers": "customers/update",
    "customers_email_marketing_consent": "customers_email_marketing_consent/update",
    "refund": "refunds/create",
    "refund_calculate": "refunds/create",
    "refunds": "refunds/create",
    "product": "products/update",
    "products": "products/update",
    "shop": "shop/update",
    "discounts": "discounts/create",
    "fulfillments": "fulfillments/create",
    "order_transactions": "order_transactions/create",
    "app_uninstalled": "app/uninstalled",
}
_BY_FILE = {"2025-04__orders__3.json": "orders/risk_assessment_changed"}
_WOOCOMMERCE = {
    "orders": "order",
    "customers": "customer",
    "order-refunds": "refund",
    "products": "product",
    "coupons": "coupon",
}
_NOT_A_RESOURCE = {"customers__07_http-request.json"}  # a customer's downloads
_BATCH = {"create": "created", "update": "updated", "delete": "deleted"}


def payloads() -> Iterator[Payload]:
    """Every body with a topic of its own; none where the folder is absent."""
    yield from _of_shopify()
    yield from _of_woocommerce()


def needs_data() -> None:
    """Skip aloud where the bodies are absent."""
    if not DATA.is_dir():
        pytest.skip(f"real payloads are absent: no {DATA}")


def _of_shopify() -> Iterator[Payload]:
    for file in sorted((DATA / "payloads/shopify").glob("*/*.json")):
        name = re.sub(r"^\d{4}-\d{2}__|__\d+$", "", file.stem)
        topic = _BY_FILE.get(file.name) or _SHOPIFY.get(name)
        if topic is None or file.parent.name == "wh-jsonschema-gadget":
            continue
        told = json.loads(file.read_text())
        if file.parent.name.startswith("rest-") and isinstance(told, dict):
            [told] = told.values()
        yield from _each("shopify", topic, file, told)


def _of_woocommerce() -> Iterator[Payload]:
    for file in sorted((DATA / "payloads/woocommerce").glob("*/*.json")):
        resource = _WOOCOMMERCE.get(file.name.split("__")[0])
        if resource is None or file.name in _NOT_A_RESOURCE:
            continue
        told = json.loads(file.read_text())
        if isinstance(told, dict) and set(told) <= set(_BATCH):
            for step, bodies in told.items():
                yield from _each("woocommerce", f"{resource}.{_BATCH[step]}", file, bodies)
        else:
            event = "created" if resource == "refund" else "updated"
            yield from _each("woocommerce", f"{resource}.{event}", file, told)


def _each(platform: str, topic: str, file: Path, told: Any) -> Iterator[Payload]:
    bodies = told if isinstance(told, list) else [told]
    for place, body in enumerate(bodies):
        name = f"{file.relative_to(DATA / 'payloads')} {topic}"
        yield Payload(platform, topic, f"{name} {place}" if len(bodies) > 1 else name, body)

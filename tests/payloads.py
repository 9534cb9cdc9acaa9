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


TOPIC_HEADER = {
    "shopify": "X-Shopify-Topic",
    "woocommerce": "X-WC-Webhook-Topic",
    "magento": "X-Kairos-Topic",
}

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
# Events under their own names, REST bodies under that of their resource. Other files are requests, answers of
# checkout, or configuration.
_MAGENTO = {
    "events__custom-event-fields__02_configure-the-io-events-xml-file": "sales_order_save_after",
    "events__events-reference__01_observer-catalog-category-delete-after": (
        "observer.catalog_category_delete_after"
    ),
    "events__events-reference__06_observer-cataloginventory-stock-item-save-commit-a": (
        "observer.cataloginventory_stock_item_save_commit_after"
    ),
    "events__events-reference__08_observer-checkout-submit-all-after": "observer.checkout_submit_all_after",
    "events__events-reference__10_observer-customer-delete-commit-after": (
        "observer.customer_delete_commit_after"
    ),
    "events__events-reference__13_observer-customer-login": "observer.customer_login",
    "events__events-reference__21_observer-sales-quote-save-after": "observer.sales_quote_save_after",
    "events__events-reference__25_observer-sales-order-creditmemo-save-after": (
        "observer.sales_order_creditmemo_save_after"
    ),
    "events__events-reference__27_observer-sales-order-save-after": "observer.sales_order_save_after",
    "events__events-reference__30_observer-sales-order-shipment-track-save-after": (
        "observer.sales_order_shipment_track_save_after"
    ),
    "events__events-reference__32_plugin-sales-api-order-management-place": (
        "plugin.magento.sales.api.order_management.place"
    ),
    "events__events-reference__36_plugin-sales-rule-api-rule-repository-save": (
        "plugin.magento.sales_rule.api.rule_repository.save"
    ),
    "includes__nested-event__01_x": "com.adobe.commerce.observer.sales_order_invoice_save_after",
    "starter-kit__integration__send-data__01_customer": "customer_save_commit_after",
    "starter-kit__integration__send-data__03_order": "sales_order_save_commit_after",
    "tutorials__inventory__create-invoice__01_retrieve-the-order-item-ids": "invoice",
    "tutorials__orders__order-create-customer__02_create-a-customer-account": "customer",
    "tutorials__orders__order-create-invoice__01_view-the-invoice": "invoice",
    "tutorials__orders__order-create-order__02_review-the-order-as-an-admin": "order",
}
_LEFT_OUT = re.compile(r",?\s*\.\.\.")
"""What stands in the documentation for further lines of an order."""
_NOT_A_RESOURCE = {"customers__07_http-request.json"}  # a customer's downloads
_BATCH = {"create": "created", "update": "updated", "delete": "deleted"}


def payloads() -> Iterator[Payload]:
    """Every body with a topic of its own; none where the folder is absent."""
    yield from _of_shopify()
    yield from _of_woocommerce()
    yield from _of_magento()


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


def _of_magento() -> Iterator[Payload]:
    for file in sorted((DATA / "payloads/magento").glob("*/*.json*")):
        topic = _MAGENTO.get(file.name.split(".")[0])
        if topic:
            yield from _each("magento", topic, file, json.loads(_LEFT_OUT.sub("", file.read_text())))


def _each(platform: str, topic: str, file: Path, told: Any) -> Iterator[Payload]:
    bodies = told if isinstance(told, list) else [told]
    for place, body in enumerate(bodies):
        name = f"{file.relative_to(DATA / 'payloads')} {topic}"
        yield Payload(platform, topic, f"{name} {place}" if len(bodies) > 1 else name, body)

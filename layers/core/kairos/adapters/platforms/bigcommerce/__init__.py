"""BigCommerce: which topic is read how, and how its bodies come.

A webhook tells a scope and an id, no more (developer.bigcommerce.com, "Webhook events"). The readers refuse
such a body with NotFetched; once the shop's API has been asked, the same body comes again with what the API
told as its `document` (see adapters/shop_apis/bigcommerce.py), and is read. What is gone needs no document.

Left out on purpose: metafields, messages, price lists, channels, payment instruments.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kairos.adapters.platforms.bigcommerce import carts, customers, orders, products
from kairos.adapters.platforms.bigcommerce.parts import SCOPE, TOLD_AT_HEADER, told_at
from kairos.adapters.platforms.envelope import Envelope
from kairos.adapters.platforms.message import Reader
from kairos.domain.errors import Unreadable
from kairos.ports import ShopDocument

TOPICS: dict[str, Reader] = {
    "store/order/created": orders.read_order,
    "store/order/updated": orders.read_order,
    "store/order/statusupdated": orders.read_order,
    "store/order/archived": orders.read_order,
    "store/order/refund/created": orders.read_order,
    "store/order/transaction/created": orders.read_order,
    "store/order/transaction/updated": orders.read_order,
    "store/order/deleted": orders.read_deleted,
    "store/shipment/created": orders.read_order,
    "store/shipment/updated": orders.read_order,
    "store/shipment/deleted": orders.read_order,
    "store/cart/created": carts.read_cart,
    "store/cart/updated": carts.read_cart,
    "store/cart/couponapplied": carts.read_cart,
    "store/cart/abandoned": carts.read_cart,
    "store/cart/lineitem/created": carts.read_cart,
    "store/cart/lineitem/updated": carts.read_cart,
    "store/cart/lineitem/deleted": carts.read_cart,
    "store/cart/converted": carts.read_converted,
    "store/cart/deleted": carts.read_deleted,
    "store/customer/created": customers.read_customer,
    "store/customer/updated": customers.read_customer,
    "store/customer/address/created": customers.read_customer,
    "store/customer/address/updated": customers.read_customer,
    "store/customer/address/deleted": customers.read_customer,
    "store/customer/deleted": customers.read_deleted,
    "store/subscriber/created": customers.read_subscriber,
    "store/subscriber/updated": customers.read_subscriber,
    "store/subscriber/deleted": customers.read_subscriber_deleted,
    "store/product/created": products.read_product,
    "store/product/updated": products.read_product,
    "store/product/inventory/updated": products.read_product,
    "store/product/inventory/order/updated": products.read_product,
    "store/sku/created": products.read_product,
    "store/sku/updated": products.read_product,
    "store/sku/deleted": products.read_product,
    "store/sku/inventory/updated": products.read_product,
    "store/sku/inventory/order/updated": products.read_product,
    "store/product/deleted": products.read_deleted,
    "store/category/created": products.read_category,
    "store/category/updated": products.read_category,
    "store/category/deleted": products.read_category_deleted,
}
"""In lower case. store/order/deleted is none of BigCommerce's own: an order that is not to be had."""

__all__ = ["TOLD_AT_HEADER", "TOPICS", "gone", "named", "opened"]


def opened(body: Any) -> Envelope:
    """The body with its topic and time. Raises Unreadable where it tells no scope."""
    scope = body.get(SCOPE) if isinstance(body, Mapping) else None
    if not isinstance(scope, str) or not scope:
        raise Unreadable(SCOPE, "is missing.", "Post webhooks from BigCommerce itself.")
    at = told_at(body.get("created_at"))
    return Envelope(scope, body, told_at=at.isoformat() if at else None)


def named(topic: str, thing: str, at: datetime | None) -> ShopDocument:
    """What a webhook that names the thing would have told, at that real time: to be fetched anew."""
    told: dict[str, Any] = {SCOPE: topic, "data": {"id": thing}}
    when = {} if at is None else {"created_at": int(at.timestamp())}
    return ShopDocument(topic, json.dumps(told | when).encode())


def gone(topic: str, thing: str) -> ShopDocument:
    """What stands for a thing that the API has no more: its deletion. topic: one that it is fetched under."""
    deleted = topic.removesuffix("/updated") + "/deleted"
    return ShopDocument(deleted, json.dumps({SCOPE: deleted, "data": {"id": thing}}).encode())

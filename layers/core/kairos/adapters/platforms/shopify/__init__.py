"""Shopify: which topic is read how. Bodies as shopify.dev documents them, versions 2023-10 to 2026-04."""

from kairos.adapters.platforms.message import Reader
from kairos.adapters.platforms.shopify import orders, refunds

TOPICS: dict[str, Reader] = {
    "orders/create": orders.read_order,
    "orders/updated": orders.read_order,
    "orders/paid": orders.read_order,
    "orders/partially_fulfilled": orders.read_order,
    "orders/fulfilled": orders.read_order,
    "orders/cancelled": orders.read_order,
    "orders/edited": orders.read_edited,
    "orders/delete": orders.read_deleted,
    "draft_orders/create": orders.read_draft,
    "draft_orders/update": orders.read_draft,
    "draft_orders/delete": orders.read_draft,
    "refunds/create": refunds.read_refund,
}

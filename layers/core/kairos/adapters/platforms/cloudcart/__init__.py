"""CloudCart: bodies of its webhooks, each a JSON array with one object.

After the platform's own documentation (cloudcart/platform-wiki: "Webhooks — supported events & payload",
"Webhooks API — delivery contract", "Orders API — attributes"). Orders come in a shape of their own with
amounts in major units; everything else in that of the JSON-API, flat or as `{id, attributes}`, with amounts
in minor units. Missing values are left out or "". The body does not name its event, so the shop sets the
header x-kairos-topic with each webhook; without it an order is known by its shape and the others by their
`type`. CloudCart has no webhook for carts, and none for deleted orders.
"""

from typing import Any

from kairos.adapters.platforms.cloudcart import customers, orders, products
from kairos.adapters.platforms.envelope import Envelope
from kairos.adapters.platforms.message import Reader
from kairos.domain.errors import Unreadable

TOPICS: dict[str, Reader] = {
    "order.created": orders.read_order,
    "order.updated": orders.read_order,
    "customer.created": customers.read_customer,
    "customer.updated": customers.read_customer,
    "customer.deleted": customers.read_deleted,
    "subscriber.created": customers.read_subscriber_consent,
    "subscriber.updated": customers.read_subscriber_consent,
    "product.created": products.read_product,
    "product.updated": products.read_product,
    "product.deleted": products.read_deleted,
    "category.created": products.read_category,
    "category.updated": products.read_category,
    "category.deleted": products.read_category_deleted,
}

_TYPES = {
    "orders": "order.updated",
    "customers": "customer.updated",
    "subscribers": "subscriber.updated",
    "products": "product.updated",
    "categories": "category.updated",
}
_ORDER_FIELDS = frozenset({"order_total", "order_subtotal", "price_total"})


def opened(told: Any) -> Envelope:
    """The one object of the array, its attributes with its id. Raises Unreadable where it is not one."""
    if isinstance(told, list):
        if len(told) != 1:
            raise Unreadable("body", f"holds {len(told)} objects.", "Send an array with one object.")
        told = told[0]
    if not isinstance(told, dict):
        raise Unreadable("body", "is not an object.", "Send an array with one object.")
    if isinstance(told.get("data"), dict):
        told = told["data"]
    kind, attributes = told.get("type"), told.get("attributes")
    topic = _TYPES.get(kind, "") if isinstance(kind, str) else ""
    if isinstance(attributes, dict):
        return Envelope(topic, {"id": told.get("id"), **attributes})
    if not topic and _ORDER_FIELDS & told.keys():
        topic = "order.updated"
    return Envelope(topic, told)

"""PrestaShop: the bodies that our module posts, and those of the webservice in JSON.

PrestaShop posts nothing by itself. Our module (integrations/prestashop) sends one resource in the shape of
the webservice (devdocs.prestashop-project.org, "Webservice", resources of PrestaShop 8 and 9), with what a
webservice would need further calls for added under names of ours, and says in `event` what happened. A body
of the webservice itself (`{"order": {…}}`) is read alike, so that lost deliveries can be asked for.
"""

from typing import Any

from kairos.adapters.platforms.envelope import Envelope
from kairos.adapters.platforms.message import Reader
from kairos.adapters.platforms.prestashop import carts, customers, orders, products
from kairos.domain.errors import Unreadable

TOPICS: dict[str, Reader] = {
    "order": orders.read_order,
    "order.created": orders.read_order,
    "order.updated": orders.read_order,
    "order_slip": orders.read_refund,
    "order_slip.created": orders.read_refund,
    "cart": carts.read_cart,
    "cart.updated": carts.read_cart,
    "cart.deleted": carts.read_deleted,
    "customer": customers.read_customer,
    "customer.created": customers.read_customer,
    "customer.updated": customers.read_customer,
    "customer.deleted": customers.read_deleted,
    "customer.erased": customers.read_erasure,
    "newsletter": customers.read_newsletter_consent,
    "newsletter.updated": customers.read_newsletter_consent,
    "product": products.read_product,
    "product.created": products.read_product,
    "product.updated": products.read_product,
    "product.deleted": products.read_deleted,
    "category": products.read_category,
    "category.updated": products.read_category,
    "category.deleted": products.read_category_deleted,
}
RESOURCES = ("order", "order_slip", "cart", "customer", "newsletter", "product", "category")


def opened(told: Any) -> Envelope:
    """The resource within `{"event": …, "sent_at": …, "order": {…}}`. Raises Unreadable where none is."""
    if not isinstance(told, dict):
        raise Unreadable("body", "is not an object.", "Send a JSON object.")
    found = next((name for name in RESOURCES if name in told), None)
    if found is None:
        known = ", ".join(RESOURCES)
        raise Unreadable("body", "holds no resource.", f"Send one of {known} as the webservice names it.")
    event = told.get("event")
    topic = event if isinstance(event, str) and event.strip() else found
    return Envelope(topic.strip(), told[found], found, told.get("sent_at"))

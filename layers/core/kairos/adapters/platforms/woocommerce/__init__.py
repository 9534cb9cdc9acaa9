"""WooCommerce: which topic is read how. Bodies are those of its REST API, version 3.

It has no topic for carts (they come from the script tag or as generic JSON), none for categories (they
come within products) and none for refunds (they come within orders). coupon.* and action.* tell nothing
of customers.
"""

from kairos.adapters.platforms.message import Reader
from kairos.adapters.platforms.woocommerce import customers, orders, products

TOPICS: dict[str, Reader] = {
    "order.created": orders.read_order,
    "order.updated": orders.read_order,
    "order.restored": orders.read_order,
    "order.deleted": orders.read_deleted,
    "refund.created": orders.read_refund,
    "customer.created": customers.read_customer,
    "customer.updated": customers.read_customer,
    "customer.restored": customers.read_customer,
    "customer.deleted": customers.read_deleted,
    "product.created": products.read_product,
    "product.updated": products.read_product,
    "product.restored": products.read_product,
    "product.deleted": products.read_deleted,
}

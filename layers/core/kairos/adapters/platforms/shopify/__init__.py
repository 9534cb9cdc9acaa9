"""Shopify: which topic is read how. Bodies as shopify.dev documents them, versions 2023-10 to 2026-04.

Left to others on purpose: customers/merge (customers/update, customers/delete and orders/updated tell
what came of it), app/uninstalled (shop/redact follows), and every topic not listed here.
"""

from kairos.adapters.platforms.message import Reader
from kairos.adapters.platforms.shopify import carts, customers, orders, privacy, products, refunds

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
    "carts/create": carts.read_cart,
    "carts/update": carts.read_cart,
    "checkouts/create": carts.read_checkout,
    "checkouts/update": carts.read_checkout,
    "checkouts/delete": carts.read_checkout_deleted,
    "customers/create": customers.read_customer,
    "customers/update": customers.read_customer,
    "customers/enable": customers.read_customer,
    "customers/disable": customers.read_customer,
    "customers/delete": customers.read_deleted,
    "customers_email_marketing_consent/update": customers.read_email_consent,
    "customers_marketing_consent/update": customers.read_sms_consent,
    "products/create": products.read_product,
    "products/update": products.read_product,
    "products/delete": products.read_product_deleted,
    "collections/create": products.read_collection,
    "collections/update": products.read_collection,
    "collections/delete": products.read_collection_deleted,
    "customers/data_request": privacy.read_data_request,
    "customers/redact": privacy.read_customer_redact,
    "shop/redact": privacy.read_shop_redact,
}

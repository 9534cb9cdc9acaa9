"""Magento 2 and Adobe Commerce: bodies of events, of Commerce's webhooks, and of the REST API.

Events as developer.adobe.com/commerce/extensibility/events tells them (`{"event": {"data": {"value": …}}}`,
and the CloudEvents form of it), webhooks as …/webhooks (the fields that the shop chose), REST bodies as
developer.adobe.com/commerce/webapi/rest. Topics are the events' own names, with or without what they begin
with; REST bodies go by the name of their resource. Nothing but orders and stock changes by itself is left out
on purpose: invoices, shipments and tracks (the order tells what came of them), stock items, sales rules.
"""

from typing import Any

from kairos.adapters.platforms.envelope import Envelope
from kairos.adapters.platforms.magento import carts, customers, orders, products
from kairos.adapters.platforms.message import Reader
from kairos.domain.errors import Unreadable

TOPIC_STARTS = ("com.adobe.commerce.", "observer.", "plugin.")

TOPICS: dict[str, Reader] = {
    "order": orders.read_order,
    "sales_order_save_after": orders.read_order,
    "sales_order_save_commit_after": orders.read_order,
    "sales_order_place_after": orders.read_order,
    "checkout_submit_all_after": orders.read_order,
    "magento.sales.api.order_management.place": orders.read_order,
    "magento.sales.api.order_repository.save": orders.read_order,
    "creditmemo": orders.read_creditmemo,
    "sales_order_creditmemo_save_after": orders.read_creditmemo,
    "sales_order_creditmemo_save_commit_after": orders.read_creditmemo,
    "sales_order_creditmemo_refund": orders.read_creditmemo,
    "cart": carts.read_cart,
    "sales_quote_save_after": carts.read_cart,
    "sales_quote_save_commit_after": carts.read_cart,
    "customer": customers.read_customer,
    "customer_login": customers.read_customer,
    "customer_register_success": customers.read_customer,
    "customer_save_after": customers.read_customer,
    "customer_save_commit_after": customers.read_customer,
    "customer_save_after_data_object": customers.read_customer,
    "magento.customer.api.customer_repository.save": customers.read_customer,
    "customer_delete_after": customers.read_deleted,
    "customer_delete_commit_after": customers.read_deleted,
    "newsletter_subscriber_save_after": customers.read_subscriber_consent,
    "newsletter_subscriber_save_commit_after": customers.read_subscriber_consent,
    "product": products.read_product,
    "catalog_product_save_after": products.read_product,
    "catalog_product_save_commit_after": products.read_product,
    "magento.catalog.api.product_repository.save": products.read_product,
    "catalog_product_delete_after": products.read_deleted,
    "catalog_product_delete_commit_after": products.read_deleted,
    "category": products.read_category,
    "catalog_category_save_after": products.read_category,
    "catalog_category_save_commit_after": products.read_category,
    "catalog_category_delete_after": products.read_category_deleted,
    "catalog_category_delete_commit_after": products.read_category_deleted,
}


def opened(told: Any) -> Envelope:
    """What is within an event; a body of REST or a webhook is itself. Unreadable where it is no object."""
    if not isinstance(told, dict):
        raise Unreadable("body", "is not an object.", "Send a JSON object.")
    event, path = told, ""
    if isinstance(told.get("event"), dict):
        event, path = told["event"], "event."
    kind = event.get("type")
    topic = kind if isinstance(kind, str) and "." in kind else ""
    data = event.get("data")
    if isinstance(data, dict) and isinstance(data.get("value"), dict):
        return Envelope(topic, data["value"], f"{path}data.value", event.get("time"))
    if isinstance(event.get("value"), dict):
        return Envelope(topic, event["value"], f"{path}value")
    return Envelope(topic, event, path.rstrip("."))

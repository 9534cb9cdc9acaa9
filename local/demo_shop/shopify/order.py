"""Orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from local.demo_shop.people import Person
from local.demo_shop.shopify.cart import Item
from local.demo_shop.shopify.customer import address, customer
from local.demo_shop.shopify.product import product_number, sku, variant_number
from local.demo_shop.shopify.telling import (
    CURRENCY,
    SHOP_NUMBER,
    SHOP_URL,
    VENDOR,
    Body,
    gid,
    money_set,
    money_text,
    number_of,
    tax,
    tax_lines,
    token_of,
    told,
)


class Purchase(NamedTuple):
    """An order to tell. shipping, discount: minor units. told_at: of this telling, placed_at or later.

    customer_since: when their account was made.
    """

    number: int
    person: Person
    items: Sequence[Item]
    placed_at: datetime
    told_at: datetime
    shipping: int = 700
    discount: int = 0
    code: str | None = None
    guest: bool = False
    cart_token: str | None = None
    checkout_token: str | None = None
    customer_since: datetime | None = None

    @property
    def total(self) -> int:
        """Minor units, shipping and tax included."""
        return sum(item.total for item in self.items) + self.shipping - self.discount


def order_line(order: Purchase, place: int) -> Body:
    item = order.items[place]
    one = item.product
    number = number_of("order line", order.number, place)
    return {
        "id": number,
        "admin_graphql_api_id": gid("LineItem", number),
        "product_id": product_number(one),
        "variant_id": variant_number(one),
        "title": one.title,
        "name": one.title,
        "variant_title": None,
        "sku": sku(one),
        "vendor": VENDOR,
        "quantity": item.quantity,
        "current_quantity": item.quantity,
        "fulfillable_quantity": item.quantity,
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": one.grams,
        "price": money_text(one.price),
        "price_set": money_set(one.price),
        "product_exists": True,
        "properties": [],
        "requires_shipping": True,
        "taxable": True,
        "total_discount": "0.00",
        "total_discount_set": money_set(0),
        "variant_inventory_management": "shopify",
        "tax_lines": tax_lines(item.total),
        "duties": [],
        "discount_allocations": [],
    }


def _amounts(order: Purchase, cancelled: bool) -> Body:
    subtotal = order.total - order.shipping
    lines = sum(item.total for item in order.items)
    now_due = 0 if cancelled else order.total
    amounts = {
        "subtotal_price": subtotal,
        "current_subtotal_price": 0 if cancelled else subtotal,
        "total_line_items_price": lines,
        "total_discounts": order.discount,
        "current_total_discounts": 0 if cancelled else order.discount,
        "total_price": order.total,
        "current_total_price": now_due,
        "total_tax": tax(order.total),
        "current_total_tax": tax(now_due),
        "total_shipping_price": order.shipping,
    }
    told_as = {name: money_text(minor) for name, minor in amounts.items() if name != "total_shipping_price"}
    return told_as | {f"{name}_set": money_set(minor) for name, minor in amounts.items()}


def order(
    one: Purchase, subscribed: bool, refunds: Sequence[Body] = (), cancelled_at: datetime | None = None
) -> Body:
    """orders/create, orders/updated, orders/cancelled."""
    person, token = one.person, token_of("order", one.number)
    number = number_of("order", one.number)
    code = {"code": one.code, "amount": money_text(one.discount), "type": "percentage"}
    whole = sum(int(refund["transactions"][0]["amount"].replace(".", "")) for refund in refunds) >= one.total
    paid = "refunded" if refunds and whole else "partially_refunded" if refunds else "paid"
    return {
        "id": number,
        "admin_graphql_api_id": gid("Order", number),
        "app_id": 580111,
        "browser_ip": None,
        "buyer_accepts_marketing": subscribed,
        "cancel_reason": "customer" if cancelled_at else None,
        "cancelled_at": told(cancelled_at) if cancelled_at else None,
        "cart_token": one.cart_token,
        "checkout_id": number_of("checkout", one.cart_token) if one.cart_token else None,
        "checkout_token": one.checkout_token,
        "client_details": None,
        "closed_at": None,
        "company": None,
        "confirmation_number": token[:9].upper(),
        "confirmed": True,
        "contact_email": person.email,
        "created_at": told(one.placed_at),
        "currency": CURRENCY,
        "presentment_currency": CURRENCY,
        "customer_locale": person.locale,
        "device_id": None,
        "discount_applications": [],
        "discount_codes": [code] if one.code else [],
        "email": person.email,
        "estimated_taxes": False,
        "financial_status": "voided" if cancelled_at else paid,
        "fulfillment_status": None,
        "landing_site": "/",
        "landing_site_ref": None,
        "location_id": None,
        "name": f"#{one.number}",
        "note": None,
        "note_attributes": [],
        "number": one.number - 1000,
        "order_number": one.number,
        "order_status_url": f"{SHOP_URL}/{SHOP_NUMBER}/orders/{token}/authenticate?key={token[:16]}",
        "payment_gateway_names": ["shopify_payments"],
        "payment_terms": None,
        "phone": None,
        "po_number": None,
        "processed_at": told(one.placed_at),
        "referring_site": "",
        "source_identifier": None,
        "source_name": "web",
        "source_url": None,
        "tags": "",
        "tax_exempt": False,
        "tax_lines": tax_lines(one.total),
        "taxes_included": True,
        "test": False,
        "token": token,
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        "total_weight": sum(item.product.grams * item.quantity for item in one.items),
        "updated_at": told(one.told_at),
        "user_id": None,
        "billing_address": address(person),
        "shipping_address": address(person),
        "customer": None
        if one.guest
        else customer(person, subscribed, one.customer_since or one.placed_at, one.told_at),
        "fulfillments": [],
        "line_items": [order_line(one, place) for place in range(len(one.items))],
        "refunds": list(refunds),
        "shipping_lines": [_shipping_line(one)],
    } | _amounts(one, cancelled_at is not None)


def _shipping_line(one: Purchase) -> Body:
    return {
        "id": number_of("shipping line", one.number),
        "carrier_identifier": None,
        "code": "Standard",
        "discounted_price": money_text(one.shipping),
        "discounted_price_set": money_set(one.shipping),
        "is_removed": False,
        "phone": None,
        "price": money_text(one.shipping),
        "price_set": money_set(one.shipping),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard",
        "tax_lines": tax_lines(one.shipping),
        "discount_allocations": [],
    }

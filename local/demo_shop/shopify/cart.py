"""Carts and the checkouts that come of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from local.demo_shop.catalogue import Product
from local.demo_shop.people import Person
from local.demo_shop.shopify.customer import customer
from local.demo_shop.shopify.product import product_number, sku, variant_number
from local.demo_shop.shopify.telling import (
    CURRENCY,
    SHOP_NUMBER,
    SHOP_URL,
    VENDOR,
    Body,
    money_set,
    money_text,
    number_of,
    tax,
    tax_lines,
    token_of,
    told,
    told_in_milliseconds,
)


class Item(NamedTuple):
    """A product in a cart or order."""

    product: Product
    quantity: int = 1

    @property
    def total(self) -> int:
        """Minor units."""
        return self.product.price * self.quantity


def _cart_line(item: Item) -> Body:
    one, variant = item.product, variant_number(item.product)
    price, total = money_text(one.price), money_text(item.total)
    return {
        "id": variant,
        "variant_id": variant,
        "product_id": product_number(one),
        "key": f"{variant}:{token_of('line', variant)}",
        "title": one.title,
        "sku": sku(one),
        "vendor": VENDOR,
        "quantity": item.quantity,
        "price": price,
        "original_price": price,
        "discounted_price": price,
        "line_price": total,
        "original_line_price": total,
        "total_discount": "0.00",
        "discounts": [],
        "properties": None,
        "gift_card": False,
        "taxable": True,
        "grams": one.grams,
        "price_set": money_set(one.price),
        "discounted_price_set": money_set(one.price),
        "line_price_set": money_set(item.total),
        "original_line_price_set": money_set(item.total),
        "total_discount_set": money_set(0),
    }


def cart(token: str, items: Sequence[Item], created_at: datetime, updated_at: datetime) -> Body:
    """carts/create and carts/update: a token, no customer."""
    return {
        "id": token,
        "token": token,
        "line_items": [_cart_line(item) for item in items],
        "note": "",
        "updated_at": told_in_milliseconds(updated_at),
        "created_at": told_in_milliseconds(created_at),
    }


def _checkout_line(item: Item, person: Person) -> Body:
    one, variant = item.product, variant_number(item.product)
    return {
        "key": token_of("checkout line", variant),
        "product_id": product_number(one),
        "variant_id": variant,
        "title": one.title,
        "presentment_title": one.titles[person.language],
        "variant_title": None,
        "presentment_variant_title": "",
        "sku": sku(one),
        "vendor": VENDOR,
        "quantity": item.quantity,
        "price": money_text(one.price),
        "variant_price": money_text(one.price),
        "compare_at_price": None,
        "line_price": money_text(item.total),
        "applied_discounts": [],
        "discount_allocations": [],
        "destination_location_id": None,
        "origin_location_id": None,
        "fulfillment_service": "manual",
        "gift_card": False,
        "grams": one.grams,
        "properties": {},
        "rank": None,
        "requires_shipping": True,
        "tax_lines": tax_lines(item.total),
        "taxable": True,
        "unit_price_measurement": None,
        "user_id": None,
    }


class Checkout(NamedTuple):
    """A checkout to tell. subscribed: whether the person accepts marketing. told_at: of this telling.

    customer_since: when their account was made.
    """

    cart_token: str
    person: Person
    items: Sequence[Item]
    subscribed: bool
    created_at: datetime
    told_at: datetime
    customer_since: datetime | None = None

    @property
    def token(self) -> str:
        """The checkout's own token."""
        return token_of("checkout", self.cart_token)


def checkout(one: Checkout) -> Body:
    """checkouts/create and checkouts/update: the cart's token, and who it is."""
    person, items, token = one.person, one.items, one.token
    number = number_of("checkout", one.cart_token)
    subtotal = sum(item.total for item in items)
    recover = f"{SHOP_URL}/{SHOP_NUMBER}/checkouts/ac/{token}/recover"
    return {
        "id": number,
        "token": token,
        "cart_token": one.cart_token,
        "email": person.email,
        "gateway": None,
        "buyer_accepts_marketing": one.subscribed,
        "buyer_accepts_sms_marketing": False,
        "sms_marketing_phone": None,
        "created_at": told(one.created_at),
        "updated_at": told(one.told_at),
        "landing_site": "/",
        "note": "",
        "note_attributes": [],
        "referring_site": "",
        "shipping_lines": [],
        "shipping_address": [],
        "taxes_included": True,
        "total_weight": sum(item.product.grams * item.quantity for item in items),
        "currency": CURRENCY,
        "presentment_currency": CURRENCY,
        "completed_at": None,
        "closed_at": None,
        "user_id": None,
        "location_id": None,
        "source": None,
        "source_identifier": None,
        "source_name": "web",
        "source_url": None,
        "device_id": None,
        "phone": None,
        "customer_locale": person.locale,
        "line_items": [_checkout_line(item, person) for item in items],
        "name": f"#{number}",
        "abandoned_checkout_url": f"{recover}?key={token_of('key', one.cart_token)}",
        "discount_codes": [],
        "tax_lines": tax_lines(subtotal),
        "total_line_items_price": money_text(subtotal),
        "subtotal_price": money_text(subtotal),
        "total_discounts": "0.00",
        "total_duties": None,
        "total_tax": money_text(tax(subtotal)),
        "total_price": money_text(subtotal),
        "customer": customer(person, one.subscribed, one.customer_since or one.created_at, one.told_at),
    }

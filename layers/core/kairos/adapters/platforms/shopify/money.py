"""Shopify's amounts: each may stand alone, or in a set of the shop's and the customer's currency."""

from typing import Literal

from kairos.adapters.platforms.fields import Fields
from kairos.domain.order import Amounts, Line
from kairos.domain.shop import Shop

Side = Literal["shop_money", "presentment_money"]


def shop_currency(body: Fields, shop: Shop) -> str:
    """The currency that the amounts standing alone are in."""
    return body.currency("currency") or shop.currency


def amount(told: Fields, name: str, currency: str, side: Side = "shop_money") -> int | None:
    """Minor units of the currency: from `name`_set on that side if it is told there, else from `name`."""
    both = told.child(f"{name}_set")
    money = both.child(side) if both else None
    if money is not None and money.currency("currency_code") in (currency, None):
        return money.amount("amount", currency)
    return None if side == "presentment_money" else told.amount(name, currency)


def order_amounts(body: Fields, currency: str, side: Side = "shop_money") -> Amounts | None:
    """What the order came to; None where no total is told on that side.

    total_price is what was ordered. current_total_price is not used: refunds are already off it, and
    they are taken off by their own amounts.
    """
    total = amount(body, "total_price", currency, side)
    if total is None:
        return None
    return Amounts(
        currency=currency,
        total=total,
        tax=amount(body, "total_tax", currency, side) or 0,
        shipping=amount(body, "total_shipping_price", currency, side) or 0,
        discount=amount(body, "total_discounts", currency, side) or 0,
    )


def presentment(body: Fields, currency: str) -> Amounts | None:
    """What the customer was shown, None where that was in the shop's currency."""
    shown = body.currency("presentment_currency")
    return order_amounts(body, shown, "presentment_money") if shown and shown != currency else None


def line(told: Fields, currency: str) -> Line:
    """One line of an order, cart or checkout, discounts off its total.

    title: a checkout tells it in the visitor's language beside the shop's own.
    """
    quantity = max(told.count("quantity") or 0, 0)
    unit = amount(told, "price", currency) or 0
    total = amount(told, "line_price", currency)
    if total is None:
        allocated = [amount(one, "amount", currency) or 0 for one in told.children("discount_allocations")]
        off = sum(allocated) if allocated else amount(told, "total_discount", currency) or 0
        total = unit * quantity - off
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("variant_id"),
        sku=told.text("sku"),
        title=told.text("presentment_title", "title", "name") or "",
        quantity=quantity,
        unit_price=unit,
        total=total,
        image=told.text("image_url", "image"),
    )


def lines(body: Fields, currency: str) -> tuple[Line, ...]:
    """All lines, as the body orders them."""
    return tuple(line(one, currency) for one in body.children("line_items"))

"""Refunds."""

from collections.abc import Mapping
from datetime import datetime

from local.demo_shop.shopify.order import Purchase, order_line
from local.demo_shop.shopify.telling import CURRENCY, Body, gid, money_set, money_text, number_of, tax, told


def refund(one: Purchase, lines: Mapping[int, int], with_shipping: bool, at: datetime) -> Body:
    """refunds/create. lines: quantity given back by place in the order."""
    number, order_number = number_of("refund", one.number), number_of("order", one.number)
    amount = sum(one.items[place].product.price * quantity for place, quantity in lines.items())
    amount = amount + one.shipping - one.discount if with_shipping else amount
    transaction = number_of("transaction", one.number)
    return {
        "id": number,
        "admin_graphql_api_id": gid("Refund", number),
        "order_id": order_number,
        "created_at": told(at),
        "processed_at": told(at),
        "note": None,
        "restock": True,
        "return": None,
        "user_id": None,
        "duties": [],
        "total_duties_set": money_set(0),
        "order_adjustments": [],
        "refund_shipping_lines": [],
        "refund_line_items": [_refund_line(one, place, count) for place, count in lines.items()],
        "transactions": [
            {
                "id": transaction,
                "admin_graphql_api_id": gid("OrderTransaction", transaction),
                "order_id": order_number,
                "kind": "refund",
                "gateway": "shopify_payments",
                "status": "success",
                "message": None,
                "created_at": told(at),
                "processed_at": told(at),
                "test": False,
                "authorization": None,
                "parent_id": number_of("sale", one.number),
                "amount": money_text(amount),
                "currency": CURRENCY,
                "error_code": None,
                "receipt": {},
                "source_name": "web",
                "payment_id": None,
                "user_id": None,
                "location_id": None,
                "device_id": None,
            }
        ],
    }


def _refund_line(one: Purchase, place: int, quantity: int) -> Body:
    total = one.items[place].product.price * quantity
    line = order_line(one, place)
    return {
        "id": number_of("refund line", one.number, place),
        "line_item_id": line["id"],
        "line_item": line,
        "location_id": None,
        "quantity": quantity,
        "restock_type": "return",
        "subtotal": total / 100,  # a number here, a text elsewhere: Shopify's own mixture
        "subtotal_set": money_set(total),
        "total_tax": tax(total) / 100,
        "total_tax_set": money_set(tax(total)),
    }

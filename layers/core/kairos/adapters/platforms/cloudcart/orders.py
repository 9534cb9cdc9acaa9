"""CloudCart orders: in the shape of their own ("new structure"), and in the older one of the JSON-API."""

from kairos.adapters.platforms import people
from kairos.adapters.platforms.cloudcart import parts
from kairos.adapters.platforms.cloudcart.customers import marketing
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import Amounts, Line, OrderSnapshot, OrderStatus, Refund
from kairos.domain.person import Person
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

# Codes, not the labels that a shop may rename ("Webhooks — supported events & payload", business rules).
STATUSES: dict[str, OrderStatus] = {
    "draft": "draft",
    "pending": "pending",
    "requested": "pending",
    "initiated": "pending",
    "authorized": "paid",
    "paid": "paid",
    "fulfilled": "paid",
    "shipped": "paid",
    "delivered": "paid",
    "completed": "paid",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "voided": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
    "timeouted": "failed",
}
MANUAL_PROVIDERS = frozenset({"cod", "bwt", "bank_transfer"})
"""Payment on delivery and by bank transfer."""


def read_order(message: Message) -> list[Snapshot]:
    """order.created, order.updated: the whole order."""
    body, shop = message.body, message.shop
    currency = body.currency("currency") or shop.currency
    updated_at = parts.updated_at(message)
    placed_at = parts.when(message, "created_at", "date_added") or updated_at
    customer = parts.child(body, "customer")
    goods = parts.child(body, "shipping_address", "shipping-address")
    bill = parts.child(body, "billing_address", "billing-address")
    who = _identities(body, customer, goods, bill)
    return [
        OrderSnapshot(
            id=body.needed_id("id"),
            updated_at=updated_at,
            number=body.text("number", "id") or "",
            placed_at=placed_at,
            status=_status(body, shop),
            amounts=_amounts(body, currency),
            refunds=_refunds(message, currency),
            lines=tuple(_line(one, currency, body) for one in parts.children(body, "products")),
            codes=tuple(code for one in parts.children(body, "discounts") if (code := one.text("code"))),
            identities=who,
            person=_person(body, customer, goods, bill),
            consents=marketing(customer, who.email, min(placed_at, updated_at)) if customer else (),
        )
    ]


def _is_own_shape(body: Fields) -> bool:
    """With amounts in major units; the JSON-API's are in minor ones."""
    return body.has("order_total") or body.has("order_subtotal")


def _identities(
    body: Fields, customer: Fields | None, goods: Fields | None, bill: Fields | None
) -> Identities:
    email = customer.text("email") if customer else None
    return Identities(
        platform_id=body.id("customer_id") or (customer.id("id") if customer else None),
        email=folded_email(email or body.text("customer_email")),
        phone=parts.phone(customer, bill, goods),
    )


def _person(body: Fields, customer: Fields | None, goods: Fields | None, bill: Fields | None) -> Person:
    named = next(
        (one for one in (customer, goods, bill) if one and one.text("first_name", "last_name")), None
    )
    return Person(
        first_name=body.text("customer_first_name") or (named.text("first_name") if named else None),
        last_name=body.text("customer_last_name") or (named.text("last_name") if named else None),
        language=people.language(customer.text("language", "locale")) if customer else None,
        address=parts.place(goods) or parts.place(bill),
    )


def _status(body: Fields, shop: Shop) -> OrderStatus:
    code = (body.text("status") or "").lower()
    own = shop.order_states.get(code)
    if own:
        return own
    payment = _payment(body)
    status = STATUSES.get(code)
    if status is None:  # a status of the shop's own: what counts is whether it was paid
        paid = (payment.text("payment_status", "status") or "").lower() if payment else ""
        status = "paid" if paid in ("completed", "authorized", "paid") else "pending"
    provider = (payment.text("provider") or "").casefold() if payment else ""
    manual = MANUAL_PROVIDERS | {one.strip().casefold() for one in shop.transfer_gateways}
    return "awaiting_transfer" if status == "pending" and provider in manual else status


def _payment(body: Fields) -> Fields | None:
    return parts.child(body, "payment") or next(iter(parts.children(body, "payments")), None)


def _amounts(body: Fields, currency: str) -> Amounts:
    if not _is_own_shape(body):
        return _json_api_amounts(body, currency)
    total = parts.major(body, currency, "order_total")
    if total is None:
        raise body.missing("order_total")

    def summed(name: str, *fields: str) -> int:
        told = parts.children(body, name) if isinstance(body.raw(name), list | dict) else []
        return parts.total([parts.major(one, currency, *fields) for one in told])

    return Amounts(
        currency=currency,
        total=total,
        tax=summed("tax_vat", "amount", "value"),
        shipping=summed("shipping", "order_amount", "amount", "price"),
        discount=abs(summed("discounts", "order_amount", "amount")),
    )


def _json_api_amounts(body: Fields, currency: str) -> Amounts:
    total = parts.minor(body, "price_total", "total")
    if total is None:
        raise body.missing("order_total")
    return Amounts(
        currency=currency,
        total=total,
        tax=parts.minor(body, "tax") or 0,
        shipping=parts.minor(body, "shipping_price") or 0,
        discount=abs(parts.minor(body, "discount") or 0),
    )


def _refunds(message: Message, currency: str) -> tuple[Refund, ...]:
    """Payments that were given back; of those without an id nothing could be told apart."""
    body = message.body
    at = parts.updated_at(message)
    given = [one for one in parts.children(body, "payments") if one.text("status") == "refunded"]
    own = _is_own_shape(body)
    return tuple(
        Refund(
            id=number,
            amount=abs((parts.major(one, currency, "amount") if own else parts.minor(one, "amount")) or 0),
            refunded_at=one.time("updated_at", "date_modified", zone=message.shop.zone) or at,
        )
        for one in given
        if (number := one.id("id"))
    )


def _line(told: Fields, currency: str, order: Fields) -> Line:
    """price: of one before discounts; order_price: after them. Groceries are sold in fractions."""
    own = _is_own_shape(order)

    def told_as(*names: str) -> int | None:
        return parts.major(told, currency, *names) if own else parts.minor(told, *names)

    count = told.decimal("quantity")
    count = max(count, parts.ZERO) if count is not None else parts.ZERO
    unit = told_as("price") or 0
    paid = told_as("order_price")
    each = unit if paid is None else paid
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("variant_id"),
        sku=told.text("sku"),
        title=told.text("name") or "",
        quantity=max(int(count), 1) if count else 0,
        unit_price=unit,
        total=int((each * count).to_integral_value()),
        image=told.text("image_url", "image"),
        url=told.text("url"),
    )

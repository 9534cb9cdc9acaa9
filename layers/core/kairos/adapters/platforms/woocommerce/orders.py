"""WooCommerce orders with their refunds, and their deletion."""

from datetime import datetime

from kairos.adapters.platforms.consent_field import by_field
from kairos.adapters.platforms.fields import MOST_ID, Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.woocommerce import parts
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import Amounts, Line, OrderSnapshot, OrderStatus, Refund, RefundSnapshot
from kairos.domain.snapshot import Snapshot

VISITOR_KEY, CART_KEY = "kairos_visitor", "kairos_cart"
"""Meta data in which a shop may keep the visitor id and cart id of the script tag with the order."""

STATUSES: dict[str, OrderStatus] = {
    "pending": "pending",
    "on-hold": "pending",
    "processing": "paid",
    "completed": "paid",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
    "checkout-draft": "draft",
    "auto-draft": "draft",
    "draft": "draft",
}

# WooCommerce's own offline gateways: bank transfer, cheque, cash on delivery.
MANUAL_GATEWAYS = frozenset({"bacs", "cheque", "cod"})


def read_order(message: Message) -> list[Snapshot]:
    """order.created, order.updated, order.restored: the whole order."""
    body, shop = message.body, message.shop
    if body.text("status") == "trash":
        return [_tombstone(message, parts.updated_at(message))]
    currency = body.currency("currency") or shop.currency
    updated_at = parts.updated_at(message)
    placed_at = parts.when(message, "date_created") or updated_at
    billing = body.child("billing")
    email = folded_email(billing.text("email")) if billing else None
    told = body.children("coupon_lines")
    return [
        OrderSnapshot(
            id=body.needed_id("id"),
            updated_at=updated_at,
            number=body.text("number") or "",
            placed_at=placed_at,
            status=_status(message),
            amounts=_amounts(body, currency),
            refunds=_refunds(message, currency),
            lines=tuple(_line(one, currency, body) for one in body.children("line_items")),
            codes=tuple(code for one in told if (code := one.text("code"))),
            identities=Identities(
                platform_id=body.id("customer_id"),  # 0 is a guest
                email=email,
                phone=parts.phone(body),
                visitor=parts.meta(body, VISITOR_KEY),
            ),
            person=parts.person(body),
            consents=by_field(
                body, shop.consent_field, email, min(placed_at, updated_at), "woocommerce order"
            ),
            cart_token=_known(parts.meta(body, CART_KEY)),
            source_name=body.text("created_via"),
            delivered_at=_completed_at(message),
        )
    ]


def _completed_at(message: Message) -> datetime | None:
    """When the shop completed the order: what it does when it has arrived, or was handed to the carrier."""
    done = message.body.text("status") == "completed"
    return parts.when(message, "date_completed") if done else None


def read_deleted(message: Message) -> list[Snapshot]:
    """order.deleted tells the id only."""
    return [_tombstone(message, message.told_at)]


def read_refund(message: Message) -> list[Snapshot]:
    """refund.created of the plugins that add it: WooCommerce itself tells refunds within the order."""
    body = message.body
    order_id = body.id("order_id", "parent_id") or _known(_order_of_link(body))
    if order_id is None:
        raise body.missing("parent_id")
    at = parts.when(message, "date_created") or message.told_at
    amount = abs(body.amount("amount", message.shop.currency) or 0)
    refund = Refund(id=body.needed_id("id"), amount=amount, refunded_at=at)
    return [RefundSnapshot(order_id=order_id, updated_at=at, refund=refund)]


def _known(told: str | None) -> str | None:
    """An id told in a place of free text; None for one that is too long to be kept under."""
    return told if told and len(told) <= MOST_ID else None


def _order_of_link(body: Fields) -> str | None:
    links = body.child("_links")
    up = links.children("up")[:1] if links else []
    return next(((one.text("href") or "").rstrip("/").rsplit("/", 1)[-1] or None for one in up), None)


def _status(message: Message) -> OrderStatus:
    body, shop = message.body, message.shop
    told = (body.text("status") or "").lower().removeprefix("wc-")
    status = STATUSES.get(told)
    if status is None:  # a status of the shop's own: what counts is whether it was paid
        status = "paid" if parts.when(message, "date_paid") else "pending"
    gateway = (body.text("payment_method") or "").casefold()
    manual = gateway in MANUAL_GATEWAYS or gateway in {one.casefold() for one in shop.transfer_gateways}
    return "awaiting_transfer" if status == "pending" and manual else status


def _amounts(body: Fields, currency: str) -> Amounts:
    total = body.amount("total", currency)
    if total is None:
        raise body.missing("total")

    def told(name: str) -> int:
        return body.amount(name, currency) or 0

    return Amounts(
        currency=currency,
        total=total,
        tax=told("total_tax"),
        shipping=told("shipping_total") + told("shipping_tax"),
        discount=told("discount_total") + told("discount_tax"),
    )


def _refunds(message: Message, currency: str) -> tuple[Refund, ...]:
    """An order tells refunds by id and negative total; no time, so the order's own stands for it."""
    at = parts.updated_at(message)
    return tuple(
        Refund(id=one.needed_id("id"), amount=abs(one.amount("total", currency) or 0), refunded_at=at)
        for one in message.body.children("refunds")
    )


def _line(told: Fields, currency: str, order: Fields) -> Line:
    """Prices as the customer saw them: with tax where the shop's prices include it."""
    with_tax = order.flag("prices_include_tax")

    def shown(name: str, tax: str) -> int:
        return (told.amount(name, currency) or 0) + ((told.amount(tax, currency) or 0) if with_tax else 0)

    quantity = max(told.count("quantity") or 0, 0)
    image = told.child("image")
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("variation_id"),
        sku=told.text("sku"),
        title=parts.plain(told.text("name")),
        quantity=quantity,
        unit_price=_each(shown("subtotal", "subtotal_tax"), quantity),
        total=shown("total", "total_tax"),
        image=image.text("src") if image else None,
    )


def _each(total: int, quantity: int) -> int:
    """The price of one, half up."""
    return (2 * total + quantity) // (2 * quantity) if quantity else 0


def _tombstone(message: Message, at: datetime) -> OrderSnapshot:
    nothing = Amounts(currency=message.shop.currency, total=0)
    order_id = message.body.needed_id("id")
    return OrderSnapshot(id=order_id, updated_at=at, placed_at=at, deleted=True, amounts=nothing)

"""Magento orders and their credit memos."""

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.magento import parts
from kairos.adapters.platforms.message import Message
from kairos.domain.order import (
    ALL_REFUNDS,
    Amounts,
    Line,
    OrderSnapshot,
    OrderStatus,
    Refund,
    RefundSnapshot,
)
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

# Magento\Sales\Model\Order, the constants STATE_*; each has a status of the same name by default.
STATES: dict[str, OrderStatus] = {
    "new": "pending",
    "pending": "pending",
    "pending_payment": "pending",
    "payment_review": "pending",
    "fraud": "pending",
    "holded": "pending",
    "processing": "paid",
    "complete": "paid",
    "closed": "refunded",
    "canceled": "cancelled",
}
# The payment methods of Magento itself that are paid later: Magento_OfflinePayments.
MANUAL_METHODS = frozenset({"banktransfer", "checkmo", "cashondelivery", "purchaseorder"})
_CANCELED_MEMO = "3"


def read_order(message: Message) -> list[Snapshot]:
    """All events that carry an order, and REST's order. Amounts are the base ones, which are the shop's."""
    order = parts.within(message, "order")
    currency = order.currency("base_currency_code") or message.shop.currency
    updated_at = parts.updated_at(message, order)
    goods, bill = parts.addresses(order)
    who = parts.identities(order, order.id("customer_id"), order.text("customer_email"), bill, goods)
    return [
        OrderSnapshot(
            id=_order_id(order),
            updated_at=updated_at,
            number=order.text("increment_id", "real_order_id") or "",
            placed_at=order.time("created_at") or updated_at,
            status=_status(order, message.shop, currency),
            amounts=_amounts(order, currency, "base_"),
            presentment=_presentment(order, currency),
            refunds=_refunds(order, currency, message),
            lines=_lines(order, currency),
            codes=tuple(code for code in [order.text("coupon_code")] if code),
            identities=who,
            person=parts.person(order, "customer_", goods, bill),
            cart_token=order.id("quote_id"),
        )
    ]


def read_creditmemo(message: Message) -> list[Snapshot]:
    """A credit memo. Its number is told by events and REST alike; its id by REST alone."""
    memo = parts.within(message, "creditmemo")
    at = parts.updated_at(message, memo)
    currency = memo.currency("base_currency_code") or message.shop.currency
    given = memo.text("state") != _CANCELED_MEMO
    amount = max(memo.amount("base_grand_total", currency) or 0, 0) if given else 0
    refund = Refund(
        id=memo.needed_id("increment_id", "entity_id"),
        amount=amount,
        tax=min(max(memo.amount("base_tax_amount", currency) or 0, 0), amount),
        refunded_at=memo.time("created_at") or at,
    )
    return [RefundSnapshot(order_id=memo.needed_id("order_id"), updated_at=at, refund=refund)]


def _order_id(order: Fields) -> str:
    """Some events leave the id off the order, but not off its lines and addresses."""
    found = order.id("entity_id")
    parents = [(one, ("order_id",)) for one in order.children("items")]
    if isinstance(order.raw("addresses"), list):
        parents += [(one, ("parent_id",)) for one in order.children("addresses")]
    for one, names in parents:
        found = found or one.id(*names)
    if found is None:
        raise order.missing("entity_id")
    return found


def _status(order: Fields, shop: Shop, currency: str) -> OrderStatus:
    code, state = (order.text("status") or "").lower(), (order.text("state") or "").lower()
    own = shop.order_states.get(code)
    if own:
        return own
    status = STATES.get(state) or STATES.get(code) or "pending"
    if status == "pending" and (order.amount("base_total_paid", currency) or 0) > 0:
        return "paid"  # on hold, or reviewed, after it was paid
    payment = order.child("payment")
    method = (payment.text("method") or "").casefold() if payment else ""
    manual = MANUAL_METHODS | {one.strip().casefold() for one in shop.transfer_gateways}
    return "awaiting_transfer" if status == "pending" and method in manual else status


def _amounts(order: Fields, currency: str, start: str) -> Amounts:
    total = order.amount(f"{start}grand_total", currency)
    if total is None:
        raise order.missing(f"{start}grand_total")

    def told(*names: str) -> int:
        found = (order.amount(f"{start}{name}", currency) for name in names)
        return next((one for one in found if one is not None), 0)

    return Amounts(
        currency=currency,
        total=total,
        tax=told("tax_amount"),
        shipping=told("shipping_incl_tax", "shipping_amount"),
        discount=abs(told("discount_amount")),  # negative in orders, positive in their lines
    )


def _presentment(order: Fields, currency: str) -> Amounts | None:
    shown = order.currency("order_currency_code")
    told = shown and shown != currency and order.amount("grand_total", shown) is not None
    return _amounts(order, shown, "") if shown and told else None


def _refunds(order: Fields, currency: str, message: Message) -> tuple[Refund, ...]:
    """An order tells their sum alone; its credit memos come by themselves."""
    amount = order.amount("base_total_refunded", currency) or 0
    if amount <= 0:
        return ()
    tax = order.amount("base_tax_refunded", currency)
    at = parts.updated_at(message, order)
    return (Refund(id=ALL_REFUNDS, amount=amount, tax=tax, refunded_at=at),)


def _lines(order: Fields, currency: str) -> tuple[Line, ...]:
    """The lines that were bought. Of a configurable product the chosen simple one follows as its child: it is
    the variant. The parts of a bundle are not told apart from it: the bundle has the price."""
    items = order.children("items")
    chosen = {parent: one for one in items if (parent := _parent(one))}
    return tuple(
        _line(one, currency, chosen.get(one.id("item_id") or "")) for one in items if not _parent(one)
    )


def _parent(item: Fields) -> str | None:
    parent = item.child("parent_item") if isinstance(item.raw("parent_item"), dict) else None
    return item.id("parent_item_id") or (parent.id("item_id") if parent else None)


def _line(told: Fields, currency: str, child: Fields | None) -> Line:
    """Prices with tax, where they are told so; the discount is off the total."""

    def first(*names: str) -> int | None:
        return next((one for name in names if (one := told.amount(name, currency)) is not None), None)

    quantity = max(told.count("qty_ordered") or 0, 0)
    unit = first("base_price_incl_tax", "base_price", "price_incl_tax", "price") or 0
    total = first("base_row_total_incl_tax", "base_row_total", "row_total_incl_tax", "row_total")
    off = abs(first("base_discount_amount", "discount_amount") or 0)
    is_variant = child is not None and told.text("product_type") == "configurable"
    return Line(
        product_id=told.id("product_id"),
        variant_id=child.id("product_id") if child and is_variant else None,
        sku=told.text("sku"),
        title=told.text("name") or "",
        quantity=quantity,
        unit_price=unit,
        total=(unit * quantity if total is None else total) - off,
    )

"""Shopify orders, drafts among them, and their deletion."""

from datetime import datetime

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.shopify import buyers, consents, money, refunds
from kairos.adapters.platforms.shopify.carts import cart_token
from kairos.domain.errors import NotConcerned
from kairos.domain.order import Amounts, OrderSnapshot, OrderStatus
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

# shopify.dev, Order.financial_status. An authorised payment has been made; capturing it is the
# merchant's act, often only when the parcel leaves.
STATUSES: dict[str, OrderStatus] = {
    "authorized": "paid",
    "paid": "paid",
    "partially_paid": "paid",
    "partially_refunded": "paid",
    "refunded": "refunded",
    "voided": "cancelled",
    "expired": "failed",
    "pending": "pending",
}

# help.shopify.com, "Manual payment methods": the names that Shopify gives them.
MANUAL_GATEWAYS = frozenset(
    {"manual", "bank deposit", "bank transfer", "money order", "cash on delivery (cod)", "cash on delivery"}
)


def read_order(message: Message) -> list[Snapshot]:
    """orders/create, updated, paid, cancelled, fulfilled: the whole order."""
    return [_order(message)]


def read_edited(message: Message) -> list[Snapshot]:
    """orders/edited. It mostly tells the edit alone, and an orders/updated with the whole order follows."""
    if message.body.has("order_edit"):
        raise NotConcerned(message.topic)
    return [_order(message)]


def read_deleted(message: Message) -> list[Snapshot]:
    """orders/delete tells the id only."""
    return [_tombstone(message, message.body.needed_id("id"))]


def read_draft(message: Message) -> list[Snapshot]:
    """draft_orders/*. Drafts are numbered apart from orders; once completed, the order speaks for itself."""
    body = message.body
    draft_id = f"draft:{body.needed_id('id')}"
    if body.id("order_id") or body.text("status") == "completed" or message.topic.endswith("/delete"):
        return [_tombstone(message, draft_id)]
    return [_order(message).model_copy(update={"id": draft_id, "status": "draft"})]


def _order(message: Message) -> OrderSnapshot:
    body, shop = message.body, message.shop
    currency = money.shop_currency(body, shop)
    amounts = money.order_amounts(body, currency)
    if amounts is None:
        raise body.missing("total_price")
    updated_at = body.version_time("updated_at") or message.told_at
    placed_at = body.time("processed_at", "created_at") or updated_at
    who = buyers.identities(body)
    told = body.children("discount_codes")
    return OrderSnapshot(
        id=body.needed_id("id"),
        updated_at=updated_at,
        number=body.text("name", "order_number") or "",
        placed_at=placed_at,
        status=_status(body, shop, amounts),
        test=body.flag("test"),
        amounts=amounts,
        presentment=money.presentment(body, currency),
        refunds=tuple(refunds.refund(one, currency, updated_at) for one in body.children("refunds")),
        lines=money.lines(body, currency),
        codes=tuple(code for one in told if (code := one.text("code"))),
        identities=who,
        person=buyers.person(body),
        consents=consents.at_checkout(body, who.email, min(placed_at, updated_at))
        + consents.of_customer(body.child("customer"), updated_at),
        cart_token=cart_token(body, "cart_token"),
        checkout_token=body.id("checkout_token"),
        source_name=body.text("source_name"),
        delivered_at=_delivered_at(body),
    )


def _delivered_at(body: Fields) -> datetime | None:
    """When the last parcel arrived, once everything was sent and every parcel has arrived.

    shipment_status: https://shopify.dev/docs/api/admin-rest/latest/resources/fulfillment
    """
    sent = [one for one in body.children("fulfillments") if one.text("status") != "cancelled"]
    arrived = [at for one in sent if _has_arrived(one) and (at := one.time("updated_at", "created_at"))]
    complete = body.text("fulfillment_status") == "fulfilled" and len(arrived) == len(sent)
    return max(arrived, default=None) if complete else None


def _has_arrived(parcel: Fields) -> bool:
    return parcel.text("shipment_status") == "delivered"


def _status(body: Fields, shop: Shop, amounts: Amounts) -> OrderStatus:
    if body.time("cancelled_at"):
        return "cancelled"
    told = (body.text("financial_status") or "").lower()
    status = STATUSES.get(told, "pending")
    if not told and amounts.total == 0:
        return "paid"  # nothing is to be paid, so no payment is told
    return "awaiting_transfer" if status == "pending" and _is_manual(body, shop) else status


def _is_manual(body: Fields, shop: Shop) -> bool:
    names = body.raw("payment_gateway_names")
    told = [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
    told += [gateway] if (gateway := body.text("gateway")) else []
    known = MANUAL_GATEWAYS | {one.strip().casefold() for one in shop.transfer_gateways}
    return any(one.strip().casefold() in known for one in told)


def _tombstone(message: Message, order_id: str) -> OrderSnapshot:
    at = message.told_at
    nothing = Amounts(currency=message.shop.currency, total=0)
    return OrderSnapshot(id=order_id, updated_at=at, placed_at=at, deleted=True, amounts=nothing)

"""Shopify refunds, within an order or by themselves."""

from datetime import datetime

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.shopify.money import amount
from kairos.domain.order import Refund, RefundSnapshot
from kairos.domain.snapshot import Snapshot

_NOT_GIVEN = frozenset({"failure", "error"})


def read_refund(message: Message) -> list[Snapshot]:
    """refunds/create."""
    body = message.body
    at = body.version_time("processed_at", "created_at") or message.told_at
    told = refund(body, _currency(body) or message.shop.currency, at)
    return [RefundSnapshot(order_id=body.needed_id("order_id"), updated_at=at, refund=told)]


def refund(told: Fields, currency: str, otherwise_at: datetime) -> Refund:
    """One refund in minor units of `currency`, the order's; otherwise_at: where it tells no time."""
    amount = _paid_back(told, currency)
    return Refund(
        id=told.needed_id("id"),
        amount=amount,
        tax=min(max(_tax(told, currency), 0), amount),
        refunded_at=told.time("processed_at", "created_at") or otherwise_at,
    )


def _currency(told: Fields) -> str | None:
    """The shop's currency, as the sets of a refund that came by itself tell it."""
    sets = [told.child("total_duties_set")]
    sets += [one.child("subtotal_set") for one in told.children("refund_line_items")]
    sets += [one.child("amount_set") for one in told.children("order_adjustments")]
    sides = (one.child("shop_money") for one in sets if one)
    return next((code for one in sides if one and (code := one.currency("currency_code"))), None)


def _paid_back(told: Fields, currency: str) -> int:
    """What went back to the customer: its transactions, where they are in the order's currency.

    Without any (an item taken off an order not yet paid), or in the customer's currency, the goods and
    their tax less the adjustments say the same in the shop's money; a payment kept back stands there.
    """
    paid = [one for one in told.children("transactions") if (one.text("kind") or "refund") != "void"]
    if paid and all(one.currency("currency") in (currency, None) for one in paid):
        given = [one for one in paid if (one.text("status") or "success").lower() not in _NOT_GIVEN]
        return sum(max(one.amount("amount", currency) or 0, 0) for one in given)
    goods = sum(
        (amount(one, "subtotal", currency) or 0) + (amount(one, "total_tax", currency) or 0)
        for one in told.children("refund_line_items")
    )
    adjusted = sum(
        (amount(one, "amount", currency) or 0) + (amount(one, "tax_amount", currency) or 0)
        for one in told.children("order_adjustments")
    )
    return max(goods - adjusted, 0)


def _tax(told: Fields, currency: str) -> int:
    of_goods = sum(amount(one, "total_tax", currency) or 0 for one in told.children("refund_line_items"))
    adjusted = sum(amount(one, "tax_amount", currency) or 0 for one in told.children("order_adjustments"))
    return of_goods - adjusted

"""Points: a customer's ledger of what orders earned, refunds took back and redemptions spent.

Always derived from orders and redemptions as they now stand: in whatever order these came to be known, the
ledger is the same.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kairos.domain.money import decimals
from kairos.domain.order import Order, OrderStatus
from kairos.domain.value import Instant, Value, digest

MOST = 2**32 - 2
"""Points of one customer that are told at most: what the engine's columns hold."""

Rate = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,4})?$")]


class PointRules(Value):
    """What earns points at a shop. per_unit: points for each unit of its currency, a decimal text.

    tax: whether the amounts that count hold it; shipping is part of them. orders: "counting", awaiting
    transfer or paid, or "paid" alone. since: orders placed before earn nothing, so that imported history
    need not. Rules hold for all orders, also those placed before the rules were changed.
    """

    enabled: bool = False
    per_unit: Rate = "1"
    tax: Literal["included", "excluded"] = "included"
    orders: Literal["counting", "paid"] = "counting"
    since: Instant | None = None

    @property
    def mark(self) -> str:
        """16 hex digits that name these rules; "" where points are off."""
        return digest(self.as_json())[:16] if self.enabled else ""


class Redemption(Value):
    """Points given for something. id: the shop's own. what: for what, in the shop's words."""

    id: str
    points: int = Field(gt=0)
    what: str
    at: Instant


PointsKind = Literal["earned", "reversed", "redeemed"]


class PointsEntry(Value):
    """One line of the ledger. points: negative where they are taken. of: the order, or the redemption.

    cause: of a reversal: the refund's id, or what became of the order. what: what was redeemed.
    """

    kind: PointsKind
    at: Instant
    points: int
    of: str
    cause: str | None = None
    what: str | None = None

    @property
    def id(self) -> str:
        """The same however often the ledger is reckoned."""
        return f"{self.kind}:{self.of}:{self.cause or ''}"


class Ledger(Value):
    """Entries, oldest first. sum: of all entries; below zero where orders were refunded whose points had been
    redeemed already."""

    entries: tuple[PointsEntry, ...] = ()
    sum: int = 0

    @property
    def balance(self) -> int:
        """What can be redeemed, never below zero."""
        return min(max(self.sum, 0), MOST)

    @property
    def debt(self) -> int:
        """What later earnings settle before there is a balance again."""
        return max(-self.sum, 0)


def ledger_of(
    orders: Iterable[Order], redemptions: Iterable[Redemption], rules: PointRules, currency: str
) -> Ledger:
    """The ledger that these add up to. currency: the shop's; orders in another earn nothing.

    Where points are off, nothing was earned or redeemed.
    """
    if not rules.enabled:
        return Ledger()
    entries = [entry for order in orders for entry in _of_order(order, rules, currency)]
    entries += [
        PointsEntry(kind="redeemed", at=one.at, points=-one.points, of=one.id, what=one.what)
        for one in redemptions
    ]
    entries.sort(key=lambda entry: (entry.at, entry.id))
    return Ledger(entries=tuple(entries), sum=sum(entry.points for entry in entries))


_EARNING: dict[str, frozenset[OrderStatus]] = {
    "counting": frozenset({"paid", "awaiting_transfer", "refunded"}),
    "paid": frozenset({"paid", "refunded"}),
}
"""Statuses of orders that have earned points once: what was refunded had been paid."""


def _of_order(order: Order, rules: PointRules, currency: str) -> Sequence[PointsEntry]:
    """What the order earned, and for each refund what was taken back: the floor of what is left."""
    told = order.snapshot
    early = rules.since is not None and told.placed_at < rules.since
    if told.test or told.deleted or early or told.amounts.currency != currency:
        return ()
    if told.status not in _EARNING[rules.orders]:
        return ()
    left = _points(order.model_copy(update={"refunds": ()}), rules)
    if left <= 0:
        return ()
    entries = [PointsEntry(kind="earned", at=told.placed_at, points=left, of=told.id)]
    refunds = sorted(order.refunds, key=lambda one: (one.refunded_at, one.id))
    for known in range(1, len(refunds) + 1):
        after = _points(order.model_copy(update={"refunds": tuple(refunds[:known])}), rules)
        taken, refund = left - min(after, left), refunds[known - 1]
        if taken:
            entries.append(_reversed(max(refund.refunded_at, told.placed_at), taken, told.id, refund.id))
            left -= taken
    if left and not order.counts:
        # Refunded or cancelled as a whole, without a refund that says so.
        entries.append(_reversed(max(told.updated_at, told.placed_at), left, told.id, "whole order"))
    return entries


def _reversed(at: Instant, points: int, order: str, cause: str) -> PointsEntry:
    return PointsEntry(kind="reversed", at=at, points=-points, of=order, cause=cause)


def _points(order: Order, rules: PointRules) -> int:
    """What the order would earn as it stands, rounded down."""
    amount = order.revenue if rules.tax == "included" else order.revenue_without_tax
    units = Decimal(max(amount, 0)).scaleb(-decimals(order.snapshot.amounts.currency))
    return int((units * Decimal(rules.per_unit)).to_integral_value(ROUND_FLOOR))

"""Criteria about orders. An order counts when paid or awaiting transfer (see Order.counts)."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.codes import STATUSES, code_of
from kairos.domain.criteria.criterion import CountTest, Criterion, DecimalTest, Names, Tax, TimeTest
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.moment import Moment
from kairos.domain.order import OrderStatus
from kairos.domain.profile import OrderFact, Profile

Statuses = Annotated[tuple[OrderStatus, ...], Field(min_length=1)]


def _has_status(order: OrderFact, statuses: tuple[OrderStatus, ...]) -> bool:
    """By what became of the order; tests never."""
    return not order.test and order.standing in statuses


def status_sql(statuses: tuple[OrderStatus, ...]) -> str:
    """The same as SQL over `orders` or `lines`, which hold no tests."""
    return isin("status", (code_of(STATUSES, one) for one in statuses))


class _Orders(Criterion):
    """Which orders are looked at.

    window: placed then. products: containing at least one of them. statuses: with one of these statuses
    instead of those that count; tests never.
    """

    window: TimeTest | None = None
    products: Names | None = None
    statuses: Statuses | None = None

    def chosen(self, profile: Profile, moment: Moment) -> list[OrderFact]:
        """The orders looked at, oldest first."""
        return [
            order
            for order in profile.orders
            if (order.counts if self.statuses is None else _has_status(order, self.statuses))
            and (self.window is None or self.window.holds(order.placed_at, moment))
            and (self.products is None or set(self.products) & set(order.product_ids))
        ]

    @property
    def plain(self) -> bool:
        """All counting orders are looked at, so that the columns of `customers` answer."""
        return self.window is None and self.products is None and self.statuses is None

    def over(self, query: Query, aggregate: str, also: str = "true") -> str:
        """A number over the orders looked at, as SQL; 0 where there is none."""
        tests = [also, "counts" if self.statuses is None else status_sql(self.statuses)]
        if self.products is not None:
            wanted = query.codes("product", set(self.products).__contains__)
            tests.append(query.having("orders", "lines", isin("product", wanted)))
        window = self.window.as_window(query.moment) if self.window is not None else None
        return query.feature("orders", aggregate, every(tests), window)


def _worth(orders: Sequence[OrderFact], tax: Tax, moment: Moment) -> int | None:
    """What they came to in the shop's currency; unknown once one of them is in another."""
    if any(order.currency != moment.shop.currency for order in orders):
        return None
    return sum(order.revenue if tax == "included" else order.revenue_without_tax for order in orders)


class OrderCount(CountTest, _Orders):
    """How many orders; no order is the number 0."""

    kind: Literal["order_count"] = "order_count"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(len(self.chosen(profile, moment)))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.count_sql(query.column("orders") if self.plain else self.over(query, "count(*)"))


class Revenue(DecimalTest, _Orders):
    """The sum of the orders less refunds; of no order it is 0."""

    kind: Literal["revenue"] = "revenue"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds_money(_worth(self.chosen(profile, moment), self.tax, moment), moment)


class AverageOrderValue(DecimalTest, _Orders):
    """Revenue by the number of orders; of no order there is none."""

    kind: Literal["average_order_value"] = "average_order_value"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds_money(_worth(orders, self.tax, moment), moment, over=len(orders))


class ItemsPerOrder(DecimalTest, _Orders):
    """Items by the number of orders; of no order there is none."""

    kind: Literal["items_per_order"] = "items_per_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(sum(order.items for order in orders), over=len(orders))


class FirstOrder(TimeTest, _Orders):
    """When the first of the orders was placed."""

    kind: Literal["first_order"] = "first_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(orders[0].placed_at if orders else None, moment)


class LastOrder(TimeTest, _Orders):
    """When the last of the orders was placed."""

    kind: Literal["last_order"] = "last_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(orders[-1].placed_at if orders else None, moment)


class LastOrderValue(DecimalTest, _Orders):
    """What the last of the orders came to, less refunds."""

    kind: Literal["last_order_value"] = "last_order_value"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        last = self.chosen(profile, moment)[-1:]
        return self.holds_money(_worth(last, self.tax, moment) if last else None, moment)


class OrderStatusIs(Criterion):
    """An order stands at one of the statuses. which: any order, or the last one placed (tests aside)."""

    kind: Literal["order_status"] = "order_status"
    any_of: Statuses
    which: Literal["any", "last"] = "any"
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = [order for order in profile.orders if not order.test]
        if self.window is not None:
            orders = [order for order in orders if self.window.holds(order.placed_at, moment)]
        looked_at = orders[-1:] if self.which == "last" else orders
        return any(_has_status(order, self.any_of) for order in looked_at)

"""Criteria about orders. An order counts when paid or awaiting transfer (see Order.counts)."""

from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.codes import STATUSES, code_of
from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.order_search import COUNTING, OrderFilter, OrderSearch
from kairos.domain.criteria.query import Query, isin
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.order import OrderStatus
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact

Statuses = Annotated[tuple[OrderStatus, ...], Field(min_length=1)]


def _has_status(order: OrderFact, statuses: tuple[OrderStatus, ...]) -> bool:
    """By what became of the order; tests never."""
    return not order.test and order.standing in statuses


def _status_sql(status: str, statuses: tuple[OrderStatus, ...]) -> str:
    """The same as SQL; the engine keeps no tests."""
    return isin(status, (code_of(STATUSES, one) for one in statuses))


class Orders(OrderFilter):
    """statuses: orders with one of these statuses instead of those that count; tests never."""

    statuses: Statuses | None = None

    def chosen(self, profile: Profile, moment: Moment) -> list[OrderFact]:
        """The orders looked at, oldest first."""
        if self.statuses is None:
            return self.among(profile.counting_orders, moment)
        return self.among((one for one in profile.orders if _has_status(one, self.statuses)), moment)

    def found(self, query: Query) -> OrderSearch:
        """The same as SQL."""
        standing = COUNTING if self.statuses is None else _status_sql("status", self.statuses)
        return self.search(query, standing)


class OrderCount(CountTest, Orders):
    """How many orders; no order is the number 0."""

    kind: Literal["order_count"] = "order_count"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(len(self.chosen(profile, moment)))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.found(query).count(self)


class ItemsPerOrder(DecimalTest, Orders):
    """Items by the number of orders; of no order there is none."""

    kind: Literal["items_per_order"] = "items_per_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(sum(order.items for order in orders), over=len(orders))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = self.found(query)
        items = query.column("items") if found.plain else found.over("sum(items)")
        return self.decimal_sql(items, over=found.number())


class FirstOrder(TimeTest, Orders):
    """When the first of the orders was placed."""

    kind: Literal["first_order"] = "first_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(orders[0].placed_at if orders else None, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.found(query).first_passes(self)


class LastOrder(TimeTest, Orders):
    """When the last of the orders was placed."""

    kind: Literal["last_order"] = "last_order"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds(orders[-1].placed_at if orders else None, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.found(query).last_passes(self)


class OrderStatusIs(OrderFilter):
    """An order stands at one of the statuses. which: any order, or the last one placed (tests aside)."""

    kind: Literal["order_status"] = "order_status"
    any_of: Statuses
    which: Literal["any", "last"] = "any"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.among((order for order in profile.orders if not order.test), moment)
        looked_at = orders[-1:] if self.which == "last" else orders
        return any(_has_status(order, self.any_of) for order in looked_at)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        if self.which == "any":
            return self.search(query, _status_sql("status", self.any_of)).exists()
        return _status_sql(self.search(query, "true").over("arg_max(status, number)"), self.any_of)

"""Criteria about what orders came to, in the shop's currency."""

from collections.abc import Sequence
from typing import Literal

from kairos.domain.criteria.criterion import Tax
from kairos.domain.criteria.numbers import DecimalTest
from kairos.domain.criteria.order_search import OrderSearch
from kairos.domain.criteria.orders import Orders
from kairos.domain.criteria.query import Query, every
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact

_COLUMNS: dict[Tax, tuple[str, str]] = {
    "included": ("revenue", "last_value"),
    "excluded": ("net", "last_net"),
}
"""An order's worth in `orders` and, summed, in `customers`; that of the last order in `customers`."""


def _worth(orders: Sequence[OrderFact], tax: Tax, moment: Moment) -> int | None:
    """What they came to in the shop's currency; unknown once one of them is in another."""
    if any(order.currency != moment.shop.currency for order in orders):
        return None
    return sum(order.revenue if tax == "included" else order.revenue_without_tax for order in orders)


def _worth_sql(found: OrderSearch, tax: Tax) -> tuple[str, str]:
    """The same as SQL: whether it is known, and what it is."""
    worth, _ = _COLUMNS[tax]
    if found.plain:
        return f"{found.query.column('foreign_orders')} = 0", found.query.column(worth)
    return f"{found.over('count(*)', 'foreign_money')} = 0", found.over(f"sum({worth})")


class Revenue(DecimalTest, Orders):
    """The sum of the orders less refunds; of no order it is 0."""

    kind: Literal["revenue"] = "revenue"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds_money(_worth(self.chosen(profile, moment), self.tax, moment), moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        known, worth = _worth_sql(self.found(query), self.tax)
        return every([known, self.money_sql(query.moment, worth)])


class AverageOrderValue(DecimalTest, Orders):
    """Revenue by the number of orders; of no order there is none."""

    kind: Literal["average_order_value"] = "average_order_value"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = self.chosen(profile, moment)
        return self.holds_money(_worth(orders, self.tax, moment), moment, over=len(orders))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = self.found(query)
        known, worth = _worth_sql(found, self.tax)
        return every([known, self.money_sql(query.moment, worth, over=found.number())])


class LastOrderValue(DecimalTest, Orders):
    """What the last of the orders came to, less refunds."""

    kind: Literal["last_order_value"] = "last_order_value"
    tax: Tax = "included"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        last = self.chosen(profile, moment)[-1:]
        return self.holds_money(_worth(last, self.tax, moment) if last else None, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found, (worth, column) = self.found(query), _COLUMNS[self.tax]
        if found.up_to_the_last and found.products is None:
            home, value = f"NOT {query.column('last_foreign')}", query.column(column)
            return every([found.exists(), home, self.money_sql(query.moment, value)])
        home = f"{found.over('arg_max(foreign_money::UTINYINT, number)')} = 0"
        value = found.over(f"arg_max({worth}, number)")
        return every([f"{found.over('max(number)')} > 0", home, self.money_sql(query.moment, value)])

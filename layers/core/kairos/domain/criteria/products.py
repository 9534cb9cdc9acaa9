"""Criteria about the products in a customer's counting orders."""

from typing import Literal, Self

from pydantic import model_validator

from kairos.domain.criteria.choice import SomeProducts
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.order_search import COUNTING, OrderFilter, OrderSearch, placed_in
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact


class Ordered(SomeProducts, OrderFilter):
    """Ordered at least one of the products.

    times: how many orders hold at least one. quantity: how many pieces these orders hold. window: of the
    orders placed then.
    """

    kind: Literal["ordered"] = "ordered"
    times: CountTest = CountTest(at_least=1)
    quantity: CountTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders, ids = self.among(profile.counting_orders, moment), self.ids(moment)
        pieces = sum(number for one in orders for product, number in one.bought.items() if product in ids)
        return self.times.holds(len(orders)) and (self.quantity is None or self.quantity.holds(pieces))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = self.search(query)
        pieces = "true" if self.quantity is None else self.quantity.count_sql(found.pieces())
        return every([found.count(self.times), pieces])


class OrderedTogether(Criterion):
    """Ordered one of these products, and also one of those, or without any of those.

    same_order: in one order, else in any of them. window: of the orders placed then.
    """

    kind: Literal["ordered_together"] = "ordered_together"
    ordered: SomeProducts
    also: SomeProducts | None = None
    without: SomeProducts | None = None
    same_order: bool = False
    window: TimeTest | None = None

    @model_validator(mode="after")
    def _names_one_other(self) -> Self:
        if (self.also is None) == (self.without is None):
            raise ValueError("needs one other choice of products; set either also or without")
        return self

    @property
    def _other(self) -> SomeProducts:
        return next(one for one in (self.also, self.without) if one is not None)

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        these, those = self.ordered.ids(moment), self._other.ids(moment)
        orders, wanted = placed_in(self.window, profile.counting_orders, moment), self.also is not None
        if self.same_order:
            return any(_holds(one, these) and _holds(one, those) == wanted for one in orders)
        has_these, has_those = (any(_holds(one, ids) for one in orders) for ids in (these, those))
        return has_these and has_those == wanted

    def sql(self, query: Query) -> str:
        """See Criterion."""
        these, those = self.ordered.product_codes(query), self._other.product_codes(query)
        negated = "" if self.also is not None else "NOT "
        if not self.same_order:
            found = [OrderSearch(query, codes, self.window).exists() for codes in (these, those)]
            return every([found[0], f"({negated}{found[1]})"])
        first, second = (query.having("orders", "lines", isin("product", one)) for one in (these, those))
        window = window_of(self.window, query.moment)
        test = every([COUNTING, first, negated + second])
        return f"{query.feature('orders', 'count(*)', test, window)} > 0"


def _holds(order: OrderFact, products: frozenset[str]) -> bool:
    return not products.isdisjoint(order.product_ids)

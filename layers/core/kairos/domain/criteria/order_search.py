"""Orders looked for, by closure and by SQL, each question answered from where it costs least."""

from collections.abc import Iterable
from dataclasses import dataclass

from kairos.domain.codes import STATUSES, code_of
from kairos.domain.criteria.choice import Choice
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.purchases import NO_PURCHASE, OrderFact

COUNTING = "counts"
"""SQL over `orders` or `lines`: the order counts."""

PURCHASED = f"NOT {isin('status', (code_of(STATUSES, one) for one in NO_PURCHASE))}"
"""SQL over `orders`: it is a purchase, see OrderFact."""


def placed_in(window: TimeTest | None, orders: Iterable[OrderFact], moment: Moment) -> list[OrderFact]:
    """Those of the orders that were placed in the window, in their order; all where there is none."""
    return [one for one in orders if window is None or window.holds(one.placed_at, moment)]


class OrderFilter(Choice, Criterion):
    """Which orders are looked at. window: placed then. The choice: holding at least one of its products."""

    window: TimeTest | None = None

    def among(self, orders: Iterable[OrderFact], moment: Moment) -> list[OrderFact]:
        """Those of the orders that are looked at, in their order."""
        ids = self.ids(moment)
        chosen = (order for order in orders if ids is None or not ids.isdisjoint(order.product_ids))
        return placed_in(self.window, chosen, moment)

    def search(self, query: Query, standing: str = COUNTING) -> "OrderSearch":
        """The same as SQL. standing: what must be true of an order besides."""
        return OrderSearch(query, self.product_codes(query), self.window, standing)


@dataclass(frozen=True)
class OrderSearch:
    """Orders of each customer, as SQL. products: containing at least one of these codes, None for any.

    standing: SQL over `orders` and `lines`, which the orders pass. Of no order, every number is 0.
    """

    query: Query
    products: frozenset[int] | None = None
    window: TimeTest | None = None
    standing: str = COUNTING

    @property
    def plain(self) -> bool:
        """All counting orders are looked for, so that the columns of `customers` answer."""
        return self.products is None and self.window is None and self.standing == COUNTING

    @property
    def up_to_the_last(self) -> bool:
        """If there is any, the last counting order with one of the products is the last of them."""
        return self.standing == COUNTING and _reaches_now(self.window)

    def over(self, aggregate: str, also: str = "true") -> str:
        """An aggregate over `orders`. also: what must be true of an order besides."""
        if self.products is not None and not self.products:
            return "0"
        tests = [self.standing, also]
        if self.products is not None:
            tests.append(self.query.having("orders", "lines", isin("product", self.products)))
        window = window_of(self.window, self.query.moment)
        return self.query.feature("orders", aggregate, every(tests), window)

    def exists(self) -> str:
        """Whether there is at least one."""
        if self.standing == COUNTING:
            if self.window is None:
                return f"{self._known('orders', 'count(*)')} > 0"
            if _reaches_now(self.window):
                return self.window.time_sql(self.query, self._last())
            if _reaches_back(self.window):
                return self.window.time_sql(self.query, self._first())
        number = self.over("count(*)") if self.products is None else self._over_lines("count(*)")
        return f"{number} > 0"

    def count(self, test: CountTest) -> str:
        """Whether their number passes."""
        if not test.holds(0) and test.holds(1) and _is_open(test):
            return self.exists()
        if test.holds(0) and not test.holds(1):
            return f"(NOT {self.exists()})"
        return test.count_sql(self.number())

    def number(self) -> str:
        """How many there are."""
        if self.plain:
            return self.query.column("orders")
        if self.products is None or len(self.products) > 1:
            return self.over("count(*)")
        # An order has one line at most of one product.
        whole = self.window is None and self.standing == COUNTING
        return self._bought("sum(orders)") if whole else self._over_lines("count(*)")

    def pieces(self) -> str:
        """How many pieces of the products they hold."""
        whole = self.window is None and self.standing == COUNTING
        return self._bought("sum(quantity)") if whole else self._over_lines("sum(quantity)")

    def first_passes(self, test: TimeTest) -> str:
        """Whether there is one, and the time when the first was placed passes."""
        if self.standing == COUNTING and _reaches_back(self.window):
            tests = [test] if self.window is None else [self.window, test]
            return every(one.time_sql(self.query, self._first()) for one in tests)
        return test.time_sql(self.query, self.over("min(ts)"))

    def last_passes(self, test: TimeTest) -> str:
        """Whether there is one, and the time when the last was placed passes."""
        if self.up_to_the_last:
            tests = [test] if self.window is None else [self.window, test]
            return every(one.time_sql(self.query, self._last()) for one in tests)
        return test.time_sql(self.query, self.over("max(ts)"))

    def _first(self) -> str:
        """When the first counting order with one of the products was placed, whatever the window."""
        return self._known("first_order", "min(first_ts)")

    def _last(self) -> str:
        """When the last counting order with one of the products was placed, whatever the window."""
        return self._known("last_order", "max(ts)")

    def _known(self, column: str, aggregate: str) -> str:
        """A column of `customers` where any product will do, else an aggregate over `bought`."""
        return self.query.column(column) if self.products is None else self._bought(aggregate)

    def _bought(self, aggregate: str) -> str:
        if not self.products:
            return "0"
        return self.query.feature("bought", aggregate, isin("product", self.products))

    def _over_lines(self, aggregate: str) -> str:
        if not self.products:
            return "0"
        window = window_of(self.window, self.query.moment)
        tests = [self.standing, isin("product", self.products)]
        return self.query.feature("lines", aggregate, every(tests), window)


def _is_open(test: CountTest) -> bool:
    return test.at_most is None and test.less_than is None and test.equals is None


def _reaches_now(window: TimeTest | None) -> bool:
    """Of two times of which one passes, so does the later one."""
    if window is None:
        return True
    ends = window.older_than is not None or window.exactly_days_ago is not None
    return not ends and (window.between is None or window.between.last_day is None)


def _reaches_back(window: TimeTest | None) -> bool:
    """Of two times of which one passes, so does the earlier one."""
    if window is None:
        return True
    begins = window.within is not None or window.exactly_days_ago is not None
    return not begins and (window.between is None or window.between.first_day is None)

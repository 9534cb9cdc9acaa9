"""Criteria about discount codes and points. Only counting orders are looked at."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from kairos.domain.catalogue import folded
from kairos.domain.criteria.criterion import Criterion, Names
from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.order_search import OrderSearch, placed_in
from kairos.domain.criteria.query import Query, isin
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile

_PER_CENT = 100


class UsedCode(Criterion):
    """Placed an order with one of the codes, else with any. never: with none of them.

    window: of the orders placed then.
    """

    kind: Literal["used_code"] = "used_code"
    any_of: Names | None = None
    never: bool = False
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        used = any(
            self._used(order.codes) for order in placed_in(self.window, profile.counting_orders, moment)
        )
        return used != self.never

    def _used(self, codes: tuple[str, ...]) -> bool:
        if self.any_of is None:
            return bool(codes)
        wanted = frozenset(map(folded, self.any_of))
        return any(folded(code) in wanted for code in codes)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        if self.any_of is None and self.window is None:
            orders = query.column("coded_orders")
        else:
            wanted = "codes > 0" if self.any_of is None else isin("codes", query.codes("codes", self._used))
            orders = OrderSearch(query, window=self.window).over("count(*)", wanted)
        return f"{orders} {'=' if self.never else '>'} 0"


class CouponShare(DecimalTest, Criterion):
    """Per cent of the orders that were placed with a code; of no order there is none.

    window: of the orders placed then.
    """

    kind: Literal["coupon_share"] = "coupon_share"
    window: TimeTest | None = None

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        bounds = [Decimal(bound) for name in self.comparing if (bound := getattr(self, name)) is not None]
        if max(bounds) > _PER_CENT or Decimal(self.more_than or 0) >= _PER_CENT:
            raise ValueError("no share is above 100 per cent; state bounds between 0 and 100")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders = placed_in(self.window, profile.counting_orders, moment)
        return self.holds(sum(bool(order.codes) for order in orders) * _PER_CENT, over=len(orders))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = OrderSearch(query, window=self.window)
        coded = query.column("coded_orders") if found.plain else found.over("count(*)", "codes > 0")
        return self.decimal_sql(f"({coded}::BIGINT * {_PER_CENT})", over=found.number())


class Points(CountTest, Criterion):
    """The balance of points; who never earned any has 0."""

    kind: Literal["points"] = "points"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(profile.points)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.count_sql(query.column("points"))

"""The criterion about when orders reached the customer."""

from datetime import UTC, datetime
from typing import Literal

from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.durations import ExactDuration, exact_seconds
from kairos.domain.criteria.query import Query, every
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact

_LAST_SECOND = 2**32 - 2


class Delivered(TimeTest, Criterion):
    """When one of the orders that count was delivered: some of them passes every test.

    assumed_after: one whose delivery nobody tells is taken for delivered so long after it was placed;
    without it, that is not known.
    """

    kind: Literal["delivered"] = "delivered"
    assumed_after: ExactDuration | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        passing = [self.holds(self._at(order), moment) for order in profile.counting_orders]
        return any(passing)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        at = self._at_sql()
        window = self.as_window(query.moment, at)
        for turn in window.turns:
            coming = query.feature("orders", f"min({at})", every(["counts", f"{at} > {turn.after}"]))
            query.turn(coming, [turn])
        return f"{query.feature('orders', 'count(*)', every(['counts', window.sql]))} > 0"

    def _at(self, order: OrderFact) -> datetime | None:
        if order.delivered_at is not None or self.assumed_after is None:
            return order.delivered_at
        second = int(order.placed_at.timestamp()) + exact_seconds(self.assumed_after)
        return datetime.fromtimestamp(min(second, _LAST_SECOND), UTC)

    def _at_sql(self) -> str:
        """When an order of the table was delivered, in seconds; 0 where that is not known."""
        if self.assumed_after is None:
            return "delivered::BIGINT"
        assumed = f"least(ts::BIGINT + {exact_seconds(self.assumed_after)}, {_LAST_SECOND})"
        return f"(CASE WHEN delivered > 0 THEN delivered::BIGINT ELSE {assumed} END)"

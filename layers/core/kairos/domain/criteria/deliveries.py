"""The criterion about when orders reached the customer."""

from datetime import UTC, datetime
from typing import Literal

from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.durations import ExactDuration, exact_seconds
from kairos.domain.criteria.query import Query
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile

_LAST_SECOND = 2**32 - 2


class Delivered(TimeTest, Criterion):
    """When the last of the orders that count was delivered.

    assumed_after: one whose delivery nobody tells is taken for delivered so long after it was placed;
    without it, that is not known.
    """

    kind: Literal["delivered"] = "delivered"
    assumed_after: ExactDuration | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(self._at(profile), moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        told = query.feature("orders", "arg_max(delivered, number)", "counts")
        placed = query.column("last_order")
        assumed = "0"
        if self.assumed_after is not None:
            later = f"least({placed}::BIGINT + {exact_seconds(self.assumed_after)}, {_LAST_SECOND})"
            assumed = f"CASE WHEN {placed} > 0 THEN {later} ELSE 0 END"
        return self.time_sql(query, f"(CASE WHEN {told} > 0 THEN {told}::BIGINT ELSE {assumed} END)")

    def _at(self, profile: Profile) -> datetime | None:
        orders = profile.counting_orders
        if not orders or orders[-1].delivered_at is not None or self.assumed_after is None:
            return orders[-1].delivered_at if orders else None
        second = int(orders[-1].placed_at.timestamp()) + exact_seconds(self.assumed_after)
        return datetime.fromtimestamp(min(second, _LAST_SECOND), UTC)

"""Where customers stand among all of their shop: the figures that percentiles and averages compare with."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal

from pydantic import Field

from kairos.domain.purchases import OrderFact
from kairos.domain.value import Value

Measure = Literal["orders", "revenue", "basket", "last_order", "interval"]
"""orders, revenue (minor units, tax included), basket (revenue // orders), last_order (seconds since 1970),
interval (median seconds between a customer's own counting orders, of those with at least two).

The population of each: customers with at least one counting order, none of which is in another currency
than the shop's (interval: at least two)."""


class Distribution(Value):
    """How one measure is distributed. total: its sum over `count` customers.

    percentiles: 99 values, the p-th being the least value that at least p per cent of the population do
    not exceed (SQL's PERCENTILE_DISC); empty where there is no population.
    """

    count: int = 0
    total: int = 0
    percentiles: tuple[int, ...] = ()

    def percentile(self, p: int) -> int | None:
        """The p-th percentile, 1 to 99; None where nobody was measured."""
        return self.percentiles[p - 1] if self.percentiles else None

    def score(self, value: int) -> int:
        """1 to 5: the fifth of the population in which the value lies; a value on a bound is in the lower."""
        bounds = [self.percentiles[p - 1] for p in (20, 40, 60, 80)] if self.percentiles else []
        return 1 + bisect_left(bounds, value)


class Thresholds(Value):
    """The shop's distributions, and by product how long its buyers take to buy it again.

    product_intervals: seconds, of the most sold products that anybody bought again; the median over these
    customers of the median between each one's counting orders that hold it.
    version: grows with every change of any figure. catalogue: which state of the shop's products the rules
    are read with, as a name.
    """

    version: int = 0
    catalogue: str = ""
    measures: Mapping[Measure, Distribution] = Field(default_factory=dict)
    product_intervals: Mapping[str, int] = Field(default_factory=dict)

    def of(self, measure: Measure) -> Distribution:
        """The measure's distribution; of nobody where it was never computed."""
        return self.measures.get(measure, Distribution())


def median_interval(orders: Sequence[OrderFact]) -> int:
    """Median seconds between orders, oldest first; 0 below two."""
    times = [int(order.placed_at.timestamp()) for order in orders]
    return int(median([later - one for one, later in pairwise(times)])) if len(times) > 1 else 0

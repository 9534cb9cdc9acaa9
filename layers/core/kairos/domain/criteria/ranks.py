"""Criteria that compare customers with all others of their shop, by the figures last computed.

Compared are customers with at least one counting order and none in another currency than the shop's. Of
all others, and while no figures have been computed, where they stand is unknown.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from kairos.domain.criteria.criterion import Comparison, Criterion
from kairos.domain.criteria.query import Query, every, some
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.standing import Distribution

RankedBy = Literal["orders", "revenue", "basket"]
Bound = int | Literal["average"]
"""A percentile, 1 to 99, or the average."""

Percent = Annotated[int, Field(ge=1, le=99)]
Fifth = Annotated[int, Field(ge=1, le=5)]
_FIFTHS = range(1, 6)


class Standing(NamedTuple):
    """A customer who is compared. revenue: minor units, tax included; last_order: seconds since 1970."""

    orders: int
    revenue: int
    last_order: int


def standing_of(profile: Profile, moment: Moment) -> Standing | None:
    """What the customer is compared by; None for who is not compared."""
    orders = profile.counting_orders
    if not orders or any(order.currency != moment.shop.currency for order in orders):
        return None
    return Standing(
        len(orders), sum(order.revenue for order in orders), int(orders[-1].placed_at.timestamp())
    )


def is_above(who: Standing | None, by: RankedBy, bound: Bound, moment: Moment) -> bool:
    """Whether the customer's measure is greater than the bound; an unknown one never is."""
    greatest = _greatest_not_above(by, bound, moment)
    if who is None or greatest is None:
        return False
    if by == "basket":
        return who.revenue // who.orders > greatest
    return (who.orders if by == "orders" else who.revenue) > greatest


def above_sql(query: Query, by: RankedBy, bound: Bound) -> str:
    """The same as SQL."""
    greatest = _greatest_not_above(by, bound, query.moment)
    if greatest is None:
        return "false"
    orders, revenue = query.column("orders"), query.column("revenue")
    tests = {
        "orders": f"{orders} > {greatest}",
        "revenue": f"{revenue} > {greatest}",
        # revenue // orders > greatest, without dividing
        "basket": f"{revenue} >= {greatest + 1}::HUGEINT * {orders}",
    }
    return every([_compared_sql(query), tests[by]])


def _greatest_not_above(by: RankedBy, bound: Bound, moment: Moment) -> int | None:
    """The greatest whole number that is not above the bound; None where nobody was measured."""
    found = moment.thresholds.of(by)
    if bound != "average":
        return found.percentile(bound)
    return found.total // found.count if found.count else None


def _compared_sql(query: Query) -> str:
    return every([f"{query.column('orders')} > 0", f"{query.column('foreign_orders')} = 0"])


class Rank(Criterion):
    """Among the best, the worst, or above the average, by one measure. Exactly one of the three.

    top: above the value that 100 - top per cent do not exceed, so that with equals at the edge there are
    fewer. bottom: not above the value that bottom per cent do not exceed; then there are more. basket:
    revenue by number of orders, fractions of the smallest unit cut off.
    """

    kind: Literal["rank"] = "rank"
    by: RankedBy
    top: Percent | None = None
    bottom: Percent | None = None
    above_average: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.top, self.bottom, self.above_average)) != 1:
            raise ValueError("asks for none or several; set exactly one of top, bottom, above_average")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        who = standing_of(profile, moment)
        if who is None or not moment.thresholds.of(self.by).percentiles:
            return False
        return is_above(who, self.by, self._bound(), moment) is (self.bottom is None)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        if not query.moment.thresholds.of(self.by).percentiles:
            return "false"
        above = above_sql(query, self.by, self._bound())
        return above if self.bottom is None else every([_compared_sql(query), f"NOT {above}"])

    def _bound(self) -> Bound:
        if self.bottom is not None:
            return self.bottom
        return "average" if self.top is None else 100 - self.top


class ScoreTest(Comparison):
    """A score from 1 (lowest fifth) to 5 (highest); every field given must hold."""

    comparing = ("at_least", "at_most", "any_of")
    at_least: Fifth | None = None
    at_most: Fifth | None = None
    any_of: Annotated[tuple[Fifth, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _has_a_score(self) -> Self:
        if not self.passing:
            raise ValueError("no score passes; widen the range")
        return self

    @property
    def passing(self) -> tuple[int, ...]:
        """The scores that pass."""
        return tuple(
            score
            for score in _FIFTHS
            if (self.at_least is None or score >= self.at_least)
            and (self.at_most is None or score <= self.at_most)
            and (self.any_of is None or score in self.any_of)
        )

    def holds(self, value: int, distribution: Distribution) -> bool:
        """Whether the score of the value passes; an unknown one never does."""
        return bool(distribution.percentiles) and distribution.score(value) in self.passing

    def score_sql(self, expression: str, distribution: Distribution) -> str:
        """The same as SQL over a whole number."""
        if not distribution.percentiles:
            return "false"
        return some(_fifth_sql(expression, distribution, score) for score in self.passing)


def _fifth_sql(expression: str, distribution: Distribution, score: int) -> str:
    """The value lies in that fifth: above the one bound, not above the other."""
    lower, upper = (distribution.percentile(fifths * 20) for fifths in (score - 1 or 1, min(score, 4)))
    tests = [f"{expression} > {lower}"] if score > _FIFTHS[0] else []
    tests += [f"{expression} <= {upper}"] if score < _FIFTHS[-1] else []
    return every(tests)


class Rfm(Comparison, Criterion):
    """Scores by fifths: recency (of the last order, 5 the latest), frequency (orders), monetary (revenue)."""

    comparing = ("recency", "frequency", "monetary")
    kind: Literal["rfm"] = "rfm"
    recency: ScoreTest | None = None
    frequency: ScoreTest | None = None
    monetary: ScoreTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        who = standing_of(profile, moment)
        if who is None:
            return False
        values = {"last_order": who.last_order, "orders": who.orders, "revenue": who.revenue}
        return all(
            test.holds(values[measure], moment.thresholds.of(measure)) for measure, test in self._tests()
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        tests = [
            test.score_sql(query.column(measure), query.moment.thresholds.of(measure))
            for measure, test in self._tests()
        ]
        return every([_compared_sql(query), *tests])

    def _tests(self) -> Iterable[tuple[Literal["last_order", "orders", "revenue"], ScoreTest]]:
        """What is measured, as the thresholds and the columns name it, and its test."""
        if self.recency is not None:
            yield "last_order", self.recency
        if self.frequency is not None:
            yield "orders", self.frequency
        if self.monetary is not None:
            yield "revenue", self.monetary

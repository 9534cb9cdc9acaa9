"""Criteria that hold a customer's orders of a product against that product's own times."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.criteria.choice import Choice
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.durations import ExactDuration, ExactLastingDuration, exact_seconds
from kairos.domain.criteria.query import Query, Turn, every, isin
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Flips, Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.standing import median_interval


class BoughtAtLaunch(Choice, Criterion):
    """Placed the first order of a product at its launch or less than `within` later.

    at_least: of so many products. The choice: of these only. launched: of those launched then.
    """

    kind: Literal["bought_at_launch"] = "bought_at_launch"
    within: ExactLastingDuration
    at_least: Annotated[int, Field(ge=1, le=10_000)] = 1
    launched: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        ids, length, products = self.ids(moment), exact_seconds(self.within), 0
        for product, orders in profile.orders_by_product.items():
            if launch := self._launch(product, ids, moment):
                products += 0 <= int(orders[0].placed_at.timestamp()) - launch < length
        return products >= self.at_least

    def _launch(self, product: str, ids: frozenset[str] | None, moment: Moment) -> int:
        """When it was launched, in seconds since 1970; 0 where that is not asked about or not known."""
        fact = moment.catalogue.products.get(product)
        if fact is None or fact.launched_at is None or not (ids is None or product in ids):
            return 0
        if self.launched is not None and not self.launched.holds(fact.launched_at, moment):
            return 0
        return int(fact.launched_at.timestamp())

    def sql(self, query: Query) -> str:
        """See Criterion."""
        ids, flips = self.ids(query.moment), Flips()
        moment = replace(query.moment, flips=flips)
        launch = query.number(
            "bought", "product", "product", lambda product: self._launch(product, ids, moment)
        )
        if flips.next is not None:
            query.turn_at(int(flips.next.timestamp()), f"{query.column('orders')} > 0")
        most = exact_seconds(self.within) - 1
        test = f"{launch} > 0 AND first_ts::BIGINT - {launch} BETWEEN 0 AND {most}"
        return f"{query.feature('bought', 'count(*)', test)} >= {self.at_least}"


_LONGEST_UNIT = 2**30
"""Seconds (34 years); a longer one counts as this long, so that no quantity leads beyond 64 bits."""


class ReplenishmentDue(Choice, Criterion):
    """What was last ordered of a product runs out, or has just run out.

    It lasts the product's time per unit x the quantity in the last order of it; else as long as the
    customer's own median interval between orders of it; else as the product's among all customers.
    lead: due so long before it runs out. overdue: and no longer when it ran out so long ago. fresh_for: nor
    when it has been due for so long.
    """

    kind: Literal["replenishment_due"] = "replenishment_due"
    lead: ExactDuration = "P7D"
    overdue: ExactDuration = "P30D"
    fresh_for: ExactLastingDuration | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if not exact_seconds(self.lead) + exact_seconds(self.overdue):
            raise ValueError("is due for no time; make lead or overdue longer than nothing")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        _, near = self._span(moment)
        ends = [end for end, _ in self._ends(profile, moment)]
        if not ends:
            return False
        due = min(ends) <= near
        turns = min(ends) + (self._late if due else -exact_seconds(self.lead))
        moment.note(datetime.fromtimestamp(min(turns, 2**32 - 2), UTC))
        return due

    def products_due(self, profile: Profile, moment: Moment) -> tuple[str, ...]:
        """Ids of the products that run out, the soonest first."""
        _, near = self._span(moment)
        return tuple(product for end, product in sorted(self._ends(profile, moment)) if end <= near)

    def _ends(self, profile: Profile, moment: Moment) -> list[tuple[int, str]]:
        """When each product runs out that has not done so long ago."""
        gone, _ = self._span(moment)
        ids = self.ids(moment)
        return [
            (end, product)
            for product, orders in profile.orders_by_product.items()
            if (ids is None or product in ids) and (end := _runs_out(product, orders, moment)) > gone
        ]

    @property
    def _late(self) -> int:
        """Seconds after it ran out at which it is no longer due, negative for so long before."""
        late = exact_seconds(self.overdue)
        if self.fresh_for is None:
            return late
        return min(late, exact_seconds(self.fresh_for) - exact_seconds(self.lead))

    def _span(self, moment: Moment) -> tuple[int, int]:
        """What runs out after the first of these seconds, and not after the second, is due."""
        now = int(moment.now.timestamp())
        return max(now - self._late, 0), now + exact_seconds(self.lead)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        moment, codes = query.moment, self.product_codes(query)
        gone, near = self._span(moment)
        figure = query.number("bought", "product", "product", lambda one: _lasting(one, moment))
        # Where nothing says how long it lasts, it has no end, and the row never passes.
        lasts = (
            f"CASE WHEN {figure} > 0 THEN {figure} * greatest(last_quantity, 1)"
            f" WHEN repeat_interval > 0 THEN repeat_interval WHEN {figure} < 0 THEN -{figure} END"
        )
        end = f"ts::BIGINT + {lasts}"
        chosen = "true" if codes is None else isin("product", codes)
        first = query.feature("bought", f"min({end})", every([chosen, f"{end} > {gone}"]))
        query.turn(first, [Turn(near, -exact_seconds(self.lead)), Turn(gone, self._late)])
        return f"{first} BETWEEN 1 AND {near}"


def _lasting(product: str, moment: Moment) -> int:
    """Seconds that one unit lasts where the shop says it, 0 where nothing is known.

    Else, as a negative number, the median interval of repeated orders among all customers.
    """
    fact = moment.catalogue.products.get(product)
    if fact is not None and fact.unit_seconds is not None and fact.unit_seconds > 0:
        return min(fact.unit_seconds, _LONGEST_UNIT)
    return -moment.thresholds.product_intervals.get(product, 0)


def _runs_out(product: str, orders: list[OrderFact], moment: Moment) -> int:
    """When the last of these orders of the product runs out, in seconds since 1970; 0 if not known."""
    figure, last = _lasting(product, moment), orders[-1]
    lasts = figure * max(last.bought[product], 1) if figure > 0 else median_interval(orders) or -figure
    return int(last.placed_at.timestamp()) + lasts if lasts else 0

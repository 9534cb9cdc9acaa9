"""The figures at which customers change from one level to the next, each of them a shop's to tune."""

from datetime import UTC, datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from kairos.domain.criteria.durations import ExactLastingDuration, LastingDuration, after
from kairos.domain.value import Value

Percent = Annotated[int, Field(ge=1, le=100)]
Orders = Annotated[int, Field(ge=1, le=10_000)]
Score = Annotated[int, Field(ge=0, le=100)]

_MEASURED_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_RISING = (
    ("engagement_window", "sleeping_after"),
    ("new_within", "lost_after"),
    ("active_within", "lost_after"),
)


class Levels(Value):
    """A shop's levels. Durations as ISO 8601 texts, months by the calendar in the shop's time zone.

    Sources: (s) the marketing guides that the product is built from, (o) our own choice.

    Engagement. engagement_window: messages sent then are looked at (s). engagement_delivered: so many of
    them must have been delivered before anybody is called super active (o). super_active_percent: per cent
    of them opened by a person (o). sleeping_after: without an open (o).

    Lifecycle. new_within: since the first order (o). active_within: since the last order (o).
    withdrawing_intervals: silent for longer than so many median intervals between orders (o, as "twice").
    lost_after: since the last order (o).

    Usage. usage_window: orders placed then are counted (s). heavy_orders: at least so many of them (o).
    average_orders: likewise, an order every half year (s).

    Satisfaction. satisfaction_window: what happened then is looked at. unhappy_below, very_satisfied_from:
    scores, 0 to 100. All (o).

    Others. full_price_orders: a full-price customer has placed at least so many, none with a code (o).
    replenishment_before: how long before a product runs out its replenishment is due (o).
    recent_buyer_within: a recent buyer ordered then (s). loyal_buyer_orders: a loyal buyer has placed more
    than so many (s).
    """

    engagement_window: LastingDuration = "P90D"
    engagement_delivered: Annotated[int, Field(ge=1, le=1000)] = 5
    super_active_percent: Percent = 90
    sleeping_after: LastingDuration = "P180D"
    new_within: LastingDuration = "P90D"
    active_within: LastingDuration = "P6M"
    withdrawing_intervals: Annotated[int, Field(ge=1, le=100)] = 2
    lost_after: LastingDuration = "P12M"
    usage_window: LastingDuration = "P12M"
    heavy_orders: Orders = 3
    average_orders: Orders = 2
    satisfaction_window: LastingDuration = "P12M"
    unhappy_below: Score = 40
    very_satisfied_from: Score = 70
    full_price_orders: Orders = 3
    replenishment_before: ExactLastingDuration = "P7D"
    recent_buyer_within: LastingDuration = "P6M"
    loyal_buyer_orders: Orders = 3

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for shorter, longer in _RISING:
            one, other = getattr(self, shorter), getattr(self, longer)
            if not _lasts(one) < _lasts(other):
                raise ValueError(
                    f"{longer} ({other}) is no longer than {shorter} ({one}); let it be the longer one"
                )
        if self.average_orders >= self.heavy_orders:
            raise ValueError(
                f"average_orders ({self.average_orders}) is not below heavy_orders ({self.heavy_orders});"
                " let it be the smaller one"
            )
        if self.unhappy_below > self.very_satisfied_from:
            raise ValueError(
                f"unhappy_below ({self.unhappy_below}) is above very_satisfied_from"
                f" ({self.very_satisfied_from}); let it be the smaller one"
            )
        return self


def _lasts(duration: str) -> datetime:
    """Lengths compared by where they end when they begin on 1 January 2026."""
    return after(duration, _MEASURED_FROM, ZoneInfo("UTC"))

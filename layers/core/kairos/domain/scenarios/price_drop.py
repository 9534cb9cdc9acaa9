"""price_drop: a product that somebody looked at or carted has become cheaper.

Figures with a star are our own defaults; each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.broadcast import Subject
from kairos.domain.criteria.durations import ExactLastingDuration, LastingDuration
from kairos.domain.scenario import RuleJson, Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings


class PriceDropSettings(BroadcastSettings):
    """least_percent: 10*, below which a drop is none. viewed_within: 30 days*, who looked at it since watches
    it; carted_within: 30 days*, who left it in a cart since does. pause: 7 days*, between two broadcasts
    about one product, and between two about any to one customer. most_a_day: 10* products that are told of
    within a day: a sale of the whole shop is a campaign."""

    least_percent: Annotated[int, Field(ge=1, le=100)] = 10
    viewed_within: LastingDuration = "P30D"
    carted_within: LastingDuration = "P30D"
    pause: ExactLastingDuration = "P7D"
    most_a_day: Annotated[int, Field(ge=1, le=200)] = 10


def is_drop(settings: PriceDropSettings, old: int, new: int) -> bool:
    """Whether the price fell far enough. old, new: minor units of one currency."""
    return 0 < new < old and (old - new) * 100 >= settings.least_percent * old


def _watching(settings: PriceDropSettings, subject: Subject) -> RuleJson:
    products = [subject.product or ""]
    return {
        "any": [
            {"kind": "viewed", "products": products, "window": {"within": settings.viewed_within}},
            {"kind": "abandoned_cart", "products": products, "when": {"within": settings.carted_within}},
        ]
    }


PRICE_DROP = Scenario(
    name="price_drop",
    title="Price drop",
    settings=PriceDropSettings,
    durations=("ends_after", "viewed_within", "carted_within", "pause"),
    criteria={},
    priority=30,
    audiences={"watching": _watching},
    spaced_by="pause",
)

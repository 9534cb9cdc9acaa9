"""second_order: somebody has placed their first order; thanks, then suggestions, until they order again.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.timeline_settings import TimelineSettings


class SecondOrderSettings(TimelineSettings):
    """thanks_after: 3 days*; suggestions_after: 21 days*; both from the first order."""

    thanks_after: WaitDuration = "P3D"
    suggestions_after: WaitDuration = "P21D"


def _ordered_once(_cause: str, _settings: SecondOrderSettings) -> RuleJson:
    return {"kind": "order_count", "equals": 1}


def _first_order(_settings: SecondOrderSettings) -> RuleJson:
    return {"kind": "order_count", "equals": 1}


def _since_the_order(profile: Profile, _settings: SecondOrderSettings, _zone: ZoneInfo) -> datetime | None:
    orders = profile.counting_orders
    return orders[-1].placed_at if orders else None


SECOND_ORDER = Scenario(
    name="second_order",
    title="Second order",
    settings=SecondOrderSettings,
    durations=("thanks_after", "suggestions_after"),
    criteria={"ordered_once": NamedCriterion(_ordered_once, "ordered once", "ordered again")},
    entries={"first_order": Entry(_first_order, _since_the_order)},
    priority=40,
)

"""order_follow_up: "two days ago you ordered …".

Two days are SharpSpring's example, figures with a star our own; each is a setting of the shop.
"""

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import ordered_last
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings


class OrderFollowUpSettings(TimelineSettings):
    """days: 2, how many calendar days ago the last order was placed; whoever changes it changes the text.
    send_after: 10 hours*, from when that day begins at the shop. again_after: at once*, for each order.
    """

    again_after: Again = "PT0S"
    days: Annotated[int, Field(ge=1, le=60)] = 2
    send_after: WaitDuration = "PT10H"


def _ordered_then(settings: OrderFollowUpSettings) -> RuleJson:
    return {"kind": "last_order", "exactly_days_ago": settings.days}


def _ordered_that_day(_cause: str, settings: OrderFollowUpSettings) -> RuleJson:
    return _ordered_then(settings)


def _that_day(profile: Profile, settings: OrderFollowUpSettings, zone: ZoneInfo) -> datetime | None:
    orders = profile.counting_orders
    if not orders:
        return None
    day = orders[-1].placed_at.astimezone(zone).date() + timedelta(days=settings.days)
    return datetime.combine(day, time(), zone)


ORDER_FOLLOW_UP = Scenario(
    name="order_follow_up",
    title="Order follow-up",
    settings=OrderFollowUpSettings,
    durations=("send_after",),
    criteria={
        "ordered_that_day": NamedCriterion(
            _ordered_that_day, "ordered so many days ago", "the day is over, or ordered again"
        ),
    },
    entries={"two_days_ago": Entry(_ordered_then, _that_day)},
    shows=ordered_last,
    priority=70,
)

"""feedback_request: a buyer has been silent for nine months; why no more? What they answer is kept as the
attribute `left_because`, and steers later offers.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from kairos.domain.criteria.durations import LastingDuration, WaitDuration, after
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import refuse_unless_rising, silent_for
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings


class FeedbackRequestSettings(TimelineSettings):
    """silent_for: 9 months*, since the last order, between two dates of `win_back`. silent_until: 12 months*,
    when it is too late to ask. send_after: at once*. again_after: 12 months*.
    """

    again_after: Again = "P12M"
    silent_for: LastingDuration = "P9M"
    silent_until: LastingDuration = "P12M"
    send_after: WaitDuration = "PT0S"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        refuse_unless_rising(self, "silent_for", "silent_until")
        return self


def _silent(settings: FeedbackRequestSettings) -> RuleJson:
    return {"kind": "last_order", "older_than": settings.silent_for, "within": settings.silent_until}


def _still_silent(_cause: str, settings: FeedbackRequestSettings) -> RuleJson:
    return silent_for(settings.silent_for)


def _reason_unknown(_cause: str, _settings: FeedbackRequestSettings) -> RuleJson:
    return {"kind": "attribute", "name": "left_because", "exists": False}


def _since(profile: Profile, settings: FeedbackRequestSettings, zone: ZoneInfo) -> datetime | None:
    orders = profile.counting_orders
    return after(settings.silent_for, orders[-1].placed_at, zone) if orders else None


FEEDBACK_REQUEST = Scenario(
    name="feedback_request",
    title="Feedback request",
    settings=FeedbackRequestSettings,
    durations=("silent_for", "silent_until", "send_after"),
    criteria={
        "still_silent": NamedCriterion(_still_silent, "no order since", "ordered"),
        "reason_unknown": NamedCriterion(_reason_unknown, "reason not known", "told the reason"),
    },
    entries={"silent": Entry(_silent, _since)},
    priority=25,
)

"""launch_announcement: a product is launched; trend followers hear of it first, the others a day* later.

The figure with a star is our own default.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.broadcast import Subject
from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import RuleJson, Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings


class LaunchAnnouncementSettings(BroadcastSettings):
    """head_start: 1 day*, from the trend followers to the rest of the audience. most_a_week: 3* products that
    are announced within a week."""

    head_start: WaitDuration = "P1D"
    most_a_week: Annotated[int, Field(ge=1, le=50)] = 3


def _trend_followers(_settings: LaunchAnnouncementSettings, _subject: Subject) -> RuleJson:
    return {"kind": "in_segment", "segment": "trend_followers"}


def _everyone(_settings: LaunchAnnouncementSettings, _subject: Subject) -> RuleJson:
    return {"kind": "accepts_marketing", "channel": "email"}


LAUNCH_ANNOUNCEMENT = Scenario(
    name="launch_announcement",
    title="Launch announcement",
    settings=LaunchAnnouncementSettings,
    durations=("ends_after", "head_start"),
    criteria={},
    priority=25,
    audiences={"trend_followers": _trend_followers, "everyone": _everyone},
)

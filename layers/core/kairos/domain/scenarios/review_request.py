"""review_request: satisfied and loyal customers are asked for a review.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Any

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import Entry, RuleJson, Scenario
from kairos.domain.scenarios.named import LOYAL, LOYAL_SEGMENT, NO_OPEN_COMPLAINT, SATISFIED, ordered_last
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings
from kairos.domain.segment import SegmentId


class ReviewRequestSettings(TimelineSettings):
    """loyal_segment: who is loyal: those with more orders than the shop's level for loyal buyers says.
    ask_after: 2 days*, from when somebody is both satisfied and loyal. again_after: 12 months*.
    """

    again_after: Again = "P12M"
    loyal_segment: SegmentId = LOYAL_SEGMENT
    ask_after: WaitDuration = "P2D"


def satisfied_and_loyal(settings: Any) -> RuleJson:
    """Very satisfied by the score, loyal by `loyal_segment`, nothing unsettled."""
    return {"all": [one.rule("", settings) for one in (SATISFIED, LOYAL, NO_OPEN_COMPLAINT)]}


REVIEW_REQUEST = Scenario(
    name="review_request",
    title="Review request",
    settings=ReviewRequestSettings,
    durations=("ask_after",),
    criteria={"satisfied": SATISFIED, "no_open_complaint": NO_OPEN_COMPLAINT},
    entries={"satisfied_and_loyal": Entry(satisfied_and_loyal)},
    shows=ordered_last,
    segments=lambda settings: (settings.loyal_segment,),
    priority=28,
)

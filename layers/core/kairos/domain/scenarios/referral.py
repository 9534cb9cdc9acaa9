"""referral: satisfied and loyal customers are asked to bring their friends.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import Entry, Scenario
from kairos.domain.scenarios.named import LOYAL_SEGMENT, NO_OPEN_COMPLAINT, SATISFIED
from kairos.domain.scenarios.review_request import satisfied_and_loyal
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings
from kairos.domain.segment import SegmentId


class ReferralSettings(TimelineSettings):
    """loyal_segment: who is loyal: those with more orders than the shop's level for loyal buyers says.
    invite_after: 14 days*, so that it comes well after `review_request`. again_after: 12 months*.
    """

    again_after: Again = "P12M"
    loyal_segment: SegmentId = LOYAL_SEGMENT
    invite_after: WaitDuration = "P14D"


REFERRAL = Scenario(
    name="referral",
    title="Referral",
    settings=ReferralSettings,
    durations=("invite_after",),
    criteria={"satisfied": SATISFIED, "no_open_complaint": NO_OPEN_COMPLAINT},
    entries={"satisfied_and_loyal": Entry(satisfied_and_loyal)},
    segments=lambda settings: (settings.loyal_segment,),
    priority=22,
)

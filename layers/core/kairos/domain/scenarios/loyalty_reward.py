"""loyalty_reward: points to redeem, a secret offer for the loyal, a teaser for those who are not yet.

Figures with a star are our own defaults (ShopiMind and eDesk give none); each is a setting of the shop.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import NEVER, Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import LOYAL, LOYAL_SEGMENT, NO_OPEN_COMPLAINT
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings, Percent
from kairos.domain.segment import SegmentId

PointCount = Annotated[int, Field(ge=1, le=10_000_000)]


class LoyaltyRewardSettings(CodeSettings):
    """reward_points: 500*, for which something is to be had. teaser_points: 250*, from which the less loyal
    are told what waits for them. loyal_segment: who is loyal: those with more orders than the shop's level
    for loyal buyers says. reached_after: 1 day*; offer_after: 8 days*; teaser_after: 1 day*; from when the
    points were reached, or somebody became loyal. code_percent: 10*, of the secret offer, where the shop has
    codes for it. again_after: 30 days*, for each way in by itself, and from one secret offer
    to the next.
    """

    again_after: Again = "P30D"
    reward_points: PointCount = 500
    teaser_points: PointCount = 250
    loyal_segment: SegmentId = LOYAL_SEGMENT
    reached_after: WaitDuration = "P1D"
    offer_after: WaitDuration = "P8D"
    teaser_after: WaitDuration = "P1D"
    code_percent: Percent = 10

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.teaser_points >= self.reward_points:
            raise ValueError(
                f"the points cross: teaser_points ({self.teaser_points}) is not below reward_points"
                f" ({self.reward_points});"
                " let it be the smaller one"
            )
        return self


def _enough_points(settings: LoyaltyRewardSettings) -> RuleJson:
    return {"kind": "points", "at_least": settings.reward_points}


def _some_points(settings: LoyaltyRewardSettings) -> RuleJson:
    return {"kind": "points", "at_least": settings.teaser_points}


def _is_loyal(settings: LoyaltyRewardSettings) -> RuleJson:
    return LOYAL.rule("", settings)


def _loyal_with_points(settings: LoyaltyRewardSettings) -> RuleJson:
    """Both, whichever came later: points are worth something to who was not loyal when they had them."""
    return {"all": [_is_loyal(settings), _enough_points(settings)]}


def _may_redeem(_cause: str, settings: LoyaltyRewardSettings) -> RuleJson:
    return _enough_points(settings)


def _has_points(_cause: str, settings: LoyaltyRewardSettings) -> RuleJson:
    return _some_points(settings)


def _offered_lately(_cause: str, settings: LoyaltyRewardSettings) -> RuleJson:
    window = {} if settings.again_after == NEVER else {"window": {"within": settings.again_after}}
    return {"kind": "received", "scenario": "loyalty_reward", "message": "secret_offer", **window}


LOYALTY_REWARD = Scenario(
    name="loyalty_reward",
    title="Loyalty reward",
    settings=LoyaltyRewardSettings,
    durations=("reached_after", "offer_after", "teaser_after", *CODE_DURATIONS),
    criteria={
        "loyal": LOYAL,
        "may_redeem": NamedCriterion(_may_redeem, "enough points", "too few points"),
        "has_points": NamedCriterion(_has_points, "some points", "hardly any points"),
        "offered_lately": NamedCriterion(_offered_lately, "offered lately", "not offered lately"),
        "no_open_complaint": NO_OPEN_COMPLAINT,
    },
    entries={
        "points": Entry(_loyal_with_points),
        "some_points": Entry(_some_points),
        "became_loyal": Entry(_is_loyal),
    },
    segments=lambda settings: (settings.loyal_segment,),
    priority=32,
    again_by_entry=True,
)

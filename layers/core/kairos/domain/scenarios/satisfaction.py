"""satisfaction: an order was delivered; a survey, and a note to support where somebody is unhappy.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.durations import (
    ExactDuration,
    LastingDuration,
    WaitDuration,
)
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings


class SatisfactionSettings(TimelineSettings):
    """survey_after: 7 days*, from the delivery. assume_delivered_after: 5 days*, from an order whose delivery
    nobody tells. survey_within: 30 days*, for how long from the delivery a survey still makes sense.
    ask_again_after: 90 days*, between two surveys to one customer. low_score_below: 4* of 10, below which
    support is told of an answer whatever else is known of the customer; 0 for none. send_after, tell_after:
    at once*, from when the survey is due, and from when somebody turned unhappy. again_after: at once*, since
    what somebody answers counts whenever they were asked.
    """

    again_after: Again = "PT0S"
    survey_after: LastingDuration = "P7D"
    assume_delivered_after: ExactDuration = "P5D"
    survey_within: LastingDuration = "P30D"
    ask_again_after: LastingDuration = "P90D"
    low_score_below: Annotated[int, Field(ge=0, le=10)] = 4
    send_after: WaitDuration = "PT0S"
    tell_after: WaitDuration = "PT0S"


def _lately_delivered(settings: SatisfactionSettings) -> RuleJson:
    return {
        "kind": "delivered",
        "older_than": settings.survey_after,
        "within": settings.survey_within,
        "assumed_after": settings.assume_delivered_after,
    }


def _delivered(settings: SatisfactionSettings) -> RuleJson:
    return {"all": [_lately_delivered(settings), {"not": _asked(settings)}]}


def _has_it(_cause: str, settings: SatisfactionSettings) -> RuleJson:
    return _lately_delivered(settings)


def _asked(settings: SatisfactionSettings) -> RuleJson:
    told = {"scenario": "satisfaction", "message": "survey"}
    return {"kind": "received", **told, "window": {"within": settings.ask_again_after}}


def _low_score(_settings: SatisfactionSettings) -> RuleJson:
    return {"kind": "satisfaction", "any_of": ["unhappy"]}


def _not_asked_lately(_cause: str, settings: SatisfactionSettings) -> RuleJson:
    return {"not": _asked(settings)}


SATISFACTION = Scenario(
    name="satisfaction",
    title="Satisfaction",
    settings=SatisfactionSettings,
    durations=(
        *("survey_after", "assume_delivered_after", "survey_within", "ask_again_after"),
        *("send_after", "tell_after"),
    ),
    criteria={
        "has_it": NamedCriterion(_has_it, "an order was delivered", "no order to ask about"),
        "not_asked_lately": NamedCriterion(_not_asked_lately, "not asked lately", "asked lately"),
    },
    entries={"delivered": Entry(_delivered), "low_score": Entry(_low_score, beside=True)},
    priority=65,
)

"""prospects: somebody has joined and not bought yet; a track for the young and urban, for families and for
seniors, and steps for everyone, until the first cart or order.

Figures are ShopiMind's, those with a star our own; each is a setting of the shop.
"""

from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from kairos.domain.criteria.criterion import Names
from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.profile import Profile
from kairos.domain.scenario import NEVER, Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import NEVER_ORDERED, NO_CART
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings, Percent

Age = Annotated[int, Field(ge=0, le=150)]

WAITS = (
    "hand_after",
    "welcome_after",
    "guide_after",
    "questions_after",
    "trending_after",
    "video_after",
    "webinar_after",
    "tour_after",
    "code_young_after",
    "code_family_after",
    "questionnaire_after",
    "code_senior_after",
)


class ProspectsSettings(CodeSettings):
    """Who joined: registered in the last `joined_within` (14 days*, as long as the timeline lasts), consented
    to e-mails, or came from one of `joined_from` (newsletter, in store, giveaway). again_after: never.

    Tracks: young_from 18, young_to 35, urban; family_from 35, residential, until senior_from 50, whatever
    the area. At 35 the area decides.

    Waits, from joining, n times 24 hours. Young urban: hand_after 1 day, trending_after 3,
    code_young_after 7. Families: welcome_after 1, video_after 4, code_family_after 10. Seniors: guide_after
    1, webinar_after 5, code_senior_after 14. Everyone: questions_after 2, tour_after 6,
    questionnaire_after 12.

    code_percent: 10, on the first order; code_valid: 24 hours, from the sending.
    """

    again_after: Again = NEVER
    joined_within: LastingDuration = "P14D"
    joined_from: Names = ("newsletter", "in store", "coupon giveaway", "giveaway")
    young_from: Age = 18
    young_to: Age = 35
    family_from: Age = 35
    senior_from: Age = 50
    hand_after: WaitDuration = "P1D"
    trending_after: WaitDuration = "P3D"
    code_young_after: WaitDuration = "P7D"
    welcome_after: WaitDuration = "P1D"
    video_after: WaitDuration = "P4D"
    code_family_after: WaitDuration = "P10D"
    guide_after: WaitDuration = "P1D"
    webinar_after: WaitDuration = "P5D"
    code_senior_after: WaitDuration = "P14D"
    questions_after: WaitDuration = "P2D"
    tour_after: WaitDuration = "P6D"
    questionnaire_after: WaitDuration = "P12D"
    code_percent: Percent = 10
    code_valid: LastingDuration = "PT24H"

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        ages = (self.young_from, self.young_to, self.senior_from)
        if not ages[0] <= ages[1] < ages[2] or not self.family_from < self.senior_from:
            raise ValueError(
                "the ages of the tracks cross;"
                " let young_from, young_to and senior_from rise, and family_from be below senior_from"
            )
        return self


def _young_urban(_cause: str, settings: ProspectsSettings) -> RuleJson:
    age = {"kind": "age", "at_least": settings.young_from, "at_most": settings.young_to}
    return {"all": [age, {"kind": "area", "any_of": ["urban"]}]}


def _family(_cause: str, settings: ProspectsSettings) -> RuleJson:
    age = {"kind": "age", "at_least": settings.family_from, "less_than": settings.senior_from}
    return {"all": [age, {"kind": "area", "any_of": ["residential"]}]}


def _senior(_cause: str, settings: ProspectsSettings) -> RuleJson:
    return {"kind": "age", "at_least": settings.senior_from}


def _registered(settings: ProspectsSettings) -> RuleJson:
    return {"all": [{"kind": "registered", "within": settings.joined_within}, _nothing_bought(settings)]}


def _joined(settings: ProspectsSettings) -> RuleJson:
    ways = [
        {"kind": "accepts_marketing", "channel": "email"},
        {"kind": "acquisition_source", "any_of": list(settings.joined_from)},
    ]
    return {"all": [{"any": ways}, _nothing_bought(settings)]}


def _nothing_bought(settings: ProspectsSettings) -> RuleJson:
    return NEVER_ORDERED.rule("", settings)


def _since_joined(profile: Profile, _settings: ProspectsSettings, _zone: ZoneInfo) -> datetime | None:
    """When they agreed to e-mails, else when they made an account or were first seen."""
    return profile.subscribed_at or profile.registered_at or profile.first_seen_at


def _since_registered(profile: Profile, _settings: ProspectsSettings, _zone: ZoneInfo) -> datetime | None:
    return profile.registered_at


PROSPECTS = Scenario(
    name="prospects",
    title="Prospects",
    settings=ProspectsSettings,
    durations=("joined_within", *WAITS, *CODE_DURATIONS),
    criteria={
        "no_cart": NO_CART,
        "never_ordered": NEVER_ORDERED,
        "young_urban": NamedCriterion(_young_urban, "young and urban", "not young and urban"),
        "family": NamedCriterion(_family, "a family", "not a family"),
        "senior": NamedCriterion(_senior, "a senior", "no senior"),
    },
    entries={
        "registered": Entry(_registered, _since_registered),
        "joined": Entry(_joined, _since_joined, asks_subscription=True),
    },
    # A cart that is emptied again must start nothing, so that this is asked once and is no part of the rules.
    starts_if=("no_cart", "never_ordered"),
    priority=50,
    channels=("email", "push", "sms"),
)

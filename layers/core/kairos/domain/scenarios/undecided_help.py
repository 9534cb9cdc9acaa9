"""undecided_help: somebody fills carts or asks in the chat, and can't decide.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import bought_within
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings

Number = Annotated[int, Field(ge=1, le=1000)]


class UndecidedHelpSettings(TimelineSettings):
    """cart_adds: 3*, chats: 2*, one of both within `within` (30 days*) without an order. look_after: 4
    hours*, variants_after: 3 days*, returns_after: 6 days* (3 days* after the variants). again_after: 60
    days*.
    """

    again_after: Again = "P60D"
    cart_adds: Number = 3
    chats: Number = 2
    within: LastingDuration = "P30D"
    look_after: WaitDuration = "PT4H"
    variants_after: WaitDuration = "P3D"
    returns_after: WaitDuration = "P6D"


def _undecided(settings: UndecidedHelpSettings) -> RuleJson:
    lately = {"within": settings.within}
    adds = {"kind": "cart_adds_without_order", "at_least": settings.cart_adds, **lately}
    chats = {"kind": "chatted", "times": {"at_least": settings.chats}, "window": lately}
    return {"all": [{"any": [adds, chats]}, {"not": bought_within(settings.within)}]}


def _not_bought(_cause: str, settings: UndecidedHelpSettings) -> RuleJson:
    return {"not": bought_within(settings.within)}


UNDECIDED_HELP = Scenario(
    name="undecided_help",
    title="Help for the undecided",
    settings=UndecidedHelpSettings,
    durations=("within", "look_after", "variants_after", "returns_after"),
    criteria={"not_bought": NamedCriterion(_not_bought, "not bought", "ordered")},
    entries={"undecided": Entry(_undecided)},
    priority=45,
)

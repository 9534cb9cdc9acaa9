"""browse_reminder: somebody looked at products, and left without filling a cart.

Figures with a star are our own defaults (the sources give none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import NO_CART, bought_within
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings


class BrowseReminderSettings(TimelineSettings):
    """views: 2*, of products or categories, within viewed_within (7 days*). idle_for: 24 hours*, since they
    were last on the site. again_after: 14 days*. second_within: 60 days*, who was reminded then is told that
    they looked again. send_after: at once*.
    """

    again_after: Again = "P14D"
    views: Annotated[int, Field(ge=1, le=1000)] = 2
    viewed_within: LastingDuration = "P7D"
    idle_for: LastingDuration = "PT24H"
    second_within: LastingDuration = "P60D"
    send_after: WaitDuration = "PT0S"


def _looked(settings: BrowseReminderSettings) -> RuleJson:
    return {
        "kind": "viewed",
        "what": ["product", "category"],
        "times": {"at_least": settings.views},
        "window": {"within": settings.viewed_within},
    }


def _left(settings: BrowseReminderSettings) -> RuleJson:
    idle = {"kind": "last_visit", "older_than": settings.idle_for}
    return {"all": [_looked(settings), idle, {"not": bought_within(settings.viewed_within)}]}


def _not_bought(_cause: str, settings: BrowseReminderSettings) -> RuleJson:
    return {"not": bought_within(settings.viewed_within)}


def _reminded_before(_cause: str, settings: BrowseReminderSettings) -> RuleJson:
    return {
        "kind": "received",
        "scenario": "browse_reminder",
        "window": {"within": settings.second_within},
    }


BROWSE_REMINDER = Scenario(
    name="browse_reminder",
    title="Browse reminder",
    settings=BrowseReminderSettings,
    durations=("viewed_within", "idle_for", "second_within", "send_after"),
    criteria={
        "no_cart": NO_CART,
        "not_bought": NamedCriterion(_not_bought, "not bought", "ordered"),
        "reminded_before": NamedCriterion(_reminded_before, "reminded before", "not reminded before"),
    },
    entries={"left": Entry(_left)},
    starts_if=("no_cart",),
    priority=35,
)

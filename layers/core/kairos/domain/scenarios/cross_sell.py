"""cross_sell: somebody has X, and not the Y that goes with it.

Figures with a star are our own defaults (CloudCart gives none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import Field

from kairos.domain.criteria.criterion import Text
from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario, Shown
from kairos.domain.scenarios.named import NO_OPEN_COMPLAINT, NOBODY
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings

Some = Annotated[tuple[Text, ...], Field(max_length=100)]
"""Ids of products, or ids or names of categories."""


class ProductPair(TimelineSettings):
    """bought_products, bought_categories: what they have; other_products, other_categories: what they have
    not. As long as one side names nothing, nobody enters. bought_within: 6 months*, since they bought it.
    """

    bought_products: Some = ()
    bought_categories: Some = ()
    other_products: Some = ()
    other_categories: Some = ()
    bought_within: LastingDuration = "P6M"


def has_not_both(settings: ProductPair) -> RuleJson | None:
    """They bought one of these, and none of those; None where the shop has not said which."""
    bought = _named(settings.bought_products, settings.bought_categories)
    other = _named(settings.other_products, settings.other_categories)
    if not bought or not other:
        return None
    return {
        "all": [
            {"kind": "ordered", **bought, "window": {"within": settings.bought_within}},
            {"not": {"kind": "ordered", **other}},
        ]
    }


def _named(products: Some, categories: Some) -> RuleJson:
    told = {"products": list(products), "categories": list(categories)}
    return {name: some for name, some in told.items() if some}


def the_other(_profile: Profile, settings: ProductPair, _moment: Moment) -> Shown:
    """Those products that they have not."""
    return Shown(settings.other_products)


class CrossSellSettings(ProductPair):
    """send_after: 7 days*, from when it was bought. again_after: 60 days*."""

    again_after: Again = "P60D"
    send_after: WaitDuration = "P7D"


def _lacks_it(_cause: str, settings: CrossSellSettings) -> RuleJson:
    return has_not_both(settings) or NOBODY


CROSS_SELL = Scenario(
    name="cross_sell",
    title="Cross-sell",
    settings=CrossSellSettings,
    durations=("bought_within", "send_after"),
    criteria={
        "lacks_it": NamedCriterion(_lacks_it, "has one, not the other", "has the other too"),
        "no_open_complaint": NO_OPEN_COMPLAINT,
    },
    entries={"has_one": Entry(has_not_both)},
    shows=the_other,
    priority=20,
)

"""upsell: somebody has the smaller one, and is shown the better one.

Figures with a star are our own defaults (ShopiMind gives none); each is a setting of the shop.
"""

from typing import Any

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.cross_sell import ProductPair, has_not_both, the_other
from kairos.domain.scenarios.named import NO_OPEN_COMPLAINT, NOBODY
from kairos.domain.scenarios.timeline_settings import Again


class UpsellSettings(ProductPair):
    """send_after: 30 days*, from when it was bought. again_after: 90 days*. satisfied_only: true*, none but
    the very satisfied.
    """

    again_after: Again = "P90D"
    send_after: WaitDuration = "P30D"
    satisfied_only: bool = True


def _lacks_better(_cause: str, settings: UpsellSettings) -> RuleJson:
    return has_not_both(settings) or NOBODY


def _satisfied_enough(_cause: str, settings: UpsellSettings) -> RuleJson:
    levels = ["very_satisfied"] if settings.satisfied_only else ["neutral", "very_satisfied"]
    return {"kind": "satisfaction", "any_of": levels}


def _ready(settings: Any) -> RuleJson | None:
    lacks = has_not_both(settings)
    return None if lacks is None else {"all": [lacks, _satisfied_enough("", settings)]}


UPSELL = Scenario(
    name="upsell",
    title="Upsell",
    settings=UpsellSettings,
    durations=("bought_within", "send_after"),
    criteria={
        "lacks_better": NamedCriterion(_lacks_better, "has not the better one", "has the better one"),
        "satisfied_enough": NamedCriterion(_satisfied_enough, "satisfied", "not satisfied enough"),
        "no_open_complaint": NO_OPEN_COMPLAINT,
    },
    entries={"has_the_smaller": Entry(_ready)},
    shows=the_other,
    priority=18,
)

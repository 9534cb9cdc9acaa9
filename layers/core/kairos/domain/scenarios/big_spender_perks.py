"""big_spender_perks: what a shop does for those who spend most.

The perks are eDesk's, figures with a star our own; each is a setting of the shop.
"""

from typing import Annotated

from pydantic import StringConstraints

from kairos.domain.criteria.durations import WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings
from kairos.domain.segment import SegmentId

Tag = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^,\r\n]{1,40}$")]
"""As Shopify takes one: 40 characters at most, no commas."""


class BigSpenderPerksSettings(CodeSettings):
    """segment: who spends most: the tenth of the buyers with the greatest revenue, or the shop's own segment.
    perks_after: at once*, the flag for support and the tag for the parcel. early_after: 1 day*,
    shipping_after: 14 days*, reorder_after: 30 days*. gift_tag: "gift"*, what the order is tagged with.
    again_after: 12 months*.
    """

    again_after: Again = "P12M"
    segment: SegmentId = "biggest_spenders"
    perks_after: WaitDuration = "PT0S"
    early_after: WaitDuration = "P1D"
    shipping_after: WaitDuration = "P14D"
    reorder_after: WaitDuration = "P30D"
    gift_tag: Tag = "gift"


def _spends_most(settings: BigSpenderPerksSettings) -> RuleJson:
    return {"kind": "in_segment", "segment": settings.segment}


def _big_spender(_cause: str, settings: BigSpenderPerksSettings) -> RuleJson:
    return _spends_most(settings)


BIG_SPENDER_PERKS = Scenario(
    name="big_spender_perks",
    title="Perks for big spenders",
    settings=BigSpenderPerksSettings,
    durations=("perks_after", "early_after", "shipping_after", "reorder_after", *CODE_DURATIONS),
    criteria={"big_spender": NamedCriterion(_big_spender, "a big spender", "no big spender any more")},
    entries={"spends_most": Entry(_spends_most)},
    segments=lambda settings: (settings.segment,),
    priority=30,
)

"""coupon_customers: codes on stock to move, for those who buy with codes, and for nobody else.

Figures with a star are our own defaults (ShopiMind gives none); each is a setting of the shop.
"""

from typing import Annotated

from pydantic import StringConstraints

from kairos.domain.criteria.durations import LastingDuration, WaitDuration
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import silent_for
from kairos.domain.scenarios.timeline_settings import CODE_DURATIONS, Again, CodeSettings, Percent

Share = Annotated[str, StringConstraints(pattern=r"^(100|\d{1,2})(\.\d{1,2})?$")]


class CouponCustomersSettings(CodeSettings):
    """coupon_share: 50*, per cent of the orders with a code. silent_for: 30 days*, since the last order.
    send_after: at once*. code_percent: 15*, on the collections that the shop's discounts call stock.
    again_after: 60 days*.
    """

    again_after: Again = "P60D"
    coupon_share: Share = "50"
    silent_for: LastingDuration = "P30D"
    send_after: WaitDuration = "PT0S"
    code_percent: Percent = 15


def _with_codes(settings: CouponCustomersSettings) -> RuleJson:
    return {"kind": "coupon_share", "at_least": settings.coupon_share}


def _due(settings: CouponCustomersSettings) -> RuleJson:
    return {"all": [_with_codes(settings), silent_for(settings.silent_for)]}


def _still_due(_cause: str, settings: CouponCustomersSettings) -> RuleJson:
    return silent_for(settings.silent_for)


def _buys_with_codes(_cause: str, settings: CouponCustomersSettings) -> RuleJson:
    return _with_codes(settings)


COUPON_CUSTOMERS = Scenario(
    name="coupon_customers",
    title="Coupon customers",
    settings=CouponCustomersSettings,
    durations=("silent_for", "send_after", *CODE_DURATIONS),
    criteria={
        "buys_with_codes": NamedCriterion(_buys_with_codes, "buys with codes", "buys without codes"),
        "still_silent": NamedCriterion(_still_due, "no order since", "ordered"),
    },
    entries={"due": Entry(_due)},
    priority=15,
)

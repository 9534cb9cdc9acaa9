"""win_back: a buyer has fallen silent; a word after 3, 6 and 12 months, until they order.

Each of the three is a run of its own, started by the month that is reached, so that nobody occupies an
execution for nine months. Figures are ShopiMind's, those with a star our own; each is a setting of the shop.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from kairos.domain.criteria.durations import LastingDuration, WaitDuration, after
from kairos.domain.discounts import Amount
from kairos.domain.exchange_rates import tidy_amount
from kairos.domain.profile import Profile
from kairos.domain.scenario import Entry, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.named import (
    EVERYBODY,
    LOYAL,
    LOYAL_SEGMENT,
    NOBODY,
    attribute_is,
    refuse_unless_rising,
    silent_for,
)
from kairos.domain.scenarios.timeline_settings import (
    CODE_DURATIONS,
    Again,
    CodeSettings,
    Percent,
    PoolName,
)
from kairos.domain.segment import SegmentId
from kairos.domain.shop import Shop

BIG_ORDER_IN_EUROS = 150


class WinBackSettings(CodeSettings):
    """month_3, month_6, month_12: 3, 6 and 12 months since the last order, each longer than the one before.
    send_after: at once*, from such a date to the message.

    big_order_from: a last order of more than this, without tax, in the shop's currency; null for 150 EUR at
    the rate of kairos.domain.exchange_rates, rounded. loyal_segment: who is loyal: those with more orders
    than the shop's level for loyal buyers says.

    welcome_percent: 5, after 3 months; second_percent: 5, after 6; second_loyal_percent: 10, to loyal
    customers; ultimatum_percent: 10, after 12; ultimatum_loyal_percent: 15. The pool of each, where codes
    come from pools, which are of one percentage: welcome_pool and so on; null: none.

    heed_reason: who told in `feedback_request` that they left for another reason than the price is shown
    what is new instead of an ultimatum*. again_after: at once*, since the months themselves come but once.
    """

    again_after: Again = "PT0S"
    month_3: LastingDuration = "P3M"
    month_6: LastingDuration = "P6M"
    month_12: LastingDuration = "P12M"
    send_after: WaitDuration = "PT0S"
    big_order_from: Amount | None = None
    loyal_segment: SegmentId = LOYAL_SEGMENT
    welcome_percent: Percent = 5
    welcome_pool: PoolName | None = None
    second_percent: Percent = 5
    second_pool: PoolName | None = None
    second_loyal_percent: Percent = 10
    second_loyal_pool: PoolName | None = None
    ultimatum_percent: Percent = 10
    ultimatum_pool: PoolName | None = None
    ultimatum_loyal_percent: Percent = 15
    ultimatum_loyal_pool: PoolName | None = None
    heed_reason: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        refuse_unless_rising(self, "month_3", "month_6", "month_12")
        return self


def converted(settings: WinBackSettings, shop: Shop) -> WinBackSettings:
    """With 150 EUR in the shop's currency where the shop states no amount; unrounded where it sells in euros.

    Where there is no rate of its currency, the amount stays open, and no order is a big one.
    """
    if settings.big_order_from is not None:
        return settings
    return settings.model_copy(update={"big_order_from": tidy_amount(BIG_ORDER_IN_EUROS, shop.currency)})


def _still_silent(_cause: str, settings: WinBackSettings) -> RuleJson:
    return silent_for(settings.month_3)


def _big_last_order(_cause: str, settings: WinBackSettings) -> RuleJson:
    if settings.big_order_from is None:
        return NOBODY
    return {"kind": "last_order_value", "more_than": settings.big_order_from, "tax": "excluded"}


def _code_worth_it(_cause: str, settings: WinBackSettings) -> RuleJson:
    if not settings.heed_reason:
        return EVERYBODY
    untold = {"kind": "attribute", "name": "left_because", "exists": False}
    return {"any": [untold, attribute_is("left_because", "price")]}


def _from(first: str, until: str | None) -> Callable[[WinBackSettings], RuleJson]:
    def rule(settings: WinBackSettings) -> RuleJson:
        ends = {"within": getattr(settings, until)} if until else {}
        return {"kind": "last_order", "older_than": getattr(settings, first), **ends}

    return rule


def _since(length: str) -> Callable[[Profile, WinBackSettings, ZoneInfo], datetime | None]:
    def since(profile: Profile, settings: WinBackSettings, zone: ZoneInfo) -> datetime | None:
        orders = profile.counting_orders
        return after(getattr(settings, length), orders[-1].placed_at, zone) if orders else None

    return since


WIN_BACK = Scenario(
    name="win_back",
    title="Win back",
    settings=WinBackSettings,
    durations=("month_3", "month_6", "month_12", "send_after", *CODE_DURATIONS),
    criteria={
        "still_silent": NamedCriterion(_still_silent, "no order since", "ordered"),
        "big_last_order": NamedCriterion(_big_last_order, "last order was a big one", "no big last order"),
        "loyal": LOYAL,
        "code_worth_it": NamedCriterion(_code_worth_it, "a code may bring them back", "left for no price"),
    },
    entries={
        "month_3": Entry(_from("month_3", "month_6"), _since("month_3")),
        "month_6": Entry(_from("month_6", "month_12"), _since("month_6")),
        "month_12": Entry(_from("month_12", None), _since("month_12")),
    },
    segments=lambda settings: (settings.loyal_segment,),
    completed=converted,
    priority=60,
)

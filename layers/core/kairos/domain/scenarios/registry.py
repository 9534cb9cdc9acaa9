"""The closed registry of scenarios: a new one costs a file, a state machine and one line here."""

from kairos.domain.errors import NotFound
from kairos.domain.event import EventName
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.domain.scenarios.big_spender_perks import BIG_SPENDER_PERKS
from kairos.domain.scenarios.browse_reminder import BROWSE_REMINDER
from kairos.domain.scenarios.campaign import CAMPAIGN
from kairos.domain.scenarios.coupon_customers import COUPON_CUSTOMERS
from kairos.domain.scenarios.cross_sell import CROSS_SELL
from kairos.domain.scenarios.feedback_request import FEEDBACK_REQUEST
from kairos.domain.scenarios.launch_announcement import LAUNCH_ANNOUNCEMENT
from kairos.domain.scenarios.loyalty_reward import LOYALTY_REWARD
from kairos.domain.scenarios.newsletter import NEWSLETTER
from kairos.domain.scenarios.occasion import OCCASION
from kairos.domain.scenarios.order_follow_up import ORDER_FOLLOW_UP
from kairos.domain.scenarios.price_drop import PRICE_DROP
from kairos.domain.scenarios.prospects import PROSPECTS
from kairos.domain.scenarios.referral import REFERRAL
from kairos.domain.scenarios.replenishment import REPLENISHMENT
from kairos.domain.scenarios.review_request import REVIEW_REQUEST
from kairos.domain.scenarios.satisfaction import SATISFACTION
from kairos.domain.scenarios.season import SEASON
from kairos.domain.scenarios.second_order import SECOND_ORDER
from kairos.domain.scenarios.sunset import SUNSET
from kairos.domain.scenarios.undecided_help import UNDECIDED_HELP
from kairos.domain.scenarios.upsell import UPSELL
from kairos.domain.scenarios.wake_up import WAKE_UP
from kairos.domain.scenarios.win_back import WIN_BACK

SCENARIOS: dict[str, Scenario] = {
    one.name: one
    for one in (
        ABANDONED_CART,
        SECOND_ORDER,
        WIN_BACK,
        PROSPECTS,
        ORDER_FOLLOW_UP,
        SATISFACTION,
        REVIEW_REQUEST,
        REFERRAL,
        LOYALTY_REWARD,
        BIG_SPENDER_PERKS,
        COUPON_CUSTOMERS,
        REPLENISHMENT,
        BROWSE_REMINDER,
        UNDECIDED_HELP,
        CROSS_SELL,
        UPSELL,
        OCCASION,
        WAKE_UP,
        FEEDBACK_REQUEST,
        SUNSET,
        PRICE_DROP,
        LAUNCH_ANNOUNCEMENT,
        SEASON,
        NEWSLETTER,
        CAMPAIGN,
    )
}


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises NotFound."""
    if name not in SCENARIOS:
        raise NotFound("scenario", name)
    return SCENARIOS[name]


def started_by(event: EventName) -> list[Scenario]:
    """The scenarios that such an event may start."""
    return [one for one in SCENARIOS.values() if one.starts_on == event]

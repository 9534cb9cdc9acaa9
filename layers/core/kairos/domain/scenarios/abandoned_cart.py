"""abandoned_cart: an identified cart with at least one item is left without an order.

Figures without a star are ShopiMind's abandoned-cart scenario, those with one our own defaults; each is a
setting of the shop.
"""

from kairos.domain.criteria.durations import Duration, LastingDuration, WaitDuration
from kairos.domain.message import CodeSource
from kairos.domain.profile import Profile
from kairos.domain.scenario import PER_CAUSE, NamedCriterion, RuleJson, Scenario
from kairos.domain.scenarios.timeline_settings import Percent, PoolName
from kairos.domain.value import Instant, Value

CAUSE = "cart:"


class AbandonedCartSettings(Value):
    """A shop's settings; durations as ISO 8601, waits of 300 days at most.

    wait_recent_buyer: 24 h, before the reminder to a recent buyer; wait_newcomer: 4 h, to anybody else.
    no_order_within: 15 days, a shorter time since the last order ends the run.
    recent_buyer_within: 6 months, who ordered since is a recent buyer.
    code_wait: 24 h*, between the reminder and the code. code_percent: 5, what the code takes off, as the
    message says it. code_source: "pool", whose codes the shop made accordingly and uploaded, or "shop", whose
    own API makes each as it is needed. code_pool: which pool, none: no code of a pool.
    code_valid: 30 days*, from the sending. next_code_after: 60 days*, between two codes.
    free_shipping: whoever left at the shipping step gets the variant with free shipping, if the shop
    offers it.
    """

    wait_recent_buyer: WaitDuration = "PT24H"
    wait_newcomer: WaitDuration = "PT4H"
    no_order_within: LastingDuration = "P15D"
    recent_buyer_within: LastingDuration = "P6M"
    code_wait: WaitDuration = "PT24H"
    code_percent: Percent = 5
    code_source: CodeSource = "pool"
    code_pool: PoolName | None = None
    code_valid: LastingDuration = "P30D"
    next_code_after: Duration = "P60D"
    free_shipping: bool = True


def cart_key(cause: str) -> str:
    """The key of the cart that the run is about."""
    return cause.removeprefix(CAUSE)


def _ordered_recently(_cause: str, settings: AbandonedCartSettings) -> RuleJson:
    return {"kind": "last_order", "within": settings.no_order_within}


def _recent_buyer(_cause: str, settings: AbandonedCartSettings) -> RuleJson:
    return {"kind": "last_order", "within": settings.recent_buyer_within}


def _ordered_since_cart(cause: str, _settings: AbandonedCartSettings) -> RuleJson:
    return {"kind": "ordered_since_cart", "cart": cart_key(cause)}


def _cart_abandoned(cause: str, _settings: AbandonedCartSettings) -> RuleJson:
    return {"kind": "abandoned_cart", "identified": True, "cart": cart_key(cause)}


def _since(cause: str, profile: Profile) -> Instant | None:
    cart = profile.cart(cart_key(cause))
    return cart.changed_at if cart else None


ABANDONED_CART = Scenario(
    name="abandoned_cart",
    title="Abandoned cart",
    starts_on="CartChanged",
    starts_if=("cart_abandoned", "not ordered_since_cart"),
    settings=AbandonedCartSettings,
    durations=("wait_recent_buyer", "wait_newcomer", "code_wait", "code_valid", "next_code_after"),
    criteria={
        "ordered_recently": NamedCriterion(_ordered_recently, "ordered too recently", "no recent order"),
        "recent_buyer": NamedCriterion(_recent_buyer, "recent buyer", "not a recent buyer"),
        "ordered_since_cart": NamedCriterion(_ordered_since_cart, "ordered since", "not ordered since"),
        "cart_abandoned": NamedCriterion(_cart_abandoned, "cart abandoned", "cart emptied"),
    },
    since=_since,
    reentry=PER_CAUSE,
    priority=100,
)

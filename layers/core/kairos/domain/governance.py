"""Discount governance: what a shop's rules make of a scenario's wish, and who is never offered one."""

from datetime import datetime

from kairos.domain.criteria.durations import before
from kairos.domain.message import CodeWish
from kairos.domain.money import minor_units
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop

GUARDED = frozenset({"coupon_customers", "campaign"})
"""Scenarios that give full-price customers no code (scenarios.md, section 3: the others are exempt)."""


def governed(wish: CodeWish, shop: Shop, now: datetime) -> CodeWish:
    """The wish as the shop narrows it: of pauses and minimum baskets the greater, of scopes the smaller."""
    rules = shop.discounts
    pause = int((now - before(rules.cooldown, now, shop.zone)).total_seconds())
    least = minor_units(rules.minimum_basket, shop.currency, "discounts.minimum_basket")
    scope = rules.scope if wish.scope == "all" else wish.scope
    collections = wish.collections
    if scope == "stock":
        collections = rules.stock
    elif wish.scope == "all":
        collections = rules.collections if scope == "collection" else ()
    return wish.model_copy(
        update={
            "pause": max(wish.pause, pause),
            "minimum_basket": max(wish.minimum_basket, least),
            "scope": scope,
            "collections": collections,
        }
    )


def pays_full_price(profile: Profile, shop: Shop) -> bool:
    """Whether they buy without codes: enough counting orders (`levels.full_price_orders`), none with one."""
    orders = profile.counting_orders
    return len(orders) >= shop.levels.full_price_orders and not any(order.codes for order in orders)


def is_guarded(scenario: str, profile: Profile, shop: Shop) -> bool:
    """Whether this scenario must not offer the customer a discount, for they buy without one."""
    return scenario in GUARDED and pays_full_price(profile, shop)

"""Random criteria about carts."""

from typing import Any

from kairos.domain.codes import STEPS
from tests.agreement.world import World

Json = dict[str, Any]


def _key(world: World) -> str:
    return world.one([*(cart.key for who in world.profiles for cart in who.carts), "unknown"])


def abandoned_cart(world: World) -> Json:
    told: Json = {"kind": "abandoned_cart"}
    if world.likely(0.5):
        told["when"] = world.time_test("carts")
    if world.likely(0.4):
        told["value"] = world.money_test(world.values(lambda who: [cart.total for cart in who.carts]))
    if world.likely(0.3):
        told |= world.chosen()
    if world.likely(0.3):
        told["steps"] = list(world.some(STEPS, 2))
    if world.likely(0.3):
        told["identified"] = world.likely(0.5)
    if world.likely(0.1):
        told["cart"] = _key(world)
    return told


def ordered_since_cart(world: World) -> Json:
    told: Json = {"kind": "ordered_since_cart"}
    return told | ({"cart": _key(world)} if world.likely(0.5) else {})


def cart_adds_without_order(world: World) -> Json:
    return {
        "kind": "cart_adds_without_order",
        "at_least": world.one((1, 1, 2, 3)),
        "within": world.duration(world.one(("acts", "acts", "orders"))),
    }


KINDS = {
    "abandoned_cart": abandoned_cart,
    "ordered_since_cart": ordered_since_cart,
    "cart_adds_without_order": cart_adds_without_order,
}

"""Random criteria about discount codes and points."""

from fractions import Fraction
from typing import Any

from kairos.domain.profile import Profile
from tests.agreement.vocabulary import CODES
from tests.agreement.world import World

Json = dict[str, Any]


def used_code(world: World) -> Json:
    told: Json = {"kind": "used_code"}
    if world.likely(0.6):
        told["any_of"] = world.texts((*CODES, "unknown"))
    if world.likely(0.4):
        told["never"] = world.likely(0.8)
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    return told


def _share(profile: Profile) -> list[int | Fraction]:
    orders = profile.counting_orders
    parts = [part for part in (orders, orders[-1:], orders[-2:]) if part]
    return [Fraction(100 * sum(bool(one.codes) for one in part), len(part)) for part in parts]


def coupon_share(world: World) -> Json:
    told: Json = {"kind": "coupon_share"}
    test = world.decimal_test([0, 50, *world.values(_share)])
    told |= {name: bound for name, bound in test.items() if float(bound) < 100}
    if len(told) == 1:
        told[world.one(("at_least", "equals", "less_than"))] = "100"
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    return told


def points(world: World) -> Json:
    return {"kind": "points", **world.count_test([one.points for one in world.profiles])}


KINDS = {"used_code": used_code, "coupon_share": coupon_share, "points": points}

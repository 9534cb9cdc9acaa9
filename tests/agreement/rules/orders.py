"""Random criteria about orders."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from kairos.domain.codes import STATUSES
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from tests.agreement.world import World

Json = dict[str, Any]


def filters(world: World) -> Json:
    """None, or some, of the filters that all these kinds share."""
    if world.likely(0.3):
        return {}
    told: Json = {}
    if world.likely(0.5):
        day = {"exactly_days_ago": world.days_ago("orders")}
        told["window"] = day if world.likely(0.15) else world.time_test("orders")
    if world.likely(0.4):
        told |= world.chosen()
    if world.likely(0.3):
        told["statuses"] = list(world.some(STATUSES, 3))
    return told


def _over(world: World, of: Callable[[Sequence[OrderFact]], int | Fraction]) -> list[int | Fraction]:
    """A number of each customer's counting orders, and of some of these orders alone."""

    def of_customer(profile: Profile) -> list[int | Fraction]:
        orders = profile.counting_orders
        return [of(part) for part in (orders, orders[-1:], orders[:1], orders[-2:]) if part]

    return world.values(of_customer)


def _worth(told: Json) -> Callable[[Sequence[OrderFact]], int]:
    if told.get("tax") == "excluded":
        return lambda orders: sum(order.revenue_without_tax for order in orders)
    return lambda orders: sum(order.revenue for order in orders)


def _tax(world: World) -> Json:
    return world.one(({}, {"tax": "included"}, {"tax": "excluded"}, {"tax": "excluded"}))


def order_count(world: World) -> Json:
    """Often asked for at least one, or for none, which has ways of its own."""
    test = world.one(({"at_least": 1}, {"more_than": 0}, {"equals": 0}, {"less_than": 1}))
    return {
        "kind": "order_count",
        **(test if world.likely(0.4) else world.count_test()),
        **filters(world),
    }


def revenue(world: World) -> Json:
    told = {"kind": "revenue", **_tax(world), **filters(world)}
    return told | world.money_test([0, *_over(world, _worth(told))])


def average_order_value(world: World) -> Json:
    told = {"kind": "average_order_value", **_tax(world), **filters(world)}
    worth = _worth(told)
    return told | world.money_test(_over(world, lambda orders: Fraction(worth(orders), len(orders))))


def items_per_order(world: World) -> Json:
    def mean(orders: Sequence[OrderFact]) -> Fraction:
        return Fraction(sum(order.items for order in orders), len(orders))

    return {"kind": "items_per_order", **world.decimal_test(_over(world, mean)), **filters(world)}


def first_order(world: World) -> Json:
    return {"kind": "first_order", **world.time_test("orders"), **filters(world)}


def last_order(world: World) -> Json:
    return {"kind": "last_order", **world.time_test("orders"), **filters(world)}


def last_order_value(world: World) -> Json:
    told = {"kind": "last_order_value", **_tax(world), **filters(world)}
    return told | world.money_test(_over(world, _worth(told)))


def order_status(world: World) -> Json:
    told: Json = {"kind": "order_status", "any_of": list(world.some(STATUSES, 3))}
    told |= world.one(({}, {"which": "any"}, {"which": "last"}, {"which": "last"}))
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    return told | (world.chosen() if world.likely(0.3) else {})


def delivered(world: World) -> Json:
    told: Json = {"kind": "delivered", **world.time_test("orders")}
    return told | world.one(
        ({}, {"assumed_after": "P5D"}, {"assumed_after": "PT0S"}, {"assumed_after": "P400D"})
    )


KINDS = {
    "order_count": order_count,
    "revenue": revenue,
    "average_order_value": average_order_value,
    "items_per_order": items_per_order,
    "first_order": first_order,
    "last_order": last_order,
    "last_order_value": last_order_value,
    "order_status": order_status,
    "delivered": delivered,
}

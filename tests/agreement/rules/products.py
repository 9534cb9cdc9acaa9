"""Random criteria about the products in orders."""

from typing import Any

from tests.agreement.world import World

Json = dict[str, Any]

_DAY = 86_400


def ordered(world: World) -> Json:
    told: Json = {"kind": "ordered", **world.chosen()}
    if world.likely(0.6):
        told["times"] = world.one(
            ({"at_least": 1}, {"equals": 0}, {"at_least": 2}, world.count_test(range(4)))
        )
    if world.likely(0.4):
        pieces = [
            sum(order.bought.values())
            for who in world.profiles
            for order in who.counting_orders
            if order.bought
        ]
        told["quantity"] = world.count_test([1, 2, *pieces])
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    return told


def ordered_together(world: World) -> Json:
    told: Json = {
        "kind": "ordered_together",
        "ordered": world.chosen(6),
        world.one(("also", "without")): world.chosen(6),
    }
    if world.likely(0.6):
        told["same_order"] = world.likely(0.7)
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    return told


def bought_at_launch(world: World) -> Json:
    """Within so long as lies between the launch of a product and an order of it."""
    products = world.catalogue.products
    waits = [
        int((order.placed_at - launch).total_seconds())
        for who in world.profiles
        for order in who.counting_orders
        for product in order.product_ids
        if product in products and (launch := products[product].launched_at) and launch <= order.placed_at
    ]
    seconds = max(world.one([*waits, 30 * _DAY]) + world.off(), 1)
    told: Json = {"kind": "bought_at_launch", "within": world.one((f"PT{seconds}S", f"PT{seconds}S", "P90D"))}
    if world.likely(0.4):
        told["at_least"] = world.number(1, 3)
    if world.likely(0.3):
        told |= world.chosen(6)
    if world.likely(0.4):
        told["launched"] = world.time_test("launched")
    return told


def replenishment_due(world: World) -> Json:
    """Due, or overdue, since just when something that somebody bought runs out."""
    told: Json = {"kind": "replenishment_due"}
    away = [end - int(world.now.timestamp()) for end in _run_outs(world)]
    ahead, behind = [one for one in away if one >= 0], [-one for one in away if one < 0]
    if world.likely(0.6):
        told["lead"] = world.one(
            (f"PT{max(world.one([*ahead, _DAY]) + world.off(), 1)}S", "P7D", "P1D", "PT0S")
        )
    if world.likely(0.6) or told.get("lead") == "PT0S":
        told["overdue"] = f"PT{max(world.one([*behind, 30 * _DAY]) + world.off(), 1)}S"
    if world.likely(0.3):
        told["fresh_for"] = world.one(("P1D", "PT1S", "P10D", f"PT{7 * _DAY + max(world.off(), 1)}S"))
    if world.likely(0.3):
        told |= world.chosen(6)
    return told


def _run_outs(world: World) -> list[int]:
    """When what was bought may run out, by the product's unit or the shop's interval, in seconds."""
    ends = []
    for who in world.profiles:
        for order in who.counting_orders:
            for product, quantity in order.bought.items():
                fact = world.catalogue.products.get(product)
                unit = fact.unit_seconds if fact else None
                lasts = unit * quantity if unit else world.thresholds.product_intervals.get(product, 0)
                ends += [int(order.placed_at.timestamp()) + lasts] if lasts else []
    return ends


KINDS = {
    "ordered": ordered,
    "ordered_together": ordered_together,
    "bought_at_launch": bought_at_launch,
    "replenishment_due": replenishment_due,
}

"""Random criteria about orders."""

from typing import Any

from tests.agreement.world import World


def order_count(world: World) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "order_count", **world.count_test()}
    if world.likely(0.5):
        told["window"] = world.time_test("orders")
    if world.likely(0.3):
        told["products"] = world.products()
    if world.likely(0.3):
        told["statuses"] = list(world.some(("draft", "pending", "awaiting_transfer", "paid", "refunded"), 3))
    return told


KINDS = {"order_count": order_count}

"""Random criteria about orders around occasions."""

from typing import Any

from tests.agreement.world import World

Json = dict[str, Any]


def ordered_around(world: World) -> Json:
    told: Json = {"kind": "ordered_around", "occasions": _occasions(world)}
    for side in ("before", "after"):
        if world.likely(0.6):
            told[side] = world.one((0, 1, 7, 60))
    if world.likely(0.7):
        told["within"] = world.one(("P1Y", "P2Y", "P10Y", "P30D", world.duration()))
    if world.likely(0.5):
        told["times"] = world.count_test(range(4))
    if world.likely(0.5):
        told["only"] = True
    return told


def _occasions(world: World) -> list[str]:
    """Days of orders, or one beside, with or without their year; and days that no year, or every, has."""
    found = ["02-29", "12-31", "01-01", "2024-02-29"]
    for _ in range(4):
        day = world.day_of("orders").isoformat()
        found.append(day if world.likely(0.3) else day[5:])
    return list(world.some(tuple(dict.fromkeys(found)), 3))


KINDS = {"ordered_around": ordered_around}

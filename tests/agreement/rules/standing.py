"""Random criteria about where customers stand."""

from typing import get_args

from kairos.domain.codes import draw
from kairos.domain.criteria.ranks import RankedBy, ScoreTest
from kairos.domain.criteria.standing import Stage, UsageLevel
from kairos.domain.standing import median_interval
from tests.agreement.world import Json, World

_LOTS = 2**32


def lifecycle(world: World) -> Json:
    return {"kind": "lifecycle", "any_of": list(world.some(get_args(Stage), 3))}


def usage_level(world: World) -> Json:
    return {"kind": "usage_level", "any_of": list(world.some(get_args(UsageLevel), 2))}


def rfm(world: World) -> Json:
    measured = world.some(("recency", "frequency", "monetary"), 1 if world.likely(0.6) else 3)
    return {"kind": "rfm", **{name: world.possible(ScoreTest, lambda: _score(world)) for name in measured}}


def _score(world: World) -> Json:
    told: Json = {}
    for name in world.some(("at_least", "at_most", "any_of"), 1 if world.likely(0.7) else 2):
        told[name] = list(world.some(range(1, 6), 3)) if name == "any_of" else world.number(1, 5)
    return told


def rank(world: World) -> Json:
    test = world.one(("top", "bottom", "above_average"))
    percent = world.one((1, 10, 50, 90, 99, world.number(1, 99)))
    return {
        "kind": "rank",
        "by": world.one(get_args(RankedBy)),
        test: True if test == "above_average" else percent,
    }


def next_order_due(world: World) -> Json:
    now = int(world.now.timestamp())
    due = [
        int(who.counting_orders[-1].placed_at.timestamp()) + interval - now
        for who in world.profiles
        if (interval := median_interval(who.counting_orders))
    ]
    ahead = [one for one in due if one >= 0] or [7 * 86_400]
    behind = [-one for one in due if one <= 0] or [0]
    if world.likely(0.5):
        return {"kind": "next_order_due", "due_within": f"PT{max(world.one(ahead) + world.off(), 1)}S"}
    return {"kind": "next_order_due", "overdue_since": f"PT{max(world.one(behind) + world.off(), 0)}S"}


def percentage(world: World) -> Json:
    """Shares that begin or end at the lot of a customer, as nearly as whole per cents can."""
    percent = min(draw(world.one(world.profiles).id) * 100 // _LOTS + world.one((0, 1)), 99)
    told: Json = {"kind": "percentage", "percent": max(percent, 1)}
    if world.likely(0.4):
        told = {"kind": "percentage", "skip": percent, "percent": world.number(1, 100 - percent)}
    if world.likely(0.5):
        told["salt"] = world.one(("spring", "Straße", "a", "A"))
    return told


KINDS = {
    "lifecycle": lifecycle,
    "usage_level": usage_level,
    "rfm": rfm,
    "rank": rank,
    "next_order_due": next_order_due,
    "percentage": percentage,
}

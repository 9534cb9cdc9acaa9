"""Random criteria about the account."""

from typing import get_args

from kairos.domain.codes import CHANNELS
from kairos.domain.criteria.account import Weekday
from tests.agreement import vocabulary as words
from tests.agreement.world import Json, World


def registered(world: World) -> Json:
    return {"kind": "registered", **world.time_test("registered")}


def accepts_marketing(world: World) -> Json:
    return {"kind": "accepts_marketing", "channel": world.one(CHANNELS)}


def tag(world: World) -> Json:
    return {"kind": "tag", "any_of": world.texts((*words.TAGS, "unknown"))}


def customer_group(world: World) -> Json:
    return {"kind": "customer_group", "any_of": world.texts((*words.GROUPS, "unknown"))}


def acquisition_source(world: World) -> Json:
    return {"kind": "acquisition_source", "any_of": world.texts((*words.SOURCES, "unknown"))}


def channel(world: World) -> Json:
    fields = world.some(("reachable_by", "prefers"), 1 if world.likely(0.7) else 2)
    return {"kind": "channel", **{name: list(world.some(CHANNELS, 3)) for name in fields}}


def _hour(world: World) -> int:
    held = [one.preferred_hour for one in world.profiles if one.preferred_hour is not None]
    return (world.one(held or [12]) + world.off()) % 24


def preferred_time(world: World) -> Json:
    told: Json = {"kind": "preferred_time"}
    fields = world.some(("hours", "weekdays"), 1 if world.likely(0.7) else 2)
    if "hours" in fields:
        told["hours"] = {"first": _hour(world), "last": _hour(world)}
    if "weekdays" in fields:
        told["weekdays"] = list(world.some(get_args(Weekday), 3))
    return told


KINDS = {
    "registered": registered,
    "accepts_marketing": accepts_marketing,
    "tag": tag,
    "customer_group": customer_group,
    "acquisition_source": acquisition_source,
    "channel": channel,
    "preferred_time": preferred_time,
}

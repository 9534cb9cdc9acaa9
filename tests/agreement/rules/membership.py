"""Random criteria about membership."""

from tests.agreement import vocabulary as words
from tests.agreement.rules.engagement import message_events
from tests.agreement.world import Json, World


def in_segment(world: World) -> Json:
    return {"kind": "in_segment", "segment": world.segment()}


def entered_segment(world: World) -> Json:
    segment = world.segment()
    entered = [one.entered_at for who in world.profiles for one in who.memberships if one.segment == segment]
    return {"kind": "entered_segment", "segment": segment, **world.time_test(entered or "memberships")}


def in_scenario(world: World) -> Json:
    told: Json = {"kind": "in_scenario", "scenario": world.one((*words.SCENARIOS, "unknown"))}
    return told | ({"window": world.time_test("runs")} if world.likely(0.6) else {})


def received(world: World) -> Json:
    return {"kind": "received", **message_events(world, "delivered")}


def on_list(world: World) -> Json:
    return {"kind": "on_list", "list": world.one((*words.LISTS, "unknown"))}


KINDS = {
    "in_segment": in_segment,
    "entered_segment": entered_segment,
    "in_scenario": in_scenario,
    "received": received,
    "on_list": on_list,
}

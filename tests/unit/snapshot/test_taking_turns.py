"""Who recomputes which shop when: one at a time, the longest overdue first, and a big one by the machine."""

from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.engine.manifest import Division
from kairos.ports import Item, Put
from kairos.services.snapshot.lease import LEASE
from kairos.services.snapshot.manifests import change_manifest, look_by, want_recompute
from kairos.services.snapshot.ticking import SCHEDULE
from tests.functions.template import read_template
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, Crash, node
from tests.unit.snapshot.world import World, assert_kept

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)


def test_two_recomputes_of_one_shop_never_overlap(world: World) -> None:
    world.wait(hours=1)
    at_work: list[Any] = []

    def on_call(_: int, when: str) -> None:
        if when == "before" and not at_work and world.items.get(keys.recompute_lease(SHOP.id)):
            at_work.append(True)
            proposed = world.counted.get("MembershipsProposed")
            world.tick()
            at_work.append(world.segments(ADA_ID))
            assert world.counted.get("MembershipsProposed") == proposed

    world.tick(on_call)
    assert at_work[1:] == [{"buyers", "new_buyers", "quiet_buyers"}]
    assert world.items.get(keys.recompute_lease(SHOP.id)) is None
    assert_kept(world)


def test_a_wish_that_comes_in_meanwhile_is_fulfilled_before_the_end(world: World) -> None:
    world.wait(hours=1)
    wished: list[bool] = []

    def on_call(_: int, when: str) -> None:
        if when == "before" and not wished and world.items.get(keys.recompute_lease(SHOP.id)):
            wished.append(True)
            world.put_segment("loyal", {"kind": "order_count", "at_least": 1})
            world.wish()

    world.tick(on_call)
    assert wished
    assert "loyal" in world.segments(ADA_ID)
    assert world.manifest.wanted == world.manifest.done == 1


def test_who_was_killed_is_followed_by_another_once_the_lease_has_ended(world: World) -> None:
    world.wait(hours=1)

    def on_call(_: int, when: str) -> None:
        if when == "after" and world.items.get(keys.recompute_lease(SHOP.id)):
            raise Crash

    with pytest.raises(Crash):
        world.tick(on_call)
    world.tick()
    assert "lapsed" not in world.segments(ADA_ID)
    world.real += LEASE
    world.tick()
    assert "lapsed" in world.segments(ADA_ID)
    assert_kept(world)


def test_a_shop_of_several_partitions_is_left_to_the_machine(world: World) -> None:
    change_manifest(
        world.items, SHOP.id, lambda held: held.model_copy(update={"building": Division(first=1, count=3)})
    )
    assert world.tick() == [SHOP.id]
    [(machine, name, told)] = world.machines.started
    assert (machine, told) == ("recompute_segments", {"shop": SHOP.id, "holder": name})


def test_the_longest_overdue_shop_comes_first_and_what_is_left_comes_next(world: World) -> None:
    other = SHOP.model_copy(update={"id": "second"})
    for shop in (other,):
        world.items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
        world.items.write(Put(Item(keys.listed_shop(shop.id), "1", {})))
    world.tick()
    look_by(world.items, SHOP.id, 7)
    look_by(world.items, "second", 6)
    assert world.tick() == ["second", SHOP.id]
    look_by(world.items, SHOP.id, 7)
    world.seconds_left = 30
    assert world.tick() == []
    world.seconds_left = 900
    assert world.tick() == [SHOP.id]


def test_a_shop_may_want_its_ticks_further_apart(world: World) -> None:
    seldom = SHOP.model_copy(update={"recompute_minutes": 60})
    world.items.write(Put(Item(keys.shop(SHOP.id), "2", seldom.as_json())))
    world.wish()
    world.wait(minutes=40)
    assert world.tick() == []
    want_recompute(world.items, SHOP.id)
    assert world.tick() == [SHOP.id]
    world.buy(BOB, placed_at=world.clock.now() - timedelta(minutes=50))
    world.pump()
    world.wait(minutes=59)
    assert world.tick() == []
    world.wait(minutes=1)
    assert world.tick() == [SHOP.id]


def test_no_shop_can_want_more_than_the_schedule_gives() -> None:
    function = read_template()["Resources"]["RecomputeSegments"]["Properties"]
    assert function["Events"]["Tick"]["Properties"]["Schedule"] == f"rate({SCHEDULE} minutes)"


def test_the_shop_says_as_of_when_its_segments_are_right(world: World) -> None:
    turns = world.clock.at + timedelta(minutes=30)
    assert world.manifest.as_of(world.clock.at) == world.clock.at
    world.wait(hours=2)
    assert world.manifest.as_of(world.clock.at) == turns
    world.tick()
    assert world.manifest.as_of(world.clock.at) == world.clock.at
    want_recompute(world.items, SHOP.id)
    assert world.manifest.as_of(world.clock.at + timedelta(minutes=1)) == world.clock.at

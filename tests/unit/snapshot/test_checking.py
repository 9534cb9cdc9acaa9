"""The snapshot held against the table: what is different is repaired and counted, what is late is not."""

from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.engine.delta import pack
from kairos.engine.manifest import Delta, FileRef, PartitionManifest
from kairos.ports import Item, Put
from kairos.services.snapshot.checking import ROW_BY_ROW
from kairos.services.snapshot.manifests import change_partition
from kairos.services.snapshot.updating import Occasion, reader
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, node, order, who
from tests.unit.snapshot.world import World

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Ada and Bob are customers of whom time will change nothing more."""
    world = World(tmp_path)
    world.buy(ADA)
    world.buy(BOB)
    world.pump()
    world.tick()
    world.wait(hours=36)
    world.tick()
    world.tick()
    world.listen()
    return world


def night(world: World) -> None:
    """A day passes, with the tick that compares and the one after."""
    world.wait(hours=24)
    world.tick()
    world.wait(minutes=5)
    world.tick()


def differences(world: World) -> int:
    return world.counted.get("SnapshotDifferences", 0)


def test_what_is_the_same_is_no_difference(world: World) -> None:
    night(world)
    assert differences(world) == 0
    assert world.partitions[0].suspects == ()


def test_a_change_that_nobody_told_is_repaired_and_counted(world: World) -> None:
    world.buy(ADA)
    world.queued.clear()
    night(world)
    assert differences(world) == 1
    assert world.different == [ADA_ID]
    assert world.said() == world.facts_as_said()
    assert_true(world)
    night(world)
    assert differences(world) == 1


def test_a_change_that_is_only_late_is_no_difference(world: World) -> None:
    world.buy(ADA)
    world.wait(hours=24)
    world.tick()
    assert world.partitions[0].suspects == (ADA_ID,)
    world.pump()
    world.wait(minutes=5)
    world.tick()
    assert differences(world) == 0
    assert world.partitions[0].suspects == ()


def test_a_customer_whom_the_snapshot_lost_is_found_again(world: World) -> None:
    world.deliver(order("lost", 1, identities=who(email="carl@example.com")))
    world.queued.clear()
    night(world)
    assert differences(world) == 1
    assert node("email", "carl@example.com") in world.said()
    assert world.said() == world.facts_as_said()


def test_a_customer_who_is_none_any_more_is_forgotten(world: World) -> None:
    world.erase(SHOP.id, [BOB_ID], world.clock.now())
    assert BOB_ID in world.said()
    night(world)
    assert differences(world) == 1
    assert world.said().keys() == {ADA_ID}


def rewritten(world: World, customer: str, **changes: Any) -> None:
    """The snapshot is told something untrue of the customer, as by a mistake in the code."""
    given = world.updating()
    occasion = Occasion([customer], "event", "a mistake")
    line = reader(given.evaluating, world.shelf(), [occasion])([customer])[customer]
    body = pack([line._replace(**changes)])
    key = f"snapshot/{SHOP.id}/0/mistake-{world.unique()}"
    world.files.put(key, body)

    def told(held: PartitionManifest) -> PartitionManifest:
        number = held.sequence + 1
        delta = Delta(file=FileRef(key=key, size=len(body)), first=number, last=number, customers=1)
        return held.model_copy(update={"sequence": number, "deltas": (*held.deltas, delta)})

    change_partition(world.items, SHOP.id, 0, told)


def test_a_wrong_membership_in_the_snapshot_is_repaired(world: World) -> None:
    rewritten(world, ADA_ID, words=(0,))
    night(world)
    assert differences(world) == 1
    assert world.said() == world.facts_as_said()
    assert world.moves() == []


def test_a_wrong_row_is_found_row_by_row(world: World) -> None:
    right = world.said()[ADA_ID]
    profile = world.stored_profiles()[ADA_ID].model_copy(update={"orders": ()})
    rewritten(world, ADA_ID, profile=profile)
    assert world.said()[ADA_ID] != right
    night(world)
    assert differences(world) == 1
    assert world.said() == world.facts_as_said()


def test_a_wrong_membership_in_the_table_is_repaired_and_starts_no_scenario(world: World) -> None:
    place = keys.membership(SHOP.id, ADA_ID)
    held = world.items.get(place)
    assert held is not None
    layout = world.shelf().layout
    entered = {k: v for k, v in held.body["entered"].items() if int(k) != layout.latest["buyers"]}
    world.items.write(Put(Item(place, "99", {**held.body, "entered": entered})))
    night(world)
    assert "buyers" in world.segments(ADA_ID)
    assert world.moves() == []
    assert {line["cause"] for line in world.filed()} == {"repair"}
    assert world.said() == world.facts_as_said()


def test_who_is_about_to_turn_is_no_difference(world: World) -> None:
    """Between two ticks, time makes memberships untrue: that is what ticks are for."""
    world.buy("carl@example.com", placed_at=world.clock.now())
    world.pump()
    world.wait(hours=24)
    world.tick()
    world.tick()
    assert differences(world) == 0


def test_rows_are_compared_a_share_each_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ROW_BY_ROW >= 1000
    monkeypatch.setattr("kairos.services.snapshot.checking.ROW_BY_ROW", 1)
    seen = []
    for _ in range(3):
        night(world)
        seen.append(world.partitions[0].checked)
    assert seen == [1, 0, 1]

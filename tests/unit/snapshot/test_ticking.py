"""The tick: what is due turns with it, what is not costs one read, and no two are at one shop."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.domain.segment import Segment
from kairos.engine.manifest import Division
from kairos.ports import Item, Put
from kairos.services.snapshot import recomputing
from kairos.services.snapshot.lease import LEASE
from kairos.services.snapshot.manifests import change_manifest, look_by, want_recompute
from kairos.services.snapshot.ticking import SCHEDULE, Ticking, tick
from tests.functions.template import read_template
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, Crash, node
from tests.unit.snapshot.world import World

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Ada bought at 12:00; it is 12:30, and all is quiet."""
    world = World(tmp_path)
    world.buy(ADA)
    world.pump()
    world.tick()
    world.listen()
    return world


def assert_kept(world: World) -> None:
    """Table and snapshot say the same, and that is what the facts say."""
    assert world.errors == []
    assert world.said() == world.facts_as_said()
    assert_true(world)


def test_a_quiet_tick_reads_one_item_of_the_shop_and_nothing_else(world: World) -> None:
    read: list[Any] = []
    given = world.recomputing()
    given.sweep.page = lambda *_: pytest.fail("the table was swept")  # type: ignore[method-assign]

    class Watched:
        def __getattr__(self, name: str) -> Any:
            def call(*told: Any, **more: Any) -> Any:
                answer = getattr(world.items, name)(*told, **more)
                read.extend(answer if isinstance(answer, dict | list) else [name])
                return answer

            return call

    items: Any = Watched()
    given = given._replace(
        evaluating=given.evaluating._replace(items=items), feeding=given.feeding._replace(items=items)
    )
    assert tick(Ticking(given, world.machines, "a tick")) == []
    listed = Item(keys.listed_shop(SHOP.id), "1", {})
    assert read == [listed, keys.snapshot(SHOP.id), "get"]  # the last: when customers were last searched for


def test_a_rule_that_only_time_makes_true_turns_with_the_first_tick_after(world: World) -> None:
    world.wait(minutes=29, seconds=59)
    assert world.tick() == []
    assert "lapsed" not in world.segments(ADA_ID)
    world.wait(seconds=1)
    assert world.tick() == [SHOP.id]
    assert "lapsed" in world.segments(ADA_ID)
    assert world.moves() == [("lapsed", True)]
    assert_kept(world)


def test_what_was_bought_since_is_due_at_its_own_time(world: World) -> None:
    world.wait(minutes=10)
    world.buy(BOB, placed_at=world.clock.now() - timedelta(minutes=55))
    world.pump()
    world.wait(minutes=5)
    assert world.tick() == [SHOP.id]
    assert "lapsed" in world.segments(BOB_ID)
    assert "lapsed" not in world.segments(ADA_ID)
    assert_kept(world)


def test_many_who_are_due_are_found_by_one_pass(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "FEW", 2)
    buyers = [world.buy(f"buyer{number}@example.com") for number in range(5)]
    world.pump()
    world.wait(hours=1)
    assert world.tick() == [SHOP.id]
    assert all("lapsed" in world.segments(one) for one in buyers)
    assert world.counted["MembershipsWritten"] == 6
    assert [one.body["entered"] for one in world.items.stored.values() if one.key.sk == "membership"]
    assert_kept(world)


def test_a_tick_with_nothing_left_is_quiet_again(world: World) -> None:
    world.wait(hours=1)
    assert world.tick() == [SHOP.id]
    assert world.tick() == []


def test_the_day_begins_with_a_pass_and_the_figures_of_every_segment(world: World) -> None:
    world.wait(hours=12)  # past midnight in the shop's time zone, UTC
    assert world.tick() == [SHOP.id]
    [day] = world.items.query(keys.segment_day(SHOP.id, "").pk, "2026-03-02")
    assert day.body["segments"]["buyers"] == {
        "members": 1,
        "buyers": 1,
        "orders": 1,
        "revenue": 1000,
        "basket": 1000,
        "spending_least": 1000,
        "spending_median": 1000,
        "spending_most": 1000,
    }
    assert day.body["segments"]["loyal"]["members"] == 0
    assert_kept(world)


def put_rule(world: World, segment: str, rule: Any) -> None:
    told = Segment(id=segment, name=segment, rule=rule)
    world.items.write(Put(Item(keys.segment(SHOP.id, segment), "2", told.as_json())))


def test_an_edited_rule_is_right_after_the_wish_and_starts_nothing(world: World) -> None:
    put_rule(world, "loyal", {"kind": "order_count", "at_least": 1})
    world.wish()
    assert "loyal" in world.segments(ADA_ID)
    assert world.moves() == []
    assert {line["cause"] for line in world.filed()} == {"rule"}
    assert world.said() == world.facts_as_said()


def test_a_wish_that_was_lost_is_fulfilled_with_the_next_tick(world: World) -> None:
    put_rule(world, "loyal", {"kind": "order_count", "at_least": 1})
    want_recompute(world.items, SHOP.id)
    assert world.tick() == [SHOP.id]
    assert "loyal" in world.segments(ADA_ID)


def test_a_deleted_rule_leaves_no_bit(world: World) -> None:
    for segment in ("quiet_buyers", "new_buyers", "buyers"):
        world.items.stored.pop(keys.segment(SHOP.id, segment))
    world.wish()
    assert world.segments(ADA_ID) == set()
    assert world.said() == world.facts_as_said()


def test_a_rule_that_cannot_be_read_keeps_its_members(world: World) -> None:
    put_rule(world, "buyers", {"kind": "unheard_of"})
    world.wish()
    assert "buyers" in world.segments(ADA_ID)
    assert world.said() == world.facts_as_said()


def test_more_than_64_segments_take_a_second_word(world: World) -> None:
    for number in range(70):
        put_rule(world, f"many-{number}", {"kind": "order_count", "at_least": 1 + number % 2})
    world.buy(BOB)
    world.pump()
    world.wish()
    assert "many-68" in world.segments(ADA_ID)
    assert "many-69" not in world.segments(BOB_ID)
    assert world.said() == world.facts_as_said()


def test_who_was_evaluated_by_former_rules_is_looked_at_again(world: World) -> None:
    """Bob's change was read before the rule came, and told after the pass."""
    given = world.updating()
    world.buy(BOB)
    read_before = given.evaluating.load(world.items, SHOP)
    put_rule(world, "first", {"kind": "order_count", "at_least": 1})
    world.wish()
    stale = given._replace(evaluating=given.evaluating._replace(load=lambda *_: read_before))
    world.pump(stale)
    assert world.tick() == [SHOP.id]
    assert "first" in world.segments(BOB_ID)
    assert world.said() == world.facts_as_said()


# ------------------------------------------------------------ the lease


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
            put_rule(world, "loyal", {"kind": "order_count", "at_least": 1})
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

"""The tick: what is due turns with it, what is not costs one read, and no two are at one shop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.order import Line
from kairos.domain.product import ProductSnapshot
from kairos.ports import Item, Put
from kairos.services.snapshot import recomputing
from kairos.services.snapshot.catalogue import update_products
from kairos.services.snapshot.manifests import want_recompute
from kairos.services.snapshot.ticking import Ticking, tick
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, node
from tests.unit.snapshot.world import World, assert_kept

START_OF_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)


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


def test_the_day_begins_with_what_trends_and_what_is_new(world: World) -> None:
    for number, product in enumerate(("lamp", "linen", "vase", "unwanted")):
        launched = world.clock.now() - timedelta(days=number)
        told = ProductSnapshot(id=product, updated_at=launched, published_at=launched, title=product)
        world.items.write(Put(Item(keys.product(SHOP.id, product), "1", told.as_json())))
    update_products(world.recomputing().feeding, SHOP.id, ["lamp", "linen", "vase", "unwanted"])
    for buyer, product in enumerate(["linen", "linen", "lamp", "of another shop"]):
        world.buy(f"buyer{buyer}@example.com", lines=(Line(product_id=product, title=product),))
    world.buy("once@example.com", lines=(Line(product_id="vase", quantity=9),), placed_at=START_OF_YEAR)
    world.pump()
    world.wait(hours=12)
    world.tick()
    held = world.items.get(keys.trending(SHOP.id))
    assert held is not None
    assert held.body["trending"] == ["linen", "lamp"]
    assert held.body["newest"] == ["lamp", "linen", "vase", "unwanted"]


def test_an_edited_rule_is_right_after_the_wish_and_starts_nothing(world: World) -> None:
    world.put_segment("loyal", {"kind": "order_count", "at_least": 1})
    world.wish()
    assert "loyal" in world.segments(ADA_ID)
    assert world.moves() == []
    assert {line["cause"] for line in world.filed()} == {"rule"}
    assert world.said() == world.facts_as_said()


def test_a_wish_that_was_lost_is_fulfilled_with_the_next_tick(world: World) -> None:
    world.put_segment("loyal", {"kind": "order_count", "at_least": 1})
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
    world.put_segment("buyers", {"kind": "unheard_of"})
    world.wish()
    assert "buyers" in world.segments(ADA_ID)
    assert world.said() == world.facts_as_said()


def test_more_than_64_segments_take_a_second_word(world: World) -> None:
    for number in range(70):
        world.put_segment(f"many-{number}", {"kind": "order_count", "at_least": 1 + number % 2})
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
    world.put_segment("first", {"kind": "order_count", "at_least": 1})
    world.wish()
    stale = given._replace(evaluating=given.evaluating._replace(load=lambda *_: read_before))
    world.pump(stale)
    assert world.tick() == [SHOP.id]
    assert "first" in world.segments(BOB_ID)
    assert world.said() == world.facts_as_said()

"""Building a snapshot, dividing it anew, and what it is told meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.domain.catalogue import ProductFact
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from kairos.engine.sources import relation
from kairos.engine.tables import TABLES
from kairos.ports import Item, Put
from kairos.services.snapshot import building, compacting
from kairos.services.snapshot.catalogue import load_catalogue, update_products
from kairos.services.snapshot.manifests import begin_empty
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, at, node
from tests.unit.snapshot.world import World

BELL = ProductSnapshot(id="7", updated_at=at(0), title="Bell", categories=("Bells ",), brand="Ring")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A shop that had customers before there were snapshots."""
    world = World(tmp_path)
    for number in range(9):
        world.buy(f"buyer{number}@example.com")
    world.deliver(BELL)
    world.queued.clear()
    return world


def test_a_shop_that_had_customers_gets_its_snapshot_with_the_next_tick(world: World) -> None:
    assert world.tick() == [SHOP.id]
    assert len(world.said()) == 9
    assert world.said() == world.facts_as_said()
    assert load_catalogue(world.files, world.manifest).products == {
        "7": ProductFact(id="7", categories=("bells",), brand="ring")
    }
    assert_true(world)


def test_a_new_shop_begins_with_an_empty_one_and_is_swept_by_nobody(tmp_path: Path) -> None:
    world = World(tmp_path)
    begin_empty(world.items, SHOP)
    given = world.recomputing()
    assert world.opened()[0].numbers() == []
    world.buy(ADA)
    world.pump()
    world.tick()
    assert world.said().keys() == {node("email", ADA)}
    assert not [key for key in world.items.stored if key.sk.startswith("build#")]
    given.snapshots.close()


def test_to_begin_an_empty_one_twice_changes_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    begin_empty(world.items, SHOP)
    world.buy(ADA)
    world.pump()
    before = dict(world.items.stored)
    begin_empty(world.items, SHOP)
    assert world.items.stored == before


def test_what_changes_while_it_is_built_is_in_it(world: World) -> None:
    """Between any two calls of the builder somebody buys, and the snapshot's queue is worked off."""
    emails = iter([ADA, BOB, "buyer0@example.com", "buyer8@example.com"] * 9)

    def on_call(call: int, when: str) -> None:
        if when == "before" and call % 11 == 0 and (email := next(emails, None)):
            world.buy(email)
            world.pump()

    world.tick(on_call)
    assert len(world.said()) == 11
    world.tick()
    assert world.errors == []
    assert world.said() == world.facts_as_said()
    assert_true(world)


def test_a_build_without_time_to_end_goes_on_with_the_next_tick(world: World) -> None:
    ticks = 0
    while world.manifest.current is None:
        world.patience = 3
        world.tick()
        ticks += 1
    world.patience = None
    world.tick()
    assert ticks > 3
    assert world.said() == world.facts_as_said()


def test_a_pass_without_time_to_end_goes_on_with_the_next_tick(world: World) -> None:
    world.tick()
    world.listen()
    world.wait(hours=12)
    ticks = 0
    while not all("lapsed" in world.segments(one) for one in world.said()):
        world.patience = 1 + ticks
        world.tick()
        ticks += 1
    assert ticks > 1
    world.patience = None
    world.tick()
    assert world.said() == world.facts_as_said()
    assert [move for move in world.moves() if move[0] == "lapsed"] == [("lapsed", True)] * 9


def test_much_that_is_read_is_compacted_before_more_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "COMPACT_AT", 3)
    folded: list[int] = []
    usual = compacting.compact_partition

    def compact(*given: Any) -> Any:
        after = usual(*given)
        folded.append(after.base.customers)
        return after

    monkeypatch.setattr("kairos.services.snapshot.stepping.compact_partition", compact)
    world.tick()
    assert len(folded) >= 2
    assert folded == sorted(folded)
    assert world.said() == world.facts_as_said()


def test_more_customers_than_partitions_were_meant_for_are_divided_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tick()
    monkeypatch.setattr(building, "PARTITION", 2)
    monkeypatch.setattr(building, "TOO_MANY", 3)
    world.wait(minutes=40)
    assert world.tick() == [SHOP.id]
    assert world.manifest.numbers == (1, 2, 3, 4, 5)
    assert world.said() == world.facts_as_said()
    assert all("lapsed" in world.segments(one) for one in world.said())
    world.listen()
    world.wait(hours=2)
    world.run_machine()
    assert world.moves() == []


def test_a_shop_of_unknown_size_is_divided_until_it_fits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PARTITION", 2)
    monkeypatch.setattr(building, "TOO_MANY", 3)
    world.run_machine()
    assert world.manifest.current.count == 4
    assert world.said() == world.facts_as_said()


def test_another_currency_tells_all_amounts_apart_anew(world: World) -> None:
    world.tick()
    assert foreign_orders(world, SHOP) == {0}
    changed = SHOP.model_copy(update={"currency": "CHF"})
    world.items.write(Put(Item(keys.shop(SHOP.id), "2", changed.as_json())))
    world.wait(hours=2)
    world.tick()
    assert foreign_orders(world, changed) == {1}


def foreign_orders(world: World, shop: Shop) -> set[int]:
    [opened] = world.opened(shop)
    place = [*TABLES["customers"]].index("foreign_orders")
    return {row[place] for row in opened.rows(relation(opened.sources["customers"]), opened.numbers())}


def test_former_partitions_are_forgotten_after_a_while(world: World) -> None:
    world.tick()
    world.divide(2)
    world.wait(hours=24)
    world.run_machine()
    world.wait(hours=24)
    world.run_machine()
    numbers = {key.pk for key in world.items.stored if key.pk.startswith("velo#snapshot#")}
    assert numbers == {f"velo#snapshot#{number}" for number in world.manifest.numbers}
    folders = {key.rpartition("/")[0] for key in world.files.stored if key.startswith("snapshot/velo/")}
    assert folders <= {
        "snapshot/velo",
        "snapshot/velo/shares",
        *(f"snapshot/velo/{one}" for one in world.manifest.numbers),
    }


# ------------------------------------------------------------ products


def put_product(world: World, told: ProductSnapshot) -> None:
    world.deliver(told)
    update_products(world.updating().feeding, SHOP.id, [told.id])


def test_products_that_say_the_same_write_nothing(world: World) -> None:
    world.tick()
    before = world.manifest.catalogue
    put_product(world, BELL.model_copy(update={"updated_at": at(9), "stock": 3, "title": "Bell!"}))
    assert world.manifest.catalogue == before


def test_a_product_of_another_category_waits_for_a_pass_an_hour_at_most(world: World) -> None:
    rule = {"kind": "ordered", "categories": ["bikes"]}
    world.put_segment("bikers", rule)
    world.tick()
    world.tick()
    world.listen()
    assert world.segments(node("email", "buyer0@example.com")).isdisjoint({"bikers"})
    put_product(world, BELL.model_copy(update={"updated_at": at(9), "categories": ("Bikes",)}))
    world.wait(minutes=61)
    world.tick()
    assert all("bikers" in world.segments(one) for one in world.said())
    assert ("bikers", True) not in world.moves()
    assert world.said() == world.facts_as_said()


def test_two_who_tell_of_products_at_once_lose_none(world: World) -> None:
    world.tick()
    other = BELL.model_copy(update={"id": "8"})
    world.deliver(BELL.model_copy(update={"updated_at": at(9), "brand": "Ding"}))
    world.deliver(other)
    feeding, overtaken = world.updating().feeding, []

    class Late:
        def __getattr__(self, name: str) -> Any:
            return getattr(world.files, name)

        def put(self, *given: Any) -> None:
            world.files.put(*given)
            if not overtaken:
                overtaken.append(True)
                update_products(feeding, SHOP.id, ["8"])

    late: Any = Late()
    update_products(feeding._replace(files=late), SHOP.id, ["7"])
    products = load_catalogue(world.files, world.manifest).products
    assert {one: told.brand for one, told in products.items()} == {"7": "ding", "8": "ring"}

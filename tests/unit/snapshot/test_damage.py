"""Files that are missing, cut short or of another schema; a partition that fails: what mends it."""

from collections.abc import Callable
from gzip import compress, decompress
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.domain.criteria.orders import OrderCount
from kairos.engine.manifest import SnapshotBroken
from kairos.engine.tables import SCHEMA_VERSION
from kairos.ports import Item, Put
from kairos.services.snapshot import full_pass, stepping
from kairos.services.snapshot.finishing import GRACE
from kairos.services.snapshot.manifests import NotBuilt
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, node
from tests.unit.snapshot.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Ada is in the base, Bob in a delta."""
    world = World(tmp_path)
    world.buy(ADA)
    world.pump()
    world.tick()
    world.buy(BOB)
    world.pump()
    world.listen()
    return world


def keys_of(world: World) -> dict[str, str]:
    """The bucket's key of each kind of file that the snapshot is made of."""
    [partition] = world.partitions.values()
    named = {
        **{table: ref.key for table, ref in partition.base.tables.items()},
        "dictionaries": partition.base.dictionaries.key,
        "ids": partition.base.ids.key,
        "membership": partition.base.membership.key,
        "delta": partition.deltas[0].file.key,
    }
    assert set(named.values()) <= world.files.stored.keys()
    return named


def missing(world: World, key: str) -> None:
    del world.files.stored[key]


def cut_short(world: World, key: str) -> None:
    world.files.stored[key] = world.files.stored[key][:-9]


def garbled(world: World, key: str) -> None:
    """As long as it should be, but something else."""
    world.files.stored[key] = b"\xff" * len(world.files.stored[key])


FILES = ("customers", "orders", "dictionaries", "ids", "membership", "delta")


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        *((file, missing) for file in FILES),
        *((file, damage) for file in ("orders", "dictionaries", "delta") for damage in (cut_short, garbled)),
    ],
)
def test_a_damaged_file_is_told_counted_and_mended_by_the_next_tick(
    world: World, file: str, damage: Callable[[World, str], None]
) -> None:
    as_of = world.manifest.as_of(world.clock.at)
    key = keys_of(world)[file]
    damage(world, key)
    given = world.recomputing()
    with pytest.raises(SnapshotBroken) as told:
        given.snapshots.open_partition(SHOP, 0)
    assert key in str(told.value)
    assert world.counted["SnapshotBroken"] == 1
    world.wait(minutes=1)
    assert world.manifest.as_of(world.clock.at) == as_of
    assert world.tick() == [SHOP.id]
    assert world.said() == world.facts_as_said()
    assert world.manifest.as_of(world.clock.at) == world.clock.at
    assert_true(world)
    assert world.moves() == []


def older_schema(world: World, place: Any) -> None:
    held = world.items.get(place)
    assert held is not None
    body = {**held.body, "schema_version": SCHEMA_VERSION - 1, "a field of then": 1}
    world.items.write(Put(Item(place, held.version, body)))


@pytest.mark.parametrize("place", [keys.snapshot(SHOP.id), keys.partition(SHOP.id, 0)])
def test_an_older_schema_is_built_anew_under_numbers_never_used(world: World, place: Any) -> None:
    older_schema(world, place)
    world.buy("carl@example.com")
    world.pump()
    world.listen()
    assert world.tick() == [SHOP.id]
    assert world.manifest.numbers == (1,)
    assert world.said() == world.facts_as_said()
    assert world.moves() == []


def test_a_manifest_that_is_none_is_told_as_such(world: World) -> None:
    world.items.stored.pop(keys.partition(SHOP.id, 0))
    with pytest.raises(SnapshotBroken, match="partition 0: It has no manifest"):
        world.opened()
    world.tick()
    assert world.said() == world.facts_as_said()


def test_a_delta_of_another_shape_is_told_as_such(world: World) -> None:
    key = keys_of(world)["delta"]
    body = decompress(world.files.stored[key]).replace(b'"nodes"', b'"knots"')
    world.files.stored[key] = compress(body, 6, mtime=0)
    [partition] = world.partitions.values()
    size = len(world.files.stored[key])
    delta = partition.deltas[0].model_copy(
        update={"file": partition.deltas[0].file.model_copy(update={"size": size})}
    )
    changed = partition.model_copy(update={"deltas": (delta,)})
    world.items.write(Put(Item(keys.partition(SHOP.id, 0), "9", changed.as_json())))
    with pytest.raises(SnapshotBroken, match="It does not validate"):
        world.opened()


def test_a_shop_without_a_snapshot_says_that_it_is_being_built(tmp_path: Path) -> None:
    world = World(tmp_path)
    with pytest.raises(NotBuilt, match="counted for the first time"):
        world.opened()
    assert world.manifest.as_of(world.clock.at) is None


def test_a_file_deleted_under_a_slow_reader_is_no_damage_if_another_took_its_place(world: World) -> None:
    given = world.recomputing()
    slow = given.snapshots.open_partition
    before = dict(world.files.stored)
    partition = world.partitions[0]

    class Late:
        """Reads the manifest long before the files."""

        def __getattr__(self, name: str) -> Any:
            return getattr(world.items, name)

        def get_many(self, places: Any) -> Any:
            held = world.items.get_many(places)
            if not hasattr(self, "read"):
                self.read = True
                world.wait(hours=12)
                world.tick()
                for ref in partition.files:
                    world.files.stored.pop(ref.key, None)
            return held

    given.snapshots._items = Late()  # type: ignore[assignment]
    opened = slow(SHOP, 0)
    assert before.keys() != world.files.stored.keys()
    assert opened.manifest == world.partitions[0]
    assert "SnapshotBroken" not in world.counted


def test_files_that_nothing_leads_to_are_deleted_once_no_reader_can_need_them(world: World) -> None:
    former = {ref.key for ref in world.partitions[0].files}
    world.files.put("snapshot/velo/0/left-by-one-who-was-killed", b"1")
    world.wait(hours=12)
    world.tick()  # midnight: a pass
    assert former <= world.files.stored.keys()
    world.wait(hours=24)
    world.tick()
    left = {key for key in world.files.stored if key.startswith("snapshot/")}
    wanted = {ref.key for ref in world.partitions[0].files}
    assert wanted <= left
    assert not former & (left - wanted)
    assert "snapshot/velo/0/left-by-one-who-was-killed" not in left
    young = left - wanted
    assert all(world.real - world.files.written_at[key] <= GRACE for key in young)


# ------------------------------------------------------------ a step that fails


def failing(times: int, monkeypatch: pytest.MonkeyPatch, number: int | None = None) -> list[int]:
    """The pass over a partition (any, or this) fails so often."""
    usual, failed = full_pass.pass_partition, []

    def passing(given: Any, shop: Any, at: int, running: Any) -> bool:
        if number in (None, at) and len(failed) < times:
            failed.append(at)
            raise RuntimeError("out of luck")
        return usual(given, shop, at, running)

    monkeypatch.setattr("kairos.services.snapshot.recomputing.pass_partition", passing)
    return failed


def test_what_fails_twice_succeeds_at_the_third_attempt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(stepping.ATTEMPTS - 1, monkeypatch)
    world.wait(hours=12)
    world.tick()
    assert len(world.errors) == 2
    assert world.manifest.failed == ()
    assert world.said() == world.facts_as_said()


def test_what_fails_three_times_says_as_of_until_a_tick_succeeds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tick()
    right = world.clock.at
    failing(stepping.ATTEMPTS, monkeypatch)
    world.wait(hours=12)
    assert world.tick() == [SHOP.id]
    assert world.manifest.failed == (0,)
    assert world.counted["RecomputeStepsFailed"] == stepping.ATTEMPTS
    world.wait(minutes=5)
    assert world.manifest.as_of(world.clock.at) == right
    assert world.tick() == [SHOP.id]
    assert world.manifest.failed == ()
    assert world.manifest.as_of(world.clock.at) == world.clock.at
    assert "lapsed" in world.segments(node("email", ADA))
    assert world.said() == world.facts_as_said()


def test_of_several_partitions_the_others_are_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    buyers = [world.buy(f"buyer{number}@example.com") for number in range(8)]
    world.pump()
    world.divide(3)
    first, *_ = numbers = world.manifest.numbers
    failed = failing(99, monkeypatch, first)
    world.wait(hours=12)
    world.run_machine()
    assert set(failed) == {first}
    assert world.manifest.failed == (first,)
    current = world.manifest.current
    turned = {one for one in buyers if "lapsed" in world.segments(one)}
    assert turned == {one for one in buyers if current.number_of(one) != first}
    assert 0 < len(turned) < len(buyers)
    monkeypatch.undo()
    world.real = world.real.replace(day=25)
    world.run_machine()
    assert world.manifest.failed == ()
    assert all("lapsed" in world.segments(one) for one in buyers)
    assert world.said() == world.facts_as_said()
    assert len(numbers) == 3


def test_a_rule_that_fails_keeps_its_members_and_nobody_else_from_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours in one criterion, and a day that begins."""
    usual = OrderCount.sql

    def failing_above_one(self: OrderCount, query: Any) -> str:
        if self.at_least == 2:
            raise ZeroDivisionError
        return usual(self, query)

    world.buy(ADA)
    world.pump()
    monkeypatch.setattr(OrderCount, "sql", failing_above_one)
    world.wait(hours=12)
    world.tick()
    assert world.counted["RulesFailed"] == 1
    assert world.errors == []
    assert {"loyal", "lapsed"} <= world.segments(node("email", ADA))
    assert "loyal" not in world.segments(node("email", BOB))
    assert world.said() == world.facts_as_said()

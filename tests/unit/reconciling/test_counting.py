"""What recording says of a document that reconciling brought, and what it leaves alone."""

import json
from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.shop import Shop
from kairos.ports import Items, ShopDocument
from kairos.services.segments.shelf import load_segments
from tests.shelves import settle
from tests.unit.reconciling.world import World, found
from tests.unit.recording.world import Crash, FaultyItems

MADE = "SegmentEntered"


def reconciled(world: World) -> None:
    """All that the shop's API lists is on the queue."""
    world.wait(hours=1)
    world.tick()


def test_a_worker_that_dies_anywhere_leaves_nothing_unfolded_and_counts_once(world: World) -> None:
    world.change("orders", 1, customer={"id": 7, "email": "kim@example.com"}, email="kim@example.com")
    reconciled(world)
    [delivery] = world.queue

    before = dict(world.items.stored)
    for dies_at in range(60):

        def die(number: int, when: str, dies_at: int = dies_at) -> None:
            if (number, when) == (dies_at // 2, ("before", "after")[dies_at % 2]):
                raise Crash

        recorder = world.recorder()._replace(items=FaultyItems(world.items, die))
        try:
            recorder.record(delivery)
        except Crash:
            world.recorder().record(delivery)
        assert found(world, world.clock.time) == ["orders/missing"]
        assert profiles(world) == 1
        world.items.stored = dict(before)


def profiles(world: World) -> int:
    return len([key for key in world.items.stored if key.sk == "profile"])


def test_the_note_of_what_was_missing_names_nobody_and_goes_after_a_week(world: World) -> None:
    world.change("customers", 4711, email="kim@example.com")
    reconciled(world)
    world.record()
    [mark] = [item for key, item in world.items.stored.items() if key.sk.startswith("found#")]
    assert "4711" not in mark.key.sk
    assert mark.body == {}
    assert mark.expires_at == int((world.clock.time + timedelta(days=8)).timestamp())


def test_a_poorer_telling_of_the_same_time_does_not_replace_what_is_known(world: World) -> None:
    told = world.change("orders", 1, told=True, email="kim@example.com", note="a")
    world.record()
    before = world.stored()
    for number in range(8):  # whichever hash is the greater
        poorer = {**told, "email": None, "name": f"#{number}"}
        world.enqueue(world.shop, ShopDocument("orders/updated", json.dumps(poorer).encode()))
        assert world.record() == [("orders", "known")]
    assert world.stored() == before


def test_webhooks_and_fetched_documents_are_not_counted_as_found(world: World) -> None:
    world.change("orders", 1, told=True)
    assert world.record() == []
    assert found(world, world.clock.time) == []


@pytest.mark.parametrize(("days", "starts"), [(1, True), (2.9, True), (3.1, False), (30, False)])
def test_what_is_found_three_days_late_is_right_but_starts_no_scenario(
    world: World, days: float, starts: bool
) -> None:
    settle(world.items, world.shop)
    world.change("orders", 1, email="kim@example.com", customer={"id": 7, "email": "kim@example.com"})
    world.wait(days=days)
    world.tick()
    assert started(world) is starts


@pytest.mark.parametrize(("days", "starts"), [(2.9, True), (3.1, False)])
@pytest.mark.parametrize("source", ["webhook", "fetched"])
def test_nor_does_what_is_replayed_or_fetched_three_days_late(
    world: World, source: str, days: float, starts: bool
) -> None:
    settle(world.items, world.shop)
    kim = {"email": "kim@example.com", "customer": {"id": 7, "email": "kim@example.com"}}
    world.change("orders", 1, told=True, **kim)
    world.queue = [one.model_copy(update={"source": source}) for one in world.queue]
    world.wait(days=days)
    assert started(world) is starts


def test_what_changed_lately_starts_scenarios_however_long_it_was_not_fetched(world: World) -> None:
    settle(world.items, world.shop)
    long_ago = world.clock.time
    world.wait(days=5)
    kim = {"email": "kim@example.com", "customer": {"id": 7, "email": "kim@example.com"}}
    world.change("orders", 1, told=True, **kim)
    first = {"source": "fetched", "received_at": long_ago}
    world.queue = [one.model_copy(update=first) for one in world.queue]
    assert started(world)


def started(world: World) -> bool:
    """Whether what is queued, once recorded, starts scenarios; it changes segments all the same."""
    objects = Transitions()
    recorder = world.recorder(objects=objects, load=loaded)
    for delivery in world.queue:
        assert recorder.record(delivery).kind == "recorded"
    told = [event for event in world.bus.published.values() if event.name == MADE]
    assert bool(told) is not bool(objects.kept)
    [membership] = [item for key, item in world.items.stored.items() if key.sk == "membership"]
    assert membership.body
    assert keys.order("velo", "1") in world.items.stored
    return bool(told)


def loaded(items: Items, shop: Shop):
    return load_segments(items, shop)


class Transitions:
    """Where transitions are kept that the bus is not told one by one."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def put(self, key: str, *_: object) -> None:
        self.kept.append(key)

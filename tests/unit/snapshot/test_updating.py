"""Customers who changed: evaluated, and told to the snapshot, whoever they turn out to be."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.domain.errors import Throttled
from kairos.domain.profile import Profile
from kairos.engine.delta import Line, merge
from kairos.engine.encode import Dictionaries
from kairos.services.privacy.erase_shop import ShopErasing, erase_shop
from kairos.services.recording.messages import QueuedMessage
from kairos.services.snapshot import feeding
from kairos.services.snapshot.messages import update_all
from kairos.services.snapshot.updating import Occasion
from tests.unit.api.fakes import MemorySecrets
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, node, order, who
from tests.unit.snapshot.world import World

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty shop, whose snapshot has begun."""
    world = World(tmp_path)
    world.tick()
    return world


def told(**body: Any) -> QueuedMessage:
    return QueuedMessage(f"message {body}", json.dumps({"shop": SHOP.id, **body}))


def test_who_merges_is_one_customer_in_the_snapshot(world: World) -> None:
    world.buy(ADA)
    world.deliver(order("2", 1, identities=who(platform_id="c1")))
    world.pump()
    world.tick()
    assert len(world.said()) == 2
    world.deliver(order("3", 2, identities=who(platform_id="c1", email=ADA)))
    world.pump()
    assert world.said().keys() == {node("platform_id", "c1")}
    assert world.said() == world.facts_as_said()


def test_who_merges_across_partitions_is_gone_from_the_other(world: World) -> None:
    people = [f"buyer{number}@example.com" for number in range(6)]
    for number, email in enumerate(people):
        world.buy(email)
        world.deliver(order(f"c{number}", 1, identities=who(platform_id=f"c{number}")))
    world.pump()
    world.divide(3)
    assert len(world.said()) == 12
    for number, email in enumerate(people):
        identities = who(platform_id=f"c{number}", email=email)
        world.deliver(order(f"both{number}", 2, identities=identities))
    world.pump()
    assert world.said() == world.facts_as_said()
    assert len(world.said()) == 6


def test_who_is_erased_leaves_no_word_behind(world: World) -> None:
    world.buy(ADA)
    world.buy(BOB)
    world.pump()
    world.wait(hours=12)
    world.tick()
    assert ADA in str(dict(world.opened()[0].words))
    world.erase(SHOP.id, [ADA_ID], world.clock.now())
    world.queued = [Occasion([ADA_ID], "event", "erasure")]
    world.pump()
    assert world.said().keys() == {BOB_ID}
    world.wait(hours=24)
    world.tick()
    [opened] = world.opened()
    assert ADA not in str(dict(opened.words))
    assert BOB in str(dict(opened.words))
    assert world.said() == world.facts_as_said()


def test_an_erased_shop_leaves_no_file_and_is_listed_no_more(world: World) -> None:
    world.buy(ADA)
    world.pump()
    world.wait(hours=12)
    world.tick()

    class Sweep:
        def page(self, start: str, after: str | None, part: int = 0, parts: int = 1) -> Any:
            assert (after, part, parts) == (None, 0, 1)
            return [key for key in world.items.stored if key.pk.startswith(start)], None

    assert [key for key in world.files.stored if key.startswith("snapshot/")]
    erase_shop(ShopErasing(world.items, world.files, MemorySecrets(), Sweep(), lambda: 0.0), SHOP.id)
    assert [key for key in world.files.stored if key.startswith("snapshot/")] == []
    assert world.items.query(keys.listed_shop(SHOP.id).pk) == []
    assert [key for key in world.items.stored if SHOP.id in key.pk] == []


def test_visitors_nobody_knows_are_told_to_nobody(world: World) -> None:
    before = world.partitions[0]
    world.queued = [Occasion([node("visitor", "v1")], "event", "a message")]
    world.pump()
    assert world.partitions[0] == before


def test_an_import_is_evaluated_and_starts_no_scenario(world: World) -> None:
    world.settle()
    world.deliver(order("1", 1, identities=who(email=ADA)))
    world.listen()
    profile, membership = keys.profile(SHOP.id, ADA_ID), keys.membership(SHOP.id, ADA_ID)
    for place in (profile, membership):  # as an import leaves it: orders without a profile
        world.items.stored.pop(place)
    world.queued = [Occasion([ADA_ID], "import", "a message")]
    world.pump()
    assert "buyers" in world.segments(ADA_ID)
    assert world.moves() == []
    assert {line["cause"] for line in world.filed()} == {"import"}
    assert world.said() == world.facts_as_said()


def test_messages_are_taken_in_by_shop_and_only_the_failed_ones_come_again(world: World) -> None:
    world.buy(ADA)
    world.queued.clear()
    given = world.updating()
    errors: list[tuple[str, str]] = []
    failed = update_all(
        given,
        [
            told(customers=[ADA_ID], cause="event"),
            QueuedMessage("other", json.dumps({"shop": "elsewhere", "customers": ["c1"]})),
            QueuedMessage("unreadable", "{"),
            QueuedMessage("strange", json.dumps({"shop": SHOP.id, "wishes": 1})),
        ],
        lambda: True,
        lambda shop, error: errors.append((shop, type(error).__name__)),
    )
    assert failed == ["unreadable", "strange"]
    assert [shop for shop, _ in errors] == ["unknown", "unknown"]
    assert world.said().keys() == {ADA_ID}


def test_what_fails_for_now_comes_again_and_says_no_more_than_why(world: World) -> None:
    world.buy(ADA)
    given = world.updating()

    class Busy:
        def __getattr__(self, _: str) -> Any:
            raise Throttled("slow down")

    busy: Any = Busy()
    given = given._replace(evaluating=given.evaluating._replace(items=busy))
    errors: list[str] = []
    message = told(customers=[ADA_ID], cause="event")
    failed = update_all(given, [message], lambda: True, lambda _, error: errors.append(type(error).__name__))
    assert (failed, errors) == ([message.id], ["Throttled"])


def test_without_time_left_nothing_is_begun(world: World) -> None:
    message = told(customers=[ADA_ID], cause="event")
    assert update_all(world.updating(), [message], lambda: False, lambda *_: None) == [message.id]


def test_products_come_with_the_same_queue(world: World) -> None:
    assert update_all(world.updating(), [told(products=["7"])], lambda: True, lambda *_: None) == []


def test_a_shop_that_is_gone_has_no_customers(world: World) -> None:
    world.items.stored.pop(keys.shop(SHOP.id))
    assert update_all(world.updating(), [told(customers=[ADA_ID])], lambda: True, lambda *_: None) == []


def test_many_small_changes_are_put_together(world: World) -> None:
    for number in range(feeding.MOST_SMALL * 2 + 3):
        world.buy(f"buyer{number % 3}@example.com")
        world.pump()
    partition = world.partitions[0]
    assert len(partition.deltas) < feeding.MOST_SMALL
    assert sum(one.customers for one in partition.deltas) < partition.sequence
    assert world.said() == world.facts_as_said()
    world.wait(hours=2)
    world.tick()
    assert_true(world)


def test_a_warm_reader_is_only_told_what_changed(world: World) -> None:
    world.buy(ADA)
    world.pump()
    world.wait(hours=12)
    world.tick()
    given = world.recomputing()
    first = given.snapshots.open_partition(SHOP, 0)
    fetched: list[str] = []
    usual = world.files.fetch
    world.files.fetch = lambda key, path: (fetched.append(key), usual(key, path))[1]  # type: ignore[method-assign]
    world.buy(BOB)
    world.pump()
    assert given.snapshots.open_partition(SHOP, 0) is first
    assert len(fetched) == 1
    assert len(first.numbers()) == 2


# ------------------------------------------------------------ changes, one after the other


def line(customer: str, *nodes: str, version: str = "1") -> Line:
    return Line(customer, Profile(id=customer, nodes=(customer, *nodes)), version)


def gone(customer: str) -> Line:
    return Line(customer, None)


def alive(lines: list[Line]) -> Mapping[str, str]:
    return {one.customer: one.version for one in lines if one.profile}


def test_the_last_telling_of_a_customer_counts() -> None:
    lines = merge([[line("c1"), line("c2")], [line("c1", version="2")], [gone("c2")]])
    assert alive(lines) == {"c1": "2"}
    assert gone("c2") in lines


def test_who_merged_stays_gone_when_the_other_goes_too() -> None:
    lines = merge([[line("c1", "e1")], [gone("c1")]])
    assert set(lines) == {gone("c1"), gone("e1")}


def test_who_left_another_is_a_customer_again() -> None:
    assert alive(merge([[line("c1", "p1")], [line("p1")]])) == {"c1": "1", "p1": "1"}
    assert alive(merge([[line("p1")], [line("c1", "p1")]])) == {"c1": "1"}


def test_words_of_a_dictionary_keep_their_codes() -> None:
    """Which compaction relies on, when it leaves out what nobody uses any more."""
    words = Dictionaries({"country": [None, None, "CH"]})
    assert (words.code("country", "CH"), words.code("country", "DE")) == (2, 3)

"""Whatever webhooks are lost, and whatever befalls the shop's API: in the end all is as the shop has it."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos.adapters.shop_apis import shopify_reading
from tests.adapters.shop_apis.fake_lists import FakeLists
from tests.unit.reconciling.world import World

Happening = Callable[[World], None]
"""Something that happens."""


def changes(told: tuple[str, int, bool, int]) -> Happening:
    """A document changes; its webhook arrives or is lost."""
    kind, number, arrives, cents = told
    more: dict[str, Any] = (
        {"total_price": f"{cents}.00"} if kind == "orders" else {"first_name": f"Kim {cents}"}
    )
    return lambda world: void(world.change(kind, number, arrives, **more))


def meanwhile(told: tuple[str, int, bool, int]) -> Happening:
    """The same, but while the shop is being read: with its next request."""

    def set_up(world: World) -> None:
        def with_the_request(_asked: Any) -> None:
            world.admin.before = lambda _: None
            changes(told)(world)

        world.admin.before = with_the_request

    return set_up


def troubles(moods: list[str]) -> Happening:
    return lambda world: world.admin.moods.extend(moods)


def cursors_expire(world: World) -> None:
    world.admin.cursors += 1


def waits(minutes: int) -> Happening:
    return lambda world: world.wait(minutes=minutes)


def ticks(pages: int | None) -> Happening:
    """A tick of the schedule, that may have time for some pages only."""

    def set_off(world: World) -> None:
        world.pages_left = pages
        void(world.tick())
        world.pages_left = None

    return set_off


def records(chance: Random) -> Happening:
    """The queue is worked off, in any order, some of it twice."""

    def shuffled(queue: list[Any]) -> list[Any]:
        twice = [*queue, *(one for one in queue if chance.random() < 0.3)]
        chance.shuffle(twice)
        return twice

    return lambda world: void(world.record(shuffled))


def void(_done: object) -> None:
    """Nothing to tell."""


DOCUMENTS = st.tuples(
    st.sampled_from(["orders", "customers"]), st.integers(1, 6), st.booleans(), st.integers(1, 99)
)
MOODS = st.lists(st.sampled_from(["throttled", "outage", "page", "cut", "refused"]), min_size=1, max_size=3)
HAPPENINGS = st.one_of(
    DOCUMENTS.map(changes),
    DOCUMENTS.map(changes),
    DOCUMENTS.map(meanwhile),
    MOODS.map(troubles),
    st.just(cursors_expire),
    st.integers(1, 200).map(waits),
    st.one_of(st.none(), st.integers(0, 5)).map(ticks),
    st.randoms(use_true_random=False).map(records),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=st.lists(HAPPENINGS, max_size=25))
def test_in_the_end_the_stored_documents_are_those_of_the_shop(
    admin: FakeLists, monkeypatch: Any, happenings: list[Happening]
) -> None:
    monkeypatch.setattr(shopify_reading, "PAGE_SIZES", (2, 1))
    world = World(admin)
    for happens in happenings:
        happens(world)
    world.admin.moods, world.admin.before = [], lambda _: None
    for _ in range(3):
        world.wait(days=1, minutes=10)
        world.tick()
    world.record()
    assert world.stored() == world.true()
    assert world.errors == []

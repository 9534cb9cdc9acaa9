"""The recompute and the feeding are killed everywhere: whoever comes next ends in the same."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.domain.segment import Segment
from kairos.ports import Item, Put
from kairos.services.snapshot.lease import LEASE
from tests.unit.memberships.world import assert_true
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP
from tests.unit.snapshot.world import World

Job = Callable[[World, Any], Any]


class Killed(BaseException):
    """Not an error that anybody could handle: the process is gone."""


def killer(place: int) -> Callable[[int, str], None]:
    """Kills at a call of store, bus or bucket: before even ones, after odd ones."""
    moment = "after" if place % 2 else "before"

    def on_call(call: int, when: str) -> None:
        if (call, when) == (place, moment):
            raise Killed

    return on_call


def ticking(world: World, on_call: Any) -> None:
    world.tick(on_call)


def feeding(world: World, on_call: Any) -> None:
    world.pump(world.updating(on_call))


def recompute_by_closures(folder: Path) -> World:
    """Two customers are due; one was told of since."""
    world = World(folder)
    world.buy(ADA)
    world.buy(BOB)
    world.pump()
    world.tick()
    world.wait(minutes=45)
    world.buy(BOB)
    world.pump()
    return world


def recompute_by_a_pass(folder: Path) -> World:
    """A day begins, a rule says the same in other words, some are due."""
    world = recompute_by_closures(folder)
    told = Segment(id="loyal", name="loyal", rule={"kind": "order_count", "more_than": 1})
    world.items.write(Put(Item(keys.segment(SHOP.id, "loyal"), "2", told.as_json())))
    world.wait(hours=11, minutes=30)
    return world


def feed_a_change(folder: Path) -> World:
    """A change of each of two customers is queued."""
    world = recompute_by_closures(folder)
    world.buy(ADA)
    world.buy("carl@example.com")
    return world


def build(folder: Path) -> World:
    """There are customers, and a product, but no snapshot yet."""
    world = World(folder)
    world.buy(ADA)
    world.buy(BOB)
    world.queued.clear()
    return world


def ended(world: World) -> dict[str, Any]:
    """How it all ends: the segments of each customer, and how often they entered and left each."""
    for _ in range(3):
        world.real += LEASE
        world.pump()
        world.tick()
    assert world.errors == []
    assert world.said() == world.facts_as_said()
    assert_true(world)
    layout = world.shelf().layout
    return {
        customer: (
            sorted(world.segments(customer)),
            Counter((layout.positions[one.position].segment, one.entered) for one in held.recent),
        )
        for customer, held in world.memberships().items()
    }


CASES = {
    "closures": (recompute_by_closures, ticking),
    "a pass": (recompute_by_a_pass, ticking),
    "feeding": (feed_a_change, feeding),
    "building": (build, ticking),
}


def calls_of(folder: Path, arrange: Callable[[Path], World], job: Job) -> int:
    """How many calls the job makes when nobody kills it."""
    calls: list[int] = []
    job(arrange(folder), lambda call, _: calls.append(call))
    return max(calls) + 1


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("share", range(2))
def test_killed_anywhere_it_ends_in_the_same(case: str, share: int, tmp_path: Path) -> None:
    arrange, job = CASES[case]
    ideal = ended(arrange(tmp_path / "ideal"))
    calls = calls_of(tmp_path / "calls", arrange, job)
    place = calls * (2 + 3 * share) // 6 + share
    world = arrange(tmp_path / "killed")
    with pytest.raises(Killed):
        job(world, killer(min(place, calls - 1)))
    assert ended(world) == ideal


@pytest.mark.proof
@pytest.mark.parametrize("case", CASES)
def test_killed_at_every_single_call_it_ends_in_the_same(case: str, tmp_path: Path) -> None:
    arrange, job = CASES[case]
    ideal = ended(arrange(tmp_path / "ideal"))
    for place in range(calls_of(tmp_path / "calls", arrange, job)):
        world = arrange(tmp_path / f"killed-{place}")
        with pytest.raises(Killed):
            job(world, killer(place))
        assert ended(world) == ideal, place

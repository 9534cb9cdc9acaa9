"""The worker is killed everywhere: repeated, it ends in the same, and has told everything."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.memberships.test_interleaved import recorded
from tests.unit.memberships.world import World, assert_true
from tests.unit.recording.histories import histories, tellings
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import Crash, order, who

BOUGHT = [
    (order("1", 1, identities=who(email=ADA)),),
    (order("2", 1, identities=who(platform_id="c1")),),
    (order("3", 1, identities=who(email=BOB)),),
]
ADA_IS_C1 = (order("4", 90, identities=who(platform_id="c1", email=ADA)),)
LATER = timedelta(hours=2)
Job = Callable[[World, Any], Any]


def delivering(world: World, on_call: Any) -> None:
    world.deliver(*ADA_IS_C1, on_call=on_call)


def passing(world: World, on_call: Any) -> None:
    """Repeated, the recompute proposes what it had proposed: the snapshot is rewritten at its end."""
    world.proposed("a pass", on_call=on_call)  # type: ignore[attr-defined]


def repairing(world: World, on_call: Any) -> None:
    world.proposed("a check", "repair", on_call=on_call)  # type: ignore[attr-defined]


def importing(world: World, on_call: Any) -> None:
    customers = sorted(world.stored_profiles())
    world.evaluate(*customers, cause="import", of="an import", on_call=on_call)


def fresh() -> World:
    world = recorded(BOUGHT)
    world.proposed = world.engine()  # type: ignore[attr-defined]
    return world


def killer(place: int, moment: str) -> tuple[Callable[[int, str], None], list[int]]:
    """Ends the worker before or after its n-th call; what was called."""
    calls: list[int] = []

    def on_call(call: int, when: str) -> None:
        calls.append(call)
        if (call, when) == (place, moment):
            raise Crash

    return on_call, calls


def told_of(world: World) -> set[str]:
    return {event.id for event in world.bus.published.values() if event.name != "SegmentsRecomputed"}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("job", [delivering, passing, repairing, importing])
def test_killed_at_every_call_and_repeated(job: Job, moment: str) -> None:
    ideal = fresh()
    job(ideal, None)
    for place in range(500):
        world = fresh()
        on_call, calls = killer(place, moment)
        with contextlib.suppress(Crash):
            job(world, on_call)
        job(world, None)
        assert world.canonical() == ideal.canonical()
        assert told_of(world) == told_of(ideal)
        assert world.files.stored == ideal.files.stored
        assert versions(world) == versions(ideal)
        if max(calls) < place:
            break
    assert place > 5


def versions(world: World) -> dict[str, str]:
    """How often each membership was written."""
    return {key.pk: held.version for key, held in world.items.stored.items() if key.sk == "membership"}


def test_a_delivery_repeated_after_its_customers_have_become_one_tells_what_it_had_not() -> None:
    """Bob's worker dies before the bus is told; until he comes again, Bob has turned out to be c1."""
    bob = (order("3", 1, identities=who(email=BOB)),)
    world = World()
    published, world.bus.publish = world.bus.publish, killed
    with pytest.raises(Crash):
        world.deliver(*bob)
    world.bus.publish = published
    world.deliver(order("4", 2, "cancelled", identities=who(platform_id="c1", email=BOB)))
    assert ("buyers", True) not in world.moves()
    world.deliver(*bob)
    assert ("buyers", True) in world.moves()
    assert_true(world)


def killed(*_told: object) -> None:
    raise Crash


@given(histories, tellings, st.integers(0, 120), st.sampled_from(["before", "after"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_told_a_killed_worker_and_a_pass_between_leave_the_truth(before, telling, place, moment):
    world = recorded(before)
    commit = world.engine()
    on_call, _ = killer(place, moment)
    with contextlib.suppress(Crash):
        world.deliver(*telling, on_call=on_call)
    commit()
    world.deliver(*telling)
    assert_true(world)

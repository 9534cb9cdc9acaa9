"""A broadcast that ends early leaves nobody behind, and one whose execution died goes on."""

from datetime import time, timedelta

import pytest

from kairos.domain.broadcast import Broadcast, Form, Stage
from kairos.domain.shop import QuietHours
from kairos.services.broadcasts import ending
from kairos.services.broadcasts.starting import OVERDUE, set_going, stop
from kairos.services.broadcasts.ticking import start_waiting
from tests.unit.broadcasts.world import MONDAY_NOON, SHOP, World

UNTIL_14 = SHOP.model_copy(update={"quiet_hours": QuietHours(start=time(12), end=time(15))})
"""Their hours end at 14:00 in UTC."""


def of_members(world: World, broadcast: Broadcast) -> list[str]:
    """What is still kept of whom the broadcast concerned."""
    own = [key.sk for key in world.store.stored if key.pk == f"{SHOP.id}#broadcast#{broadcast.id}"]
    return [one for one in own if one.startswith(("batch#", "later#", "customers"))]


NEWS = Form(step="launch", stages=(Stage(audience="told"),))


def named(world: World) -> Broadcast:
    """About a product, to customers named one by one, 30 in a page."""
    world.switch("launch_announcement")
    world.product("lamp")
    told = {"audience": {"customers": len(world.known)}, "customers": world.known, "pace": 3}
    return world.begin("launch_announcement", NEWS, subject={"product": "lamp"}, **told)


def test_who_waits_or_is_queued_when_it_ends_early_is_counted_and_let_go_of() -> None:
    world = World(60, UNTIL_14)
    broadcast = named(world)  # batches of 25 and 5
    world.page(broadcast)
    world.decide(most=1)
    world.switch("launch_announcement", on=False)
    told = world.page(broadcast)
    done = world.now(broadcast)
    assert (told.decision, told.reason, done.state) == ("end", "switched off", "done")
    assert (done.counts.queued, done.counts.sent, done.counts.waiting) == (30, 0, 0)
    assert done.counts.left_out == {"switched off": 30}
    assert of_members(world, broadcast) == []


def test_what_was_decided_and_not_yet_counted_when_it_ends_is_counted() -> None:
    world = World(30)
    broadcast = named(world)
    world.page(broadcast)
    world.decide(most=1)
    world.switch("launch_announcement", on=False)
    world.page(broadcast)
    done = world.now(broadcast)
    assert (done.counts.sent, done.counts.left_out) == (25, {"switched off": 5})


def test_an_end_that_died_half_way_is_completed_by_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(30, UNTIL_14)
    broadcast = named(world)
    world.page(broadcast)
    world.decide()
    world.switch("launch_announcement", on=False)
    with monkeypatch.context() as broken:
        broken.setattr(ending.waiting, "everybody", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            world.page(broadcast)
    assert of_members(world, broadcast)
    start_waiting(world.executing, SHOP.id)
    assert of_members(world, broadcast) == []
    assert world.now(broadcast).counts.left_out == {"switched off": 30}


def test_all_that_is_kept_of_members_expires_should_it_stay_stopped() -> None:
    world = World(60, UNTIL_14)
    broadcast = named(world)
    world.page(broadcast)
    world.decide(most=1)
    stop(world.executing, SHOP.id, broadcast.id)
    kept = [item for key, item in world.store.stored.items() if key.sk in of_members(world, broadcast)]
    assert {item.key.sk.partition("#")[0] for item in kept} == {"batch", "later", "customers"}
    assert all(item.expires_at is not None for item in kept)


# ---------------------------------------------------------------- executions that died


def test_an_execution_that_died_is_followed_by_another_that_completes_it() -> None:
    world = World(60)
    broadcast = named(world)
    wait = world.page(broadcast).wait_seconds
    world.clock.at += timedelta(seconds=wait) + OVERDUE
    assert start_waiting(world.executing, SHOP.id) == 0
    world.clock.at += timedelta(minutes=1)
    assert start_waiting(world.executing, SHOP.id) == 1
    assert [*world.machines.started] == [f"{broadcast.id}-1", f"{broadcast.id}-2"]
    assert world.run(broadcast).counts.sent == len(world.got) == 60


def test_one_that_dies_before_its_first_page_is_followed_too_and_not_at_every_tick() -> None:
    world = World(3)
    broadcast = set_going(world.executing, SHOP.id, named(world).id)
    world.clock.at += OVERDUE + timedelta(minutes=1)
    assert [start_waiting(world.executing, SHOP.id) for _ in range(3)] == [1, 0, 0]
    assert world.now(broadcast).execution == 2


def test_one_that_waits_for_long_is_not_taken_for_dead() -> None:
    world = World(3, UNTIL_14.model_copy(update={"quiet_hours": QuietHours(start=time(12), end=time(23))}))
    broadcast = named(world)
    while world.page(broadcast).wait_seconds < OVERDUE.total_seconds():
        world.decide()
        world.clock.at += timedelta(minutes=1)
    world.clock.at = MONDAY_NOON + timedelta(hours=9)
    assert start_waiting(world.executing, SHOP.id) == 0
    assert world.now(broadcast).execution == 1

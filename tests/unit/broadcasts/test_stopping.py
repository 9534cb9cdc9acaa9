"""A broadcast stopped half-way gets nobody anything more; resumed, it is complete, and once each."""

import copy
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.domain.errors import NotFound, Refused
from kairos.services.broadcasts.running import resume_broadcast, stop_run
from kairos.services.broadcasts.starting import resume, set_going, stop
from kairos.services.broadcasts.ticking import start_waiting
from tests.unit.broadcasts.world import MONDAY_NOON, SHOP, World

CROWD = World(30)


def test_a_stop_is_honoured_by_those_already_queued() -> None:
    world = World(60)
    broadcast = world.campaign()
    world.page(broadcast)
    world.decide(most=1)
    stop(world.executing, SHOP.id, broadcast.id)
    world.decide()
    assert len(world.got) == 25
    assert world.page(broadcast).decision == "end"
    assert (world.now(broadcast).state, world.now(broadcast).reason) == ("stopped", "stopped")


def test_what_was_decided_while_it_was_stopped_is_not_on_record() -> None:
    world = World(3)
    broadcast = world.campaign()
    world.page(broadcast)
    stop(world.executing, SHOP.id, broadcast.id)
    world.decide()
    assert [world.decided(broadcast, number) for number in range(3)] == [[], [], []]


def test_resumed_it_goes_on_with_those_queued_and_then_behind_the_last() -> None:
    world = World(100)
    broadcast = world.campaign(pace=5)  # 50 in a page
    world.page(broadcast)
    world.decide(most=1)
    stop(world.executing, SHOP.id, broadcast.id)
    world.decide()
    world.clock.at += timedelta(days=1)
    resume(world.executing, SHOP.id, broadcast.id)
    done = world.run(broadcast)
    assert len(world.got) == len(set(world.got)) == done.counts.sent == 100
    assert [*world.machines.started] == [f"{broadcast.id}-1", f"{broadcast.id}-2"]


def test_the_execution_that_slept_through_stop_and_resume_ends() -> None:
    world = World(3)
    broadcast = world.campaign()
    sleeping = world.now(broadcast)
    stop(world.executing, SHOP.id, broadcast.id)
    resume(world.executing, SHOP.id, broadcast.id)
    world.run(broadcast)
    assert (sleeping.execution, world.now(broadcast).execution) == (1, 2)
    assert len(world.got) == 3


def test_a_planned_one_stopped_and_resumed_goes_when_its_time_comes() -> None:
    world = World(3)
    broadcast = world.campaign(at=MONDAY_NOON + timedelta(days=2))
    stop(world.executing, SHOP.id, broadcast.id)
    assert start_waiting(world.executing, SHOP.id) == 0
    resume(world.executing, SHOP.id, broadcast.id)
    world.clock.at += timedelta(days=2)
    start_waiting(world.executing, SHOP.id)
    assert len(world.run(broadcast).model_dump()) > 0
    assert len(world.got) == 3


def test_what_is_done_can_not_be_resumed_and_what_is_unknown_not_stopped() -> None:
    world = World(1)
    broadcast = world.campaign()
    world.run(broadcast)
    with pytest.raises(Refused, match="done"):
        resume(world.executing, SHOP.id, broadcast.id)
    assert stop(world.executing, SHOP.id, broadcast.id).state == "done"
    with pytest.raises(NotFound):
        stop_run(world.executing, SHOP.id, "campaign", "b" + "0" * 26)
    with pytest.raises(NotFound):
        stop_run(world.executing, SHOP.id, "season", broadcast.id)
    with pytest.raises(NotFound):
        stop_run(world.executing, SHOP.id, "win_back", "0" * 32)
    with pytest.raises(Refused, match="stays ended"):
        resume_broadcast(world.executing, SHOP.id, "campaign", "0" * 32)


def test_stopping_twice_and_resuming_twice_are_as_once() -> None:
    world = World(3)
    broadcast = world.campaign()
    for _ in range(2):
        stop(world.executing, SHOP.id, broadcast.id)
    for _ in range(2):
        resume(world.executing, SHOP.id, broadcast.id)
    set_going(world.executing, SHOP.id, broadcast.id)
    assert len(world.machines.started) == 2


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_however_it_is_stopped_and_resumed_everybody_gets_it_once(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test's dice
    world = copy.deepcopy(CROWD)
    broadcast = world.campaign(pace=3)
    for _ in range(12):
        match chance.choice(["page", "page", "decide", "stop", "resume", "again", "lose"]):
            case "page":
                world.clock.at += timedelta(seconds=world.page(broadcast).wait_seconds)
            case "decide":
                world.decide(most=chance.randint(1, 2))
            case "stop":
                stop(world.executing, SHOP.id, broadcast.id)
            case "resume" if world.now(broadcast).state == "stopped":
                resume(world.executing, SHOP.id, broadcast.id)
            case "again":
                world.batches.messages *= 2
            case "lose":
                world.batches.messages = world.batches.messages[1:]
    if world.now(broadcast).state == "stopped":
        resume(world.executing, SHOP.id, broadcast.id)
    done = world.run(broadcast)
    assert Counter(world.got) == Counter(world.known)
    assert (done.counts.queued, done.counts.sent) == (30, 30)

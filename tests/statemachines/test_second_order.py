"""second_order, on the real definitions with the real functions."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.statemachines.timeline_world import TimelineWorld, open_world, timeline
from tests.statemachines.world import Machine

DAY = 86_400
THANKS, SUGGESTIONS = "second_order thanks", "second_order suggestions"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with timeline("second_order") as made:
        yield made


@pytest.fixture
def opened(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TimelineWorld]:
    def made(**settings: Any) -> TimelineWorld:
        return open_world(machine, monkeypatch, f"second-{next(_numbers)}", "second_order", **settings)

    return made


def test_the_first_order_is_thanked_for_and_suggestions_follow(opened: Callable[..., TimelineWorld]) -> None:
    world = opened()
    world.order()
    states = world.follow()

    assert world.subjects == [THANKS, SUGGESTIONS]
    assert world.waited == [3 * DAY, 18 * DAY]
    assert (world.only_run().state, world.only_run().reason) == ("ended", "finished")
    assert states == [
        "FollowSteps",
        "EndRun",
        *["TakeStep", "ChooseNext", "WaitForStep"] * 2,
        "TakeStep",
        "ChooseNext",
        "EndRun",
    ]


def test_a_second_order_ends_it_at_the_next_look(opened: Callable[..., TimelineWorld]) -> None:
    world = opened()
    world.order()
    world.later(world.order, days=10)
    world.follow()

    assert world.subjects == [THANKS]
    assert world.only_run().reason == "ordered again"
    assert world.only_run().ended_at == world.clock.at


def test_who_bought_before_it_was_switched_on_does_not_enter(opened: Callable[..., TimelineWorld]) -> None:
    world = opened()
    world.put_scenario(enabled=False)
    world.order(ago=timedelta(days=1))
    world.put_scenario(enabled=True)
    world.tick()
    assert world.started == []


def test_the_waits_are_counted_from_the_order(opened: Callable[..., TimelineWorld]) -> None:
    world = opened()
    world.order(ago=timedelta(days=2))
    world.follow()
    assert world.waited == [1 * DAY, 18 * DAY]


def test_an_execution_started_twice_hands_over_once(opened: Callable[..., TimelineWorld]) -> None:
    world = opened(thanks_after="PT0S")
    world.order()
    world.follow()
    again = len(world.started)
    assert (again, world.subjects) == (0, [THANKS, SUGGESTIONS])

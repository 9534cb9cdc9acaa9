"""Those who are put off: asked again at the pace, as of the stage and moment at which they were queued."""

from datetime import time, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.domain.shop import QuietHours
from kairos.services.broadcasts import deciding, paging
from kairos.services.broadcasts.deciding import decide_batch
from kairos.services.broadcasts.starting import resume, stop
from tests.unit.broadcasts.test_paging import LAUNCH, launched
from tests.unit.broadcasts.world import MONDAY_NOON, SHOP, World

UNTIL_14 = SHOP.model_copy(update={"quiet_hours": QuietHours(start=time(12), end=time(15))})
"""Their hours end at 14:00 in UTC."""


def test_a_round_longer_than_a_page_goes_on_without_an_hour_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_A_PAGE", 25)
    world = World(130, UNTIL_14)
    world.run(world.campaign())
    assert len(world.got) == 130
    assert max(entry.reserved_at for entry in world.entries) < MONDAY_NOON + timedelta(hours=2, minutes=30)


def test_a_round_is_asked_at_the_pace_too() -> None:
    world = World(90, UNTIL_14)
    world.run(world.campaign(pace=3))  # 30 in ten minutes
    at = sorted(entry.reserved_at for entry in world.entries)
    assert all(later - earlier >= timedelta(minutes=10) for earlier, later in zip(at, at[30:], strict=False))
    assert at[-1] - at[0] < timedelta(hours=1)


def test_a_follower_who_was_put_off_gets_the_launch_though_the_others_turn_has_begun() -> None:
    """Their quiet hours end an hour after everybody's turn."""
    world = launched()
    hours = QuietHours(start=time(12), end=time(12, 30))
    world.put_shop(SHOP.model_copy(update={"quiet_hours": hours}))
    broadcast = world.begin(
        "launch_announcement", LAUNCH, subject={"product": "lamp"}, settings={"head_start": "PT1H"}
    )
    world.put_shop(UNTIL_14)
    done = world.run(broadcast)
    assert sorted(world.got) == sorted(world.node(number) for number in range(3))
    assert done.counts.left_out == {}
    assert (done.counts.sent, done.counts.earlier, done.counts.waiting) == (3, 1, 0)


def test_who_is_queued_late_is_asked_for_as_long_as_who_was_first() -> None:
    """The second page comes after four days, and is put off for some hours: that is not too late."""
    world = World(60)
    broadcast = world.campaign(pace=3)
    world.page(broadcast)
    world.decide()
    world.put_shop(UNTIL_14)
    world.clock.at += timedelta(days=4)
    done = world.run(broadcast)
    assert done.counts.left_out == {}
    assert len(world.got) == 60


def test_what_is_resumed_after_days_is_too_late_for_nobody() -> None:
    world = World(60, UNTIL_14)
    broadcast = world.campaign(pace=3)
    world.page(broadcast)
    world.decide(most=1)
    stop(world.executing, SHOP.id, broadcast.id)
    world.clock.at += timedelta(days=4)
    resume(world.executing, SHOP.id, broadcast.id)
    done = world.run(broadcast)
    assert done.counts.left_out == {}
    assert done.counts.sent == len(world.got) == 60


def test_a_batch_asked_again_after_somebody_was_put_off_counts_them_once() -> None:
    """The time of its function runs out, and comes back once the better moment is there."""
    world = World(2, UNTIL_14)
    broadcast = world.campaign()
    world.page(broadcast)
    left = iter([True, False])
    assert decide_batch(world.deciding, SHOP.id, broadcast.id, 0, lambda: next(left)) == "again"
    world.clock.at = MONDAY_NOON + timedelta(hours=2)
    done = world.run(broadcast)
    assert (done.counts.queued, done.counts.sent, done.counts.waiting) == (2, 2, 0)


def test_a_batch_whose_worker_died_after_somebody_was_put_off_counts_them_once() -> None:
    world = World(2, UNTIL_14)
    broadcast = world.campaign()
    world.page(broadcast)
    place = keys.broadcast_batch(SHOP.id, broadcast.id, 0)
    before = world.store.stored[place]
    world.decide()
    world.store.stored[place] = before  # it wrote nothing of what came of them
    world.clock.at = MONDAY_NOON + timedelta(hours=2)
    assert decide_batch(world.deciding, SHOP.id, broadcast.id, 0) == "done"
    assert not [key for key in world.store.stored if key.sk.startswith("later#")]
    done = world.run(broadcast)
    assert (done.counts.queued, done.counts.sent, done.counts.waiting) == (2, 2, 0)


# ---------------------------------------------------------------- members for whom deciding fails


def failing_for(world: World, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Deciding for this customer raises each time."""
    answer = deciding.answer_member

    def answered(sending: Any, request: Any, run: Any) -> Any:
        if run.customer == world.node(number):
            raise ValueError("unreadable")
        return answer(sending, request, run)

    monkeypatch.setattr(deciding, "answer_member", answered)


def decide_all(world: World) -> None:
    """As the queue does, which delivers again what failed."""
    for one in list(world.batches.messages):
        try:
            told = decide_batch(world.deciding, one["shop"], one["broadcast"], one["batch"])
        except ValueError:
            continue  # to the dead letters
        if told == "done":
            world.batches.messages.remove(one)
    world.batches.messages.clear()


def run_failing(world: World, of: Broadcast) -> Broadcast:
    world.decide = lambda _most=None: decide_all(world)  # type: ignore[method-assign]
    return world.run(of)


def test_a_member_for_whom_deciding_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(25)
    failing_for(world, monkeypatch, 7)
    broadcast = world.campaign()
    world.page(broadcast)
    with pytest.raises(ValueError, match="unreadable"):
        decide_batch(world.deciding, SHOP.id, broadcast.id, 0)
    assert world.got == sorted(set(world.known) - {world.node(7)})
    world.page(broadcast)
    assert world.now(broadcast).counts.sent == 24


def test_it_ends_all_the_same_and_counts_them_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(25)
    failing_for(world, monkeypatch, 7)
    done = run_failing(world, world.campaign())
    assert (done.state, done.reason) == ("done", "finished")
    assert (done.counts.queued, done.counts.sent, done.counts.left_out) == (25, 24, {"failed": 1})
    assert timedelta(days=3) < world.clock.at - MONDAY_NOON < timedelta(days=4)


def test_who_failed_once_is_decided_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(25)
    failing_for(world, monkeypatch, 7)
    broadcast = world.campaign()
    world.page(broadcast)
    decide_all(world)
    monkeypatch.undo()
    done = world.run(broadcast)
    assert (done.counts.sent, done.counts.left_out) == (25, {})

"""A message that has been reserved for a day is not sent any more, and holds up no later step."""

from datetime import datetime, timedelta

from tests.unit.sending.test_deliver import state
from tests.unit.sending.world import START, World

DAY = 86400


class ClockAhead:
    """A laptop's: since START it shows a thousand seconds for each real one."""

    def __init__(self) -> None:
        self.real = START

    def now(self) -> datetime:
        return self.shown(self.real)

    def shown(self, real: datetime) -> datetime:
        return real if real <= START else START + 1000 * (real - START)

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.real - since

    def advance(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)


def world_ahead() -> World:
    world = World()
    world.clock = ClockAhead()  # type: ignore[assignment]
    world.clock.advance(3 * DAY)
    return world


def test_what_is_reserved_for_just_under_a_day_is_sent() -> None:
    world = World()
    world.ask()
    world.clock.advance(DAY - 1)
    world.deliver_once()
    assert state(world) == ("sent", None)


def test_what_is_reserved_for_a_day_is_refused_as_too_late() -> None:
    world = World()
    world.ask()
    world.clock.advance(DAY)
    assert world.deliver_once() == "settled"
    assert state(world) == ("refused", "delivered too late")
    assert world.provider.calls == []


def test_an_earlier_step_never_goes_after_the_later_one() -> None:
    world = World()
    world.ask(step="reminder_1")
    earlier = world.queue.messages.pop()
    while (answer := world.ask(step="reminder_2")).decision == "wait":
        world.clock.advance(answer.wait_seconds)
    world.queue.messages.append(earlier)
    world.deliver_all()
    first, second = world.entry("reminder_1"), world.entry("reminder_2")
    assert first is not None
    assert second is not None
    assert (first.state, first.reason, second.state) == ("refused", "delivered too late", "sent")


def test_on_a_clock_that_runs_ahead_it_is_the_real_day_that_counts() -> None:
    world = world_ahead()
    world.ask()
    world.clock.advance(DAY - 1)  # nearly three years by the clock
    world.deliver_once()
    assert state(world) == ("sent", None)
    world = world_ahead()
    world.ask()
    world.clock.advance(DAY)
    world.deliver_once()
    assert state(world) == ("refused", "delivered too late")


def test_on_a_clock_that_runs_ahead_a_step_waits_for_an_earlier_one_in_the_queue() -> None:
    world = world_ahead()
    world.ask(step="reminder_1")
    world.clock.advance(DAY / 1000 * 3)  # three days by the clock
    held = world.ask(step="reminder_2")
    assert (held.decision, held.reason) == ("wait", "earlier message first")
    world.deliver_once()
    assert world.ask(step="reminder_2").decision == "send"

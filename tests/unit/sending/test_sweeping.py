"""Forgotten messages are found; nothing is found twice for nothing."""

import pytest

from kairos import keys
from kairos.domain.message import LedgerEntry
from kairos.services.sending.sweeping import Sweeping, sweep
from tests.unit.sending.world import NoCounts, World

HOUR = 3600


def swept_after(world: World, hours: float) -> None:
    world.clock.advance(hours * HOUR)
    sweep(Sweeping(world.items, world.clock, world.queue, NoCounts()))


def state(world: World) -> tuple[str, str | None]:
    entry = world.entry()
    assert entry is not None
    return entry.state, entry.reason


def test_a_message_that_the_queue_forgot_is_queued_again_after_an_hour() -> None:
    world = World()
    world.ask()
    world.queue.messages.clear()
    swept_after(world, 1)
    assert world.queue.messages == []
    swept_after(world, 1)
    world.deliver_all()
    assert state(world) == ("sent", None)
    assert len(world.provider.calls) == 1


def test_what_was_sent_is_queued_no_more() -> None:
    world = World()
    world.ask()
    world.deliver_all()
    swept_after(world, 2)
    assert world.queue.messages == []


def test_a_message_that_nobody_brings_for_a_day_has_come_too_late() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code={"pool": "pool"})
    swept_after(world, 26)
    assert state(world) == ("refused", "delivered too late")
    assert len(world.store.query("lumen#pool#pool", "free#")) == 1
    world.deliver_all()
    assert world.provider.calls == []


def test_a_call_without_an_answer_is_given_up_after_a_day_and_not_before() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_all()
    swept_after(world, 23)
    assert state(world) == ("calling", None)
    swept_after(world, 3)
    assert state(world) == ("unknown", "no answer")


def test_a_call_begun_long_after_the_decision_has_its_own_day() -> None:
    world = World()
    world.ask()
    world.clock.advance(20 * HOUR)
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()
    swept_after(world, 6)
    assert state(world) == ("calling", None)
    swept_after(world, 20)
    assert state(world) == ("unknown", "no answer")


def test_hours_that_a_sweep_missed_are_made_up_for() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()
    swept_after(world, 10 * 24)
    assert state(world) == ("unknown", "no answer")


@pytest.mark.parametrize("reads", range(1, 8))
def test_a_sweep_that_was_cut_off_is_finished_by_the_next(reads: int) -> None:
    world = World()
    world.ask()
    world.queue.messages.clear()
    world.clock.advance(2 * HOUR)

    class Cut(Exception):
        """No more time."""

    left = iter(range(reads))

    class Items:
        def __getattr__(self, name: str) -> object:
            if next(left, None) is None:
                raise Cut
            return getattr(world.store, name)

    with pytest.raises(Cut):
        sweep(Sweeping(Items(), world.clock, world.queue, NoCounts()))  # type: ignore[arg-type]
    swept_after(world, 0)
    world.deliver_all()
    assert state(world) == ("sent", None)


def test_a_pointer_to_what_was_never_reserved_leads_nowhere_and_goes_by_itself() -> None:
    world = World()
    world.ask()
    [pointer] = [item for key, item in world.store.stored.items() if key.pk.startswith("under_way#")]
    assert pointer.expires_at is not None
    entry = world.entry()
    assert isinstance(entry, LedgerEntry)
    del world.store.stored[keys.message("lumen", entry.message_id)]
    swept_after(world, 26)
    assert world.queue.messages[1:] == []

"""Forgotten messages are found; nothing is found twice for nothing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.message import LedgerEntry
from kairos.ports import Item
from kairos.services.sending import ledger, sweeping
from kairos.services.sending.sweeping import Sweeping, sweep
from tests.unit.sending.test_codes import customer_number
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


def forgotten(number: int) -> World:
    """So many customers' messages, reserved within one hour and in no queue; in the order of the sweep."""
    world = World()
    for one in range(number):
        customer_number(world, one).ask()
    world.queue.messages.clear()
    return world


def entries(world: World) -> list[Item]:
    """In the order in which pointers are read."""
    pointers = sorted(key for key in world.store.stored if key.pk.startswith("under_way#"))
    messages = dict.fromkeys(key.sk.rpartition("#")[2] for key in pointers)
    found = [world.store.get(keys.message("lumen", one)) for one in messages]
    return [item for item in found if item is not None]


def test_an_entry_that_can_not_be_read_holds_up_no_other_and_is_counted_by_its_error() -> None:
    world = forgotten(5)
    first = entries(world)[0]
    world.put(first.key, {"state": "nonsense"})
    world.clock.advance(2 * HOUR)
    failed = sweep(Sweeping(world.items, world.clock, world.queue, NoCounts()))
    assert failed == {("queued", "ValidationError"): 1}
    assert len(world.queue.messages) == 4
    world.put(first.key, first.body)
    swept_after(world, 2)
    assert [body["message_id"] for body, _ in world.queue.messages[4:]] == [first.body["message_id"]]


def test_a_queue_that_takes_nothing_keeps_no_call_from_being_given_up() -> None:
    world = forgotten(3)
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()

    class Full:
        def send(self, *_: object) -> None:
            raise ConnectionError

    world.clock.advance(26 * HOUR)
    failed = sweep(Sweeping(world.items, world.clock, Full(), NoCounts()))
    assert failed == {("queued", "ConnectionError"): 3}
    states = [item.body["state"] for item in entries(world)]
    assert sorted(states) == ["refused", "refused", "refused", "unknown"]


def test_what_never_can_be_looked_at_is_given_up_with_its_pointer() -> None:
    world = forgotten(1)
    world.put(entries(world)[0].key, {"state": "nonsense"})
    failed = []
    for _ in range(18):
        world.clock.advance(24 * HOUR)
        failed.append(bool(sweep(Sweeping(world.items, world.clock, world.queue, NoCounts()))))
    assert failed[:14] == [True] * 14
    assert failed[16:] == [False, False]


def test_an_hour_with_more_than_one_tick_can_take_is_done_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_READ_AT_ONCE", 2)
    world = forgotten(12)
    world.clock.advance(2 * HOUR)

    class OutOfTime(BaseException):
        """The invocation is over: nothing in it can catch this."""

    class Slow:
        """Takes three messages in one invocation."""

        left = 0

        def send(self, body: dict[str, object]) -> None:
            if not self.left:
                raise OutOfTime
            self.left -= 1
            world.queue.send(body)

    slow = Slow()
    for _ in range(12):
        slow.left = 3
        with suppress(OutOfTime):
            sweep(Sweeping(world.items, world.clock, slow, NoCounts()))  # type: ignore[arg-type]
    assert len({body["message_id"] for body, _ in world.queue.messages}) == 12


def test_a_look_that_breaks_off_leaves_the_other_its_turn() -> None:
    world = forgotten(1)
    world.clock.advance(26 * HOUR)
    later = ledger.hour_of(world.clock.now() - timedelta(hours=2))

    class Items:
        def query(self, pk: str, *more: object) -> object:
            if later in pk:
                raise ConnectionError
            return world.store.query(pk, *more)  # type: ignore[arg-type]

        def __getattr__(self, name: str) -> object:
            return getattr(world.store, name)

    with pytest.raises(ConnectionError):
        sweep(Sweeping(Items(), world.clock, world.queue, NoCounts()))  # type: ignore[arg-type]
    assert entries(world)[0].body["state"] == "refused"

"""What was decided stays on record: once, with the facts, however often it is repeated."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.identity import Identities
from kairos.domain.message import LedgerEntry
from kairos.services.checking import Checking, CheckRequest, check
from kairos.services.sending.decisions import Decision, decisions_of, keep, refused_writes
from tests.unit.sending.customers import shop_with
from tests.unit.sending.test_choosing import HOUR, NIGHT
from tests.unit.sending.world import EMAIL, START, World


def kept(world: World) -> list[Decision]:
    return [one.decision for one in decisions_of(world.store, "lumen", world.run.id)]


def lines(world: World) -> list[tuple[str, str | None, str, int]]:
    return [(one.what, one.step, one.reason, one.count) for one in kept(world)]


def at_night() -> World:
    return World(shop_with(quiet_hours=NIGHT, timezone="Asia/Tokyo"))  # 21:00 there


def test_a_message_released_is_kept_with_the_facts_used() -> None:
    world = World()
    world.ask()
    assert lines(world) == [("sent", "reminder_1", "all conditions hold", 1)]
    assert kept(world)[0].facts["channel"] == "email"
    assert EMAIL not in str(kept(world))


def test_asking_again_for_what_was_released_keeps_nothing_more() -> None:
    world = World()
    for _ in range(3):
        world.ask()
    assert len(kept(world)) == 1


def test_a_wait_is_kept_with_its_end() -> None:
    world = at_night()
    world.ask()
    [told] = kept(world)
    assert (told.what, told.reason, told.until) == ("deferred", "quiet hours", START + timedelta(hours=11))


def test_asked_again_before_its_time_a_wait_stays_one() -> None:
    world = at_night()
    for _ in range(3):
        world.ask()
        world.clock.advance(60)
    assert lines(world) == [("deferred", "reminder_1", "quiet hours", 1)]


def test_the_same_wait_after_its_time_is_counted() -> None:
    world = at_night()
    for _ in range(3):
        world.clock.advance(world.ask().wait_seconds + 13 * HOUR)
    assert lines(world) == [("deferred", "reminder_1", "quiet hours", 3)]
    assert kept(world)[0].at == START


def test_a_skip_that_is_repeated_is_kept_once() -> None:
    world = World()
    for _ in range(2):
        world.ask(code={"pool": "none"})
        world.clock.advance(60)
    assert lines(world) == [("skipped", "reminder_1", "no code left", 1)]


def test_an_end_is_kept_with_why() -> None:
    world = World()
    world.evaluate = lambda names, *_: dict.fromkeys(names, False)
    world.ask(only_if=["cart_abandoned"])
    assert lines(world) == [("ended", "reminder_1", "cart emptied", 1)]


def test_of_an_erased_customer_nothing_more_is_kept() -> None:
    world = World()
    world.erase()
    world.ask()
    assert kept(world) == []


def test_a_look_is_kept_with_what_it_found() -> None:
    world = World()
    asked = CheckRequest(shop="lumen", run=world.run.id, criteria=("recent_buyer",))
    for _ in range(2):
        check(Checking(world.store, world.clock), asked)
        world.clock.advance(60)
    assert lines(world) == [("checked", None, "all conditions hold", 2)]
    assert kept(world)[0].facts == {"condition recent_buyer": False}


def test_a_look_that_ends_the_run_is_kept_once_though_it_is_repeated() -> None:
    world = World()
    world.switch(on=False)
    for _ in range(2):
        check(Checking(world.store, world.clock), CheckRequest(shop="lumen", run=world.run.id))
        world.put(keys.run("lumen", world.run.id), world.run.as_json())  # a crash before the run ended
    assert lines(world) == [("ended", None, "switched off", 1)]


def test_a_refusal_at_delivery_is_kept_beside_the_release() -> None:
    world = World()
    world.ask()
    entry = world.entry()
    assert entry is not None
    for _ in range(2):
        world.store.transact(refused_writes(entry, "suppressed", START + timedelta(minutes=1)))
    assert [line[:3] for line in lines(world)] == [
        ("sent", "reminder_1", "all conditions hold"),
        ("refused", "reminder_1", "suppressed"),
    ]


def test_of_mails_that_belong_to_no_run_no_refusal_is_kept() -> None:
    world = World()
    world.ask()
    entry = world.entry()
    assert entry is not None
    asked_for = LedgerEntry.model_validate(entry.model_dump() | {"purpose": "confirmation"})
    assert refused_writes(asked_for, "suppressed", START) == ()


def test_decisions_go_by_themselves_after_400_days() -> None:
    world = World()
    world.ask()
    [one] = decisions_of(world.store, "lumen", world.run.id)
    assert one.item.expires_at == int((START + timedelta(days=400)).timestamp())


def test_whoever_keeps_a_wait_at_the_same_time_loses_nothing() -> None:
    world = World()
    told: Callable[[int], Any] = lambda hour: keep(  # noqa: E731 - said three times
        world.store, world.run, "waited", None, "webhooks are queued", {}, START + timedelta(hours=hour)
    )
    told(0)
    write, raced = world.store.write, []

    def racing(one: Any) -> None:
        if not raced:
            raced.append(True)
            told(1)
        write(one)

    world.store.write = racing  # type: ignore[method-assign]
    told(1)
    assert lines(world) == [("waited", None, "webhooks are queued", 2)]


@pytest.mark.parametrize("count", [1, 3])
def test_decisions_are_read_in_the_order_of_their_times(count: int) -> None:
    world = World()
    for hour in range(count, 0, -1):
        keep(world.store, world.run, "skipped", f"step {hour}", "too late", {}, START + timedelta(hours=hour))
    assert [one.step for one in kept(world)] == [f"step {hour}" for hour in range(1, count + 1)]


def test_identities_never_stand_in_facts() -> None:
    world = World()
    world.ask(only_if=["cart_abandoned"])
    assert not any(str(Identities(email=EMAIL).email) in str(one.facts.values()) for one in kept(world))

"""The answer to a step: what is asked first, what each answer does to the run."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from kairos import keys
from kairos.domain.identity import Identities
from kairos.domain.message import Reason
from kairos.domain.order import Amounts, OrderSnapshot
from tests.unit.sending.world import EMAIL, START, World, quiet

CODE = {"pool": "pool", "valid_for": 86400 * 14, "pause": 86400 * 60, "percent": 5}


def fails(name: str) -> Any:
    """An evaluation in which one criterion does not hold."""
    return lambda names, *_: {one: one != name for one in names}


def test_a_due_message_is_reserved_and_queued() -> None:
    world = World()
    said = world.ask()
    assert (said.decision, said.reason) == ("send", "all conditions hold")
    queued = {"shop": "lumen", "message_id": said.message_id, "channel": "email"}
    assert world.queue.messages == [(queued, 0)]
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.message_id) == ("reserved", said.message_id)
    assert world.store.get(keys.send_pointer("lumen", world.node, entry.message_id)) is not None


def test_the_same_step_asked_again_gets_the_same_message() -> None:
    world = World()
    first, second = world.ask(), world.ask()
    assert second.message_id == first.message_id
    assert second.reason == "already reserved"
    assert len([key for key in world.store.stored if key.sk == "message"]) == 1


def test_the_same_step_asked_twice_at_the_same_time_is_reserved_once() -> None:
    world = World()
    transact, raced = world.store.transact, []

    def racing(writes: Any) -> None:
        if not raced:
            raced.append(True)
            world.ask()
        transact(writes)

    world.store.transact = racing  # type: ignore[method-assign]
    assert world.ask().reason == "already reserved"
    sends = world.store.get(keys.sends("lumen", world.node))
    assert sends is not None
    assert sends.body["count"] == 1
    world.deliver_all()
    assert len(world.provider.calls) == 1


def test_a_step_already_sent_is_not_queued_again() -> None:
    world = World()
    world.ask()
    world.deliver_all()
    assert world.ask().decision == "send"
    assert world.queue.messages == []


def test_a_failed_condition_ends_the_run_and_says_which() -> None:
    world = World()
    world.evaluate = fails("cart_abandoned")
    said = world.ask(only_if=["not ordered_since_cart", "cart_abandoned"])
    assert (said.decision, said.reason) == ("end", "condition not met")
    assert said.facts["failed_condition"] == "cart_abandoned"
    assert (world.run_now().state, world.run_now().reason) == ("ended", "cart emptied")


def test_a_condition_that_nobody_evaluated_does_not_hold() -> None:
    world = World()
    world.evaluate = lambda *_: {}
    assert world.ask(only_if=["cart_abandoned"]).decision == "end"


def test_an_ended_run_sends_nothing_more() -> None:
    world = World()
    world.consent("withdrawn")
    world.ask()
    world.consent("granted")
    assert world.ask(step="reminder_2").reason == "run ended"


def test_an_unknown_run_ends() -> None:
    world = World()
    assert world.ask(run="0" * 32).reason == "run unknown"


def test_a_shop_that_is_gone_ends_the_run() -> None:
    world = World()
    del world.store.stored[keys.shop("lumen")]
    assert world.ask().reason == "shop unknown"


def test_without_consent_the_run_ends() -> None:
    world = World()
    world.consent("withdrawn")
    assert (world.ask().decision, world.run_now().reason) == ("end", "no consent")


def test_unknown_consent_means_no() -> None:
    world = World()
    del world.store.stored[keys.consent("lumen", "email", world.node)]
    assert world.ask().reason == "no consent"


def test_a_suppressed_address_ends_the_run() -> None:
    world = World()
    world.suppress()
    assert world.ask().reason == "suppressed"


def test_a_scenario_that_was_switched_off_ends_the_run_and_sends_nothing() -> None:
    world = World()
    world.switch(on=False)
    assert world.ask().reason == "switched off"
    assert world.run_now().reason == "switched off"
    assert world.queue.messages == []


def test_an_erased_customer_ends_the_run() -> None:
    world = World()
    world.erase()
    assert world.ask().reason == "erased"


def test_an_erasure_before_the_run_does_not_concern_it() -> None:
    world = World()
    world.clock.advance(-3600)
    world.erase()
    world.clock.advance(3600)
    assert world.ask().decision == "send"


def test_while_webhooks_queue_nothing_is_decided_on_old_facts() -> None:
    world = World()
    world.put(keys.backlog(), {"lag_seconds": 300, "seen_at": START.isoformat()})
    world.evaluate = fails("cart_abandoned")
    said = world.ask(only_if=["cart_abandoned"])
    assert (said.decision, said.reason) == ("wait", "webhooks are queued")
    assert said.wait_seconds > 0
    assert world.run_now().state == "started"


def test_a_lag_of_less_than_two_minutes_is_none() -> None:
    world = World()
    world.put(keys.backlog(), {"lag_seconds": 119, "seen_at": START.isoformat()})
    assert world.ask().decision == "send"


def test_a_cart_changed_meanwhile_is_waited_for_from_its_change() -> None:
    world = World()
    world.record_cart(updated_at=START - timedelta(hours=1))
    said = world.ask(quiet_for=4 * 3600)
    assert (said.decision, said.reason, said.wait_seconds) == ("wait", "cart changed lately", 3 * 3600)


def test_a_cart_quiet_for_exactly_long_enough_is_sent() -> None:
    world = World()
    world.record_cart(updated_at=START - timedelta(hours=4))
    assert world.ask(quiet_for=4 * 3600).decision == "send"


def test_a_cart_that_is_gone_ends_the_run() -> None:
    world = World()
    del world.store.stored[keys.checkout("lumen", "c1")]
    assert world.ask(quiet_for=60).reason == "cart gone"


def test_in_quiet_hours_it_waits_until_they_end() -> None:
    world = World(shop=quiet("12:00", "14:30"))  # 12:00 UTC is 13:00 in Zurich
    said = world.ask()
    assert (said.decision, said.reason, said.wait_seconds) == ("wait", "quiet hours", 90 * 60)


def test_losing_consent_counts_before_quiet_hours() -> None:
    world = World(shop=quiet("12:00", "14:30"))
    world.consent("withdrawn")
    assert world.ask().reason == "no consent"


def test_a_code_is_given_with_the_message() -> None:
    world = World()
    world.upload_codes("A1")
    assert world.ask(code=CODE).decision == "send"
    entry = world.entry()
    assert entry is not None
    assert entry.code == "A1"
    assert world.store.get(keys.free_code("lumen", "pool", "A1")) is None
    assert world.store.get(keys.given_code("lumen", "pool", "A1")) is not None


@pytest.mark.parametrize("pool", ["pool", "unheard-of", None])
def test_without_a_code_left_the_step_is_skipped_and_the_run_goes_on(pool: str | None) -> None:
    world = World()
    said = world.ask(code=CODE | {"pool": pool})
    assert (said.decision, said.reason) == ("skip", "no code left")
    assert world.run_now().state == "started"


def test_a_skipped_last_step_ends_the_run_with_its_reason() -> None:
    world = World()
    world.ask(code=CODE, last=True)
    assert (world.run_now().state, world.run_now().reason) == ("ended", "finished: no code left")


def test_the_last_message_ends_the_run_in_the_same_transaction() -> None:
    world = World()
    world.ask(last=True)
    assert (world.run_now().state, world.run_now().reason) == ("ended", "finished")
    assert world.ask(last=True).decision == "send"


def second_run(world: World) -> str:
    run = world.run.model_copy(update={"cause": "cart:cart2", "registered_at": world.clock.now()})
    world.put(keys.run("lumen", run.id), run.as_json())
    return run.id


def test_one_open_code_per_customer() -> None:
    world = World()
    world.upload_codes("A1", "A2")
    world.ask(code=CODE | {"valid_for": 86400 * 90})
    world.deliver_all()
    world.clock.advance(61 * 86400)
    said = world.ask(run=second_run(world), code=CODE)
    assert (said.decision, said.reason) == ("skip", "code still open")


def test_a_used_code_is_not_open_but_still_counts_for_the_pause() -> None:
    world = World()
    world.upload_codes("A1", "A2")
    world.ask(code=CODE)
    entry = world.entry()
    assert entry is not None
    order(world, codes=(str(entry.code).lower(),))
    assert world.ask(run=second_run(world), code=CODE).reason == "code given lately"


@pytest.mark.parametrize(("days", "decision"), [(59, "skip"), (60, "send")])
def test_a_next_code_only_after_sixty_days(days: int, decision: str) -> None:
    world = World()
    world.upload_codes("A1", "A2")
    world.ask(code=CODE)
    world.clock.advance(days * 86400)
    assert world.ask(run=second_run(world), code=CODE).decision == decision


def order(world: World, **fields: Any) -> None:
    told = OrderSnapshot(
        id="o1",
        updated_at=START,
        placed_at=START,
        status="paid",
        amounts=Amounts(currency="CHF", total=5000),
        identities=Identities(email=EMAIL),
        **fields,
    )
    world.put(keys.order("lumen", "o1"), {"nodes": [world.node], "snapshot": told.as_json()})
    world.put(keys.order_pointer("lumen", world.node, "o1"), {})


@pytest.mark.parametrize(
    ("step", "shop_offers", "setting", "variant"),
    [
        ("shipping", True, True, "free_shipping"),
        ("shipping", True, False, None),
        ("shipping", False, True, None),
        ("contact", True, True, None),
        ("payment", True, True, None),
    ],
)
def test_free_shipping_is_for_those_who_left_there(
    step: str, shop_offers: bool, setting: bool, variant: str | None
) -> None:
    world = World()
    world.put(keys.shop("lumen"), world.shop.model_copy(update={"free_shipping": shop_offers}).as_json())
    world.register_run(free_shipping=setting)
    world.record_cart(step=step)
    world.ask()
    entry = world.entry()
    assert entry is not None
    assert entry.variant == variant


def test_what_is_kept_of_a_decision_names_nobody() -> None:
    world = World()
    world.ask(only_if=["cart_abandoned"])
    entry = world.entry()
    assert entry is not None
    assert EMAIL not in str(entry.as_json())
    assert "Anna" not in str(entry.as_json())
    assert entry.facts["condition cart_abandoned"] is True


def test_every_reason_is_one_of_the_closed_list() -> None:
    assert len(set(get_args(Reason))) == len(get_args(Reason))

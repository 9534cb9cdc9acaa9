"""A batch of a channel's queue: no call is begun that the function's timeout could cut off."""

from datetime import timedelta

import pytest

from kairos.services.sending.sweeping import FORGOTTEN_AFTER, Sweeping, sweep
from tests.functions.template import read_template
from tests.invocation import Invocation
from tests.unit.sending.test_crashes import app, batch
from tests.unit.sending.test_deliver import state
from tests.unit.sending.world import NoCounts, World

CHANNELS = ["DeliverEmail", "DeliverSms", "DeliverPush", "DeliverWebPush", "DeliverWebhook"]


def test_at_the_last_chance_too_no_call_is_begun_that_could_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.ask()
    handler = app("deliver_message", monkeypatch, world)
    world.queue.messages = [(body, handler.MOST_RECEIVES - 1) for body, _ in world.queue.messages]
    answer = handler.handler(batch(world), Invocation(time_left=handler.TIME_TO_FINISH))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert state(world) == ("reserved", None)
    assert world.provider.calls == []


def test_what_had_no_time_at_its_last_chance_is_queued_again_by_the_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.ask()
    handler = app("deliver_message", monkeypatch, world)
    world.queue.messages = [(body, handler.MOST_RECEIVES - 1) for body, _ in world.queue.messages]
    handler.handler(batch(world), Invocation(time_left=1))
    world.queue.messages.clear()  # its receives are used up
    world.clock.advance((FORGOTTEN_AFTER + timedelta(hours=1)).total_seconds())
    sweep(Sweeping(world.items, world.clock, world.queue, NoCounts()))
    world.deliver_all()
    assert state(world) == ("sent", None)


@pytest.mark.parametrize("function", CHANNELS)
def test_all_of_a_batch_have_the_time_that_each_may_need(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = read_template()
    handler = app("deliver_message", monkeypatch, World())
    told = template["Resources"][function]["Properties"]
    seconds = told.get("Timeout", template["Globals"]["Function"]["Timeout"])
    size = told["Events"]["Queue"]["Properties"]["BatchSize"]
    assert size * handler.TIME_TO_FINISH < seconds * 1000

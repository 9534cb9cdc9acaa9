"""Killed before or after any call to anything, started again as AWS does: everybody gets it exactly once."""

import contextlib
from collections import Counter
from datetime import time, timedelta
from typing import Any

import pytest

from kairos.domain.broadcast import Broadcast
from kairos.domain.shop import QuietHours
from kairos.services.broadcasts.starting import set_going
from kairos.services.broadcasts.ticking import start_waiting
from tests.unit.broadcasts.world import CAMPAIGN, MOST_LOOKS, SHOP, World

HOURS = SHOP.model_copy(update={"quiet_hours": QuietHours(start=time(12), end=time(14))})


class Crash(BaseException):
    """The process is gone: nothing in it can catch this."""


class Faulty:
    """A port whose nth writing call, counted over all ports of the world, kills the process."""

    def __init__(self, inner: Any, calls: list[str], at: int, after: bool) -> None:
        self._inner, self._calls, self._at, self._after = inner, calls, at, after

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)
        if name not in {"write", "write_each", "transact", "put_batch", "send", "start"}:
            return inner

        def call(*args: Any, **named: Any) -> Any:
            self._calls.append(name)
            hit = len(self._calls) == self._at
            if hit and not self._after:
                raise Crash
            answer = inner(*args, **named)
            if hit:
                raise Crash
            return answer

        return call


def run_to_the_end(world: World, broadcast: Broadcast, meanwhile: bool) -> None:
    """The machine retries a step that died, the queue delivers a batch again, the tick starts it again.

    meanwhile: what the step queued before it died is decided for before it is retried.
    """
    for _ in range(MOST_LOOKS):
        with contextlib.suppress(Crash):
            start_waiting(world.executing, SHOP.id)
        told = None
        with contextlib.suppress(Crash):
            told = world.page(broadcast)
        if told is not None and told.decision == "end":
            return
        if told is None and not meanwhile:
            continue
        waiting = list(world.batches.messages)
        try:
            world.decide()
        except Crash:
            world.batches.messages = waiting
        world.clock.at += timedelta(seconds=told.wait_seconds if told else 2)
    raise AssertionError("the broadcast never ends")


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("shop", [SHOP, HOURS], ids=["at once", "after quiet hours"])
def test_killed_at_every_write(after: bool, shop: Any, meanwhile: bool) -> None:
    at = 0
    while True:
        at += 1
        world = World(4, shop)
        broadcast = world.begin(
            "campaign", CAMPAIGN, audience={"customers": 4}, customers=world.known, execution=0
        )
        calls: list[str] = []
        plain = (world.store, world.batches, world.mails, world.machines)
        world.items, batches, mails, machines = (Faulty(one, calls, at, after) for one in plain)
        world.batches, world.mails, world.machines = _keeping(batches), mails, machines
        with contextlib.suppress(Crash):
            set_going(world.executing, SHOP.id, broadcast.id)
        run_to_the_end(world, broadcast, meanwhile)
        done = world.now(broadcast)
        assert Counter(world.got) == Counter(world.known), f"call {at}"
        assert (done.counts.queued, done.counts.sent, done.counts.waiting) == (4, 4, 0), f"call {at}"
        assert len(plain[3].started) == 1
        if len(calls) < at:
            break
    assert at > 15


def _keeping(queue: Any) -> Any:
    """The faulty queue, whose messages are taken as they are."""

    class Kept:
        def send(self, body: Any, attributes: Any = None) -> None:
            queue.send(body, attributes)

        @property
        def messages(self) -> list[dict[str, Any]]:
            return list(queue._inner.messages)

        @messages.setter
        def messages(self, some: list[dict[str, Any]]) -> None:
            queue._inner.messages = some

    return Kept()

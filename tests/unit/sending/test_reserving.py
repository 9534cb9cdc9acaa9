"""A reservation rests on facts that still hold when it is written."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kairos import keys
from kairos.ports import Check, Write
from tests.unit.sending.world import World


def right_before_the_reservation(world: World, change: Callable[[], object]) -> None:
    """`change` happens when all facts are read and the transaction is on its way."""
    transact = world.store.transact

    def late(writes: Sequence[Write | Check]) -> None:
        if any(write.item.key.sk == "message" for write in writes if hasattr(write, "item")):
            world.store.transact = transact  # type: ignore[method-assign]
            change()
        transact(writes)

    world.store.transact = late  # type: ignore[method-assign]


@pytest.mark.parametrize("last", [False, True])
def test_an_erasure_that_begins_meanwhile_leaves_nothing_reserved(last: bool) -> None:
    world = World()
    right_before_the_reservation(world, world.erase)
    said = world.ask(last=last)
    assert (said.decision, said.reason) == ("end", "erased")
    assert world.entry() is None
    assert world.queue.messages == []


@pytest.mark.parametrize("last", [False, True])
def test_a_run_that_ends_meanwhile_reserves_nothing_more(last: bool) -> None:
    world = World()
    over: dict[str, Any] = world.run.model_copy(update={"state": "ended", "reason": "bought"}).as_json()

    def end() -> None:
        key = keys.run("lumen", world.run.id)
        world.put(key, over, "2")

    right_before_the_reservation(world, end)
    said = world.ask(last=last)
    assert (said.decision, said.reason) == ("end", "run ended")
    assert world.entry() is None

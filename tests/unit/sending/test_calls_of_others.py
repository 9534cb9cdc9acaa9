"""One message in the queue twice: what one invocation settles never touches the call of another."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kairos import keys
from kairos.domain.errors import Conflict, Refused
from kairos.ports import Check, Put, Write
from kairos.services.sending import settle
from tests.unit.sending.test_decide import CODE
from tests.unit.sending.test_deliver import THROTTLED, feedback, state, tell
from tests.unit.sending.world import World


def queued_twice() -> World:
    """Its next call is taken by the provider, whose answer does not come back."""
    world = World()
    world.upload_codes("A1")
    world.ask(code=CODE)
    world.queue.messages *= 2
    world.provider.outcomes = [TimeoutError()]
    return world


def called_then_withdrawn(world: World) -> None:
    """The other invocation calls right after this one has read the entry; then consent is withdrawn."""
    get = world.store.get

    def reading(key: Any) -> Any:
        if key == keys.shop("lumen"):
            world.store.get = get  # type: ignore[method-assign]
            world.deliver_once()
            world.consent("withdrawn")
        return get(key)

    world.store.get = reading  # type: ignore[method-assign]


def called_then_without_code(world: World) -> None:
    """The other invocation calls while this one asks the shop for the code, and gets none."""

    def issue(_entry: object) -> str:
        world.issue = lambda _entry: "ready"
        world.deliver_once()
        return "never"

    world.issue = issue


def called_then_unrendered(world: World) -> None:
    """The other invocation calls while this one renders, and the template fails."""
    plain = world.render

    def render(*_: object) -> None:
        world.render = plain
        world.deliver_once()
        raise Refused("html", "It does too much.", "Simplify it.")

    world.render = render


@pytest.mark.parametrize("planted", [called_then_withdrawn, called_then_without_code, called_then_unrendered])
def test_a_refusal_before_the_call_leaves_the_call_of_another_alone(
    planted: Callable[[World], None],
) -> None:
    world = queued_twice()
    planted(world)
    outcome = world.deliver_once()
    assert (outcome, *state(world)) == ("again", "calling", None)
    assert world.store.get(keys.free_code("lumen", "pool", "A1")) is None
    tell(world, feedback(world, "delivery"))
    world.deliver_all()
    assert state(world) == ("sent", None)
    assert len(world.provider.accepted) == 1


def test_a_message_put_back_whose_reply_was_lost_leaves_the_next_call_alone() -> None:
    world = queued_twice()
    world.provider.outcomes = [THROTTLED, TimeoutError()]
    transact = world.store.transact

    def losing(writes: Sequence[Write | Check]) -> None:
        transact(writes)
        first = writes[0]
        if isinstance(first, Put) and first.item.body.get("attempts") == 1:
            world.store.transact = transact  # type: ignore[method-assign]
            world.clock.advance(1)
            world.deliver_once()  # the other, by which the provider takes it
            raise Conflict("The reply was lost, and the repeated write finds the entry changed.")

    world.store.transact = losing  # type: ignore[method-assign]
    world.deliver_once()
    assert state(world) == ("calling", None)
    world.deliver_all()
    assert len(world.provider.accepted) == 1


def test_a_refused_call_refuses_no_other() -> None:
    world = queued_twice()
    world.deliver_once()
    entry = world.entry()
    assert entry is not None
    assert entry.called_at is not None
    world.clock.advance(1)
    given = world.items, world.clock, "lumen", entry.message_id, "refused by the provider"
    assert not settle.refused(*given, called_at=world.clock.now())  # type: ignore[arg-type]
    assert state(world) == ("calling", None)
    assert settle.refused(*given, called_at=entry.called_at)  # type: ignore[arg-type]
    assert state(world) == ("refused", "refused by the provider")

"""Recording and the engine's commit at once, one call at a time, in every order that is drawn."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos.domain.consent import ConsentStatement
from tests.unit.memberships.world import World, assert_true
from tests.unit.recording.histories import histories
from tests.unit.recording.stories import ADA, BOB, browsing, checkout
from tests.unit.recording.test_interleaved import Turns
from tests.unit.recording.world import SHOP, START, at, order, who

bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LATER = timedelta(hours=2)
Telling = Sequence[Any]


def recorded(history: Sequence[Telling]) -> World:
    """All of it recorded, two hours ago."""
    world = World()
    for telling in history:
        world.deliver(*telling)
    world.clock.at += LATER
    return world


@given(histories, st.lists(st.integers(0, 2), min_size=1, max_size=60), st.integers(1, 2))
@bounded
def test_workers_and_a_pass_interleaved_at_every_call_leave_the_truth(history, choices, at_once):
    together = history[-at_once:]
    world = recorded(history[:-at_once])
    commit = world.engine()
    jobs = [lambda on_call, one=one: world.deliver(*one, on_call=on_call) for one in together]
    jobs.append(lambda on_call: commit(on_call=on_call))
    Turns(choices).run(jobs)
    assert_true(world)
    assert_history_adds_up(world)


def assert_history_adds_up(world: World) -> None:
    """Of whoever was one customer from the beginning: entered and left by turns, and last what is true."""
    layout = world.shelf().layout
    profiles = world.stored_profiles()
    for customer, held in world.memberships().items():
        if sum(node[0] in "ce" for node in profiles[customer].nodes) > 1:
            continue
        state: dict[int, bool] = {}
        for turned in held.recent:
            assert state.get(turned.position, False) != turned.entered
            state[turned.position] = turned.entered
        assert {position for position, entered in state.items() if entered} == held.entered.keys()
        assert all(layout.lives(position) for position in held.entered)


@given(histories)
@bounded
def test_everything_told_again_changes_no_membership_and_tells_nothing_new_of_segments(history):
    world = World()
    for telling in history:
        world.deliver(*telling)
    before, heard = world.memberships(), {event.id for event in world.heard()}
    for telling in history:
        world.deliver(*telling)
    assert world.memberships() == before
    assert {event.id for event in world.heard()} == heard


CONSENT = ConsentStatement(channel="email", address=ADA, state="granted", stated_at=START, source="form")
ADA_BOUGHT = [
    (order("1", 1, identities=who(email=ADA)),),
    (order("5", 1, identities=who(email=ADA)),),
    (order("2", 1, identities=who(platform_id="c1")),),
]
"""So that another order of Ada's turns nothing, but keeps time from turning anything."""


@pytest.mark.parametrize(
    "telling",
    [
        (order("3", 90, placed_at=at(140), identities=who(email=ADA)),),
        (order("1", 90, "cancelled", identities=who(email=ADA)),),
        (order("1", 1, identities=who(email=ADA), consents=(CONSENT,)),),
        (order("3", 90, identities=who(platform_id="c1", email=ADA)),),
        (order("1", 90, deleted=True, identities=who(email=ADA)),),
        (
            browsing(90, identities=who(email=ADA), identified_at=at(90)),
            checkout(91, identities=who(email=BOB)),
        ),
    ],
    ids=["buys again", "cancels", "consents", "turns out to be two", "is nobody any more", "looks around"],
)
class TestOvertaken:
    """One overtakes the other before each single call of it."""

    def test_a_pass_overtaken_by_a_worker(self, telling: Telling) -> None:
        for place in count():
            world, overtaken = recorded(ADA_BOUGHT), []
            commit = world.engine()

            def overtake(call: int, when: str, world=world, place=place, overtaken=overtaken) -> None:
                if (call, when) == (place, "before"):
                    overtaken.append(world.deliver(*telling))

            commit(on_call=overtake)
            if not overtaken:
                break
            assert_true(world)
        assert place > 5

    def test_a_worker_overtaken_by_a_pass(self, telling: Telling) -> None:
        for place in count():
            world, overtaken = recorded(ADA_BOUGHT), []
            commit = world.engine()

            def overtake(call: int, when: str, commit=commit, place=place, overtaken=overtaken) -> None:
                if (call, when) == (place, "before"):
                    overtaken.append(commit())

            world.deliver(*telling, on_call=overtake)
            if not overtaken:
                break
            assert_true(world)
        assert place > 5


def test_an_erasure_that_overtakes_a_pass_at_any_call_is_the_last_word() -> None:
    for place in count():
        world, overtaken = recorded(ADA_BOUGHT), []
        commit = world.engine()

        def overtake(call: int, when: str, world=world, place=place, overtaken=overtaken) -> None:
            if (call, when) == (place, "before"):
                nodes = [one for profile in world.stored_profiles().values() for one in profile.nodes]
                overtaken.append(world.erase(SHOP.id, nodes, world.clock.at))

        commit(on_call=overtake)
        if not overtaken:
            break
        assert world.memberships() == {}
    assert place > 5

"""In any order, any number of times, whoever is killed in between: the same state, and the bus was told."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.recording.histories import histories, tellings
from tests.unit.recording.stories import moved_cart
from tests.unit.recording.world import Crash, World

bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def recorded_in_order(history) -> World:
    world = World()
    for telling in history:
        world.deliver(*telling)
    return world


def assert_alike(world: World, ideal: World) -> None:
    assert world.canonical() == ideal.canonical()
    assert ideal.final_events() <= world.bus.published.keys()


def crash_at(number, when):
    def on_call(call, moment):
        if (call, moment) == (number, when):
            raise Crash

    return on_call


@given(histories)
@bounded
def test_once_in_order_the_bus_is_told_of_the_final_state(history):
    world = recorded_in_order(history)
    assert world.final_events() <= world.bus.published.keys()


@given(histories, st.data())
@bounded
def test_any_order_and_any_number_of_times_give_the_same_state(history, data):
    world = World()
    often = data.draw(st.lists(st.sampled_from(history), max_size=4))
    for telling in data.draw(st.permutations([*history, *often])):
        world.deliver(*telling)
    assert_alike(world, recorded_in_order(history))


@given(st.lists(tellings, min_size=1, max_size=4), st.data())
@bounded
def test_everything_three_times_shuffled_with_killed_workers_loses_and_doubles_nothing(history, data):
    world, waiting = World(), list(data.draw(st.permutations(history * 3)))
    faults = data.draw(
        st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["before", "after"])), max_size=6)
    )
    while waiting:
        telling = waiting.pop(0)
        try:
            world.deliver(*telling, on_call=crash_at(*faults.pop()) if faults else None)
        except Crash:
            waiting.insert(data.draw(st.integers(0, len(waiting))), telling)
    assert_alike(world, recorded_in_order(history))


@given(histories, tellings, tellings, st.data())
@bounded
def test_a_worker_that_another_overtakes_at_any_call_gives_the_same_state(before, one, other, data):
    world, place = recorded_in_order(before), data.draw(st.integers(0, 80))
    overtaken = []

    def on_call(call, when):
        if (call, when) == (place, "before"):
            overtaken.append(world.deliver(*other))

    world.deliver(*one, on_call=on_call)
    if not overtaken:
        world.deliver(*other)
    assert_alike(world, recorded_in_order([*before, one, other]))


WITH_EFFECT = ("write", "transact", "publish")


def test_a_crash_between_any_two_writes_is_mended_by_the_redelivery():
    ideal, before, crashes = recorded_in_order(moved_cart), World(), 0
    for step, telling in enumerate(moved_cart):
        for number in count():
            world = before.fork()
            try:
                world.deliver(*telling, on_call=crash_at(number, "before"), calls=WITH_EFFECT)
            except Crash:
                crashes += 1
            else:
                break
            for later in [*moved_cart[step + 1 :], telling]:
                world.deliver(*later)
            assert_alike(world, ideal)
        before.deliver(*telling)
    assert crashes > 50

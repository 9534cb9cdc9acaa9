"""Runs of a timeline for many at once: counted, paged, stopped and resumed; each customer begins once."""

from kairos.domain.broadcast import Broadcast
from kairos.domain.run import Run
from kairos.services.broadcasts.making import make_runs
from kairos.services.broadcasts.starting import resume, stop
from kairos.services.broadcasts.wishes import RunsWish
from tests.unit.broadcasts.world import SHOP, World


def crowd(buyers: int) -> World:
    world = World(buyers + 1)
    world.switch("second_order")
    for number in range(buyers):
        world.order(number, "lamp", world.clock.now())
    return world


def released(world: World, **wish: object) -> Broadcast:
    told = make_runs(
        world.making, SHOP.id, "second_order", RunsWish.model_validate({**wish, "confirm": True})
    )
    return world.named(told.answer["id"])


def runs(world: World) -> list[Run]:
    return [Run.model_validate(item.body) for key, item in world.store.stored.items() if key.sk == "run"]


def test_a_backlog_is_who_stands_at_a_way_in() -> None:
    world = crowd(3)
    counted = make_runs(world.making, SHOP.id, "second_order", RunsWish(backlog=True)).answer
    assert (counted["of"], counted["entries"]) == (3, {"first_order": 3})
    assert runs(world) == []
    done = world.run(released(world, backlog=True))
    assert sorted(run.customer for run in runs(world)) == sorted(world.node(number) for number in range(3))
    assert {run.entry for run in runs(world)} == {"first_order"}
    assert done.counts.sent == 3


def test_each_begins_at_the_stage_where_they_stand() -> None:
    world = crowd(1)
    ordered = world.clock.now()
    world.clock.at = ordered.replace(day=12)
    world.run(released(world, backlog=True))
    [run] = runs(world)
    assert run.began == ordered


def test_stopped_half_way_and_resumed_everybody_begins_once() -> None:
    world = crowd(60)
    broadcast = released(world, backlog=True, pace=3)
    world.page(broadcast)
    world.decide(most=1)
    stop(world.executing, SHOP.id, broadcast.id)
    world.decide()
    assert len(runs(world)) == 25
    resume(world.executing, SHOP.id, broadcast.id)
    done = world.run(broadcast)
    assert len(runs(world)) == done.counts.sent == 60


def test_who_is_under_way_already_is_left_out_and_counted() -> None:
    world = crowd(2)
    world.run(released(world, backlog=True))
    done = world.run(released(world, customers=[world.node(0), world.node(1)]))
    assert len(runs(world)) == 2
    assert done.counts.left_out == {"under way": 2}

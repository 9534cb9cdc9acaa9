"""When the bus is told that a product got cheaper."""

import pytest

from kairos.domain.event import Event
from kairos.domain.product import ProductSnapshot
from tests.unit.recording.world import World, at


@pytest.fixture
def world():
    return World()


def lamp(minute: int, price: int | None, **fields) -> ProductSnapshot:
    return ProductSnapshot(
        **{
            "id": "lamp",
            "title": "Lamp",
            "price": price,
            "currency": "EUR",
            "updated_at": at(minute),
            **fields,
        }
    )


def drops(world) -> list[Event]:
    return [one for one in world.bus.published.values() if one.name == "PriceDropped"]


def test_a_lower_price_is_told_with_both(world):
    world.deliver(lamp(0, 1000))
    world.deliver(lamp(5, 800))
    (event,) = drops(world)
    assert (event.cause, event.old_price, event.new_price) == ("product:lamp", 1000, 800)
    assert (event.occurred_at, event.customer) == (at(5), None)


def test_a_first_price_a_higher_one_and_the_same_again_tell_nothing(world):
    for minute, price in enumerate((1000, 1000, 1200)):
        world.deliver(lamp(minute, price))
    assert drops(world) == []


def test_a_telling_delivered_again_tells_the_same_event(world):
    world.deliver(lamp(0, 1000))
    world.deliver(lamp(5, 800))
    once = drops(world)
    world.bus.published.clear()
    world.deliver(lamp(5, 800))
    assert drops(world) == once


def test_an_older_telling_that_comes_late_is_no_drop(world):
    world.deliver(lamp(0, 1000))
    world.deliver(lamp(9, 1200))
    world.deliver(lamp(5, 800))
    assert drops(world) == []


def test_the_price_in_another_currency_is_compared_with_none(world):
    world.deliver(lamp(0, 1000))
    world.deliver(lamp(5, 800, currency="CHF"))
    assert drops(world) == []


def test_a_deleted_product_and_one_without_a_price_have_not_got_cheaper(world):
    world.deliver(lamp(0, 1000))
    world.deliver(lamp(1, 10, deleted=True))
    world.deliver(lamp(2, None))
    assert drops(world) == []
    world.deliver(lamp(3, 900))
    assert [event.old_price for event in drops(world)] == [1000]

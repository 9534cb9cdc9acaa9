"""Who asked to hear less often has twice the window."""

from datetime import timedelta

from kairos import keys
from kairos.domain.answer import FormAnswer, Frequency
from tests.unit.sending.customers import delivered, mailed, shop_with
from tests.unit.sending.test_choosing import said
from tests.unit.sending.world import START, World

DAY = 86_400


def wants(world: World, frequency: Frequency) -> None:
    answer = FormAnswer(form="preferences", at=START, wanted_frequency=frequency)
    world.put(keys.answer("lumen", world.node, "preferences", frequency), answer.as_json())


def test_who_wants_fewer_waits_twice_as_long_for_the_next() -> None:
    world = World(shop_with())
    delivered(world, number=4)
    mailed(world, timedelta(days=3), 1)
    wants(world, "fewer")
    assert said(world.ask()) == ("wait", "frequency cap", 11 * DAY)


def test_who_wants_as_many_as_before_waits_as_long_as_before() -> None:
    world = World(shop_with())
    delivered(world, number=4)
    mailed(world, timedelta(days=3), 1)
    wants(world, "normal")
    assert said(world.ask()) == ("wait", "frequency cap", 4 * DAY)

"""What is shown of a site is what counting by hand finds, whatever was told in which order and how often."""

from datetime import datetime, timedelta
from random import Random

import pytest

from tests.unit.site.by_hand import Site, Visit, visits_of
from tests.unit.site.drawn import Drawn
from tests.unit.site.world import NOW, ZONE, World


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return Drawn(seed=7, visitors=80)


@pytest.fixture(scope="module")
def world(drawn: Drawn, tmp_path_factory: pytest.TempPathFactory) -> World:
    """In another order, some of it twice, some of it before a compaction and some of it after."""
    world, chance = World(tmp_path_factory.mktemp("site")), Random(1)  # noqa: S311 - to be repeated
    told = [*drawn.deliveries, *drawn.deliveries[::5]]
    chance.shuffle(told)
    for number, one in enumerate(told):
        world.deliver(one)
        if number % 150 == 0:
            world.compact()
    world.compact()
    assert not world.errors
    return world


@pytest.fixture(scope="module")
def visits(drawn: Drawn) -> list[Visit]:
    found = visits_of(drawn.acts, drawn.carts, drawn.bought)
    # All that figures are made of occurs, or the comparison would show nothing.
    assert any(one.orders for one in found)
    assert {one.furthest for one in found} == {0, 1, 2, 3, 4, 5}
    assert any(one.bounced for one in found)
    assert not all(one.is_new for one in found)
    assert any(None in one.orders for one in found)
    return found


def over(days: float, until: datetime = NOW) -> tuple[dict[str, str], datetime, datetime]:
    start = until - timedelta(days=days)
    return {"from": start.isoformat(), "to": until.isoformat()}, start, until


def test_every_figure_is_what_counting_by_hand_finds(world: World, visits: list[Visit]) -> None:
    query, start, end = over(30)
    assert world.figures(query) == Site(visits, ZONE, start, end).answer()


@pytest.mark.parametrize("device", ["unknown", "phone"])
def test_of_one_device(world: World, visits: list[Visit], device: str) -> None:
    query, start, end = over(20, NOW - timedelta(days=3.3))
    asked = world.figures(query | {"device": device, "steps": "2"})
    assert asked == Site(visits, ZONE, start, end, 2).only(device=device).answer()


@pytest.mark.parametrize(("visitors", "is_new"), [("new", True), ("returning", False)])
def test_of_new_and_of_returning_visitors(
    world: World, visits: list[Visit], visitors: str, is_new: bool
) -> None:
    query, start, end = over(25)
    asked = world.figures(query | {"visitors": visitors, "steps": "8"})
    assert asked == Site(visits, ZONE, start, end, 8).only(is_new=is_new).answer()


def test_lists_hold_no_more_rows_than_asked_for_and_the_most_frequent_first(
    world: World, visits: list[Visit]
) -> None:
    query, start, end = over(30)
    told, whole = world.figures(query | {"limit": "2"}), Site(visits, ZONE, start, end).answer()
    for name, by in (("exits", "exits"), ("landings", "entries"), ("forms", "seen"), ("paths", "visits")):
        assert [row[by] for row in told[name]] == [row[by] for row in whole[name][:2]]

"""What a segment's members are worth, partition by partition."""

from collections import Counter

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.engine.passing import memberships
from kairos.engine.worth import NOTHING, Worth, worth
from tests.agreement.world import World
from tests.unit.engine.shops import opened

RULES = [
    {"kind": "order_count", "at_least": 0},
    {"kind": "order_count", "at_least": 2},
    {"kind": "order_count", "more_than": 1000},
]


def worths(world: World, first: int, last: int) -> dict[int, Worth]:
    with opened(world.profiles[first:last], world.shop) as partition:
        query = memberships(partition, [parse_rule(one) for one in RULES], world.moment())
        return worth(partition, f"({query})", [0, 1, 2])


def test_members_and_money_are_those_of_plain_reckoning() -> None:
    world = World(31, customers=100)
    regular = [who for who in world.profiles if len(who.counting_orders) >= 2]
    buyers = [
        who.counting_orders
        for who in regular
        if all(one.currency == world.shop.currency for one in who.counting_orders)
    ]
    found = worths(world, 0, 100)[1]

    assert (found.members, found.buyers) == (len(regular), len(buyers))
    assert found.orders == sum(len(orders) for orders in buyers)
    assert found.revenue == sum(one.revenue for orders in buyers for one in orders)


def test_partitions_add_up() -> None:
    world = World(32, customers=60)
    whole, one, other = worths(world, 0, 60), worths(world, 0, 25), worths(world, 25, 60)

    assert {at: one[at].plus(other[at]) for at in whole} == whole


def test_an_empty_segment_is_worth_nothing() -> None:
    found = worths(World(33, customers=5), 0, 5)[2]

    assert found == NOTHING
    assert (found.basket, found.spending(50)) == (None, None)


@pytest.mark.parametrize(("percent", "amount"), [(10, 100), (50, 200), (90, 4000), (91, 50_000)])
def test_so_many_per_cent_spend_at_most_so_much(percent: int, amount: int) -> None:
    spendings = Counter({100: 4, 200: 1, 4000: 4, 50_000: 1})

    assert Worth(10, 10, 10, 66_600, spendings).spending(percent) == amount


def test_spendings_keep_three_digits() -> None:
    world = World(34, customers=80)
    buyers = [who.counting_orders for who in world.profiles if who.counting_orders]
    exact = [
        sum(one.revenue for one in orders)
        for orders in buyers
        if all(one.currency == world.shop.currency for one in orders)
    ]
    kept = worths(world, 0, 80)[0].spendings

    assert sorted(kept.elements()) == sorted(int(f"{float(f'{one:.3g}'):.0f}") for one in exact)

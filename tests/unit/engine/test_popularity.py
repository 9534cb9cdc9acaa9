"""What was wanted of late, as plain reckoning over the customers finds it."""

from collections import Counter
from datetime import timedelta

from kairos.engine.popularity import AN_ORDER, popularity
from tests.agreement.world import World
from tests.unit.engine.shops import opened


def wanted(world: World, since: int) -> Counter[str]:
    """By hand: each customer once for each product ordered, and once for each looked at."""
    points: Counter[str] = Counter()
    for who in world.profiles:
        orders = [one for one in who.counting_orders if one.placed_at.timestamp() > since]
        points.update(dict.fromkeys({product for one in orders for product in one.product_ids}, AN_ORDER))
        looks = [act for act in who.acts if act.kind == "product" and act.at.timestamp() > since]
        points.update({act.target for act in looks if act.target})
    return points


def test_it_counts_customers_who_ordered_and_who_looked() -> None:
    world = World(41, customers=80)
    for days in (30, 400):
        since = int((world.moment().now - timedelta(days=days)).timestamp())
        with opened(world.profiles, world.shop) as partition:
            found = popularity(partition, since, 10_000)
        assert found == wanted(world, since)
    assert found


def test_it_keeps_those_wanted_most() -> None:
    world = World(42, customers=80)
    since = int((world.moment().now - timedelta(days=400)).timestamp())
    with opened(world.profiles, world.shop) as partition:
        all_of_them, three = popularity(partition, since, 10_000), popularity(partition, since, 3)
    assert sorted(three.values(), reverse=True) == [count for _, count in all_of_them.most_common(3)]


def test_nobody_wants_anything_in_an_empty_partition() -> None:
    world = World(43, customers=3)
    with opened([], world.shop) as partition:
        assert popularity(partition, 0, 10) == Counter()

"""What compares customers: exact, over any number of partitions."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.engine.sources import relation_of
from kairos.engine.thresholds import MOST_PRODUCTS, thresholds, write_counted
from tests.agreement.figures import thresholds_of
from tests.agreement.world import World
from tests.unit.engine.shops import opened


def computed(parts: Sequence[Sequence[Profile]], shop: Shop, folder: Path) -> Thresholds:
    files = [str(folder / f"{number}.parquet") for number in range(len(parts))]
    for part, file in zip(parts, files, strict=True):
        with opened(part, shop) as partition:
            write_counted(partition, file)
    with duckdb.connect(":memory:") as connection:
        return thresholds(connection, relation_of(*files), version=1)


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_plain_reckoning(seed: int, tmp_path: Path) -> None:
    world = World(seed, customers=120)
    products = sorted({name for who in world.profiles for one in who.orders for name in one.product_ids})
    expected = thresholds_of(world.profiles, world.shop.currency, products)

    assert len(products) <= MOST_PRODUCTS
    assert computed([world.profiles], world.shop, tmp_path) == expected


def test_partitions_put_together_give_the_same_as_one(tmp_path: Path) -> None:
    world = World(11, customers=150)
    parts = [world.profiles[:20], world.profiles[20:21], world.profiles[21:]]

    assert computed(parts, world.shop, tmp_path) == computed([world.profiles], world.shop, tmp_path)


def test_a_shop_without_orders_has_no_figures(tmp_path: Path) -> None:
    world = World(3, customers=3)
    nobody = [one.model_copy(update={"orders": ()}) for one in world.profiles]
    figures = computed([nobody, []], world.shop, tmp_path)

    assert figures.of("revenue").percentile(50) is None
    assert figures.product_intervals == {}

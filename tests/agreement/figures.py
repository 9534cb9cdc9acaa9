"""The shop's figures by plain reckoning over all profiles, as the definitions of Thresholds state them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil

from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.standing import Distribution, Measure, Thresholds


def gaps(times: Sequence[int]) -> list[int]:
    """Seconds from each to the next."""
    return [later - one for one, later in pairwise(sorted(times))]


def median(numbers: Sequence[int]) -> int:
    """The middle one, or the whole part of the mean of the middle two."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _placed(orders: Iterable[OrderFact]) -> list[int]:
    return [int(one.placed_at.timestamp()) for one in orders]


def distribution(values: Iterable[int]) -> Distribution:
    """By sorting them all."""
    ordered = sorted(values)
    percentiles = [ordered[ceil(p * len(ordered) / 100) - 1] for p in range(1, 100)] if ordered else []
    return Distribution(count=len(ordered), total=sum(ordered), percentiles=tuple(percentiles))


def thresholds_of(profiles: Sequence[Profile], currency: str, products: Sequence[str]) -> Thresholds:
    """All figures. products: for which the interval of repeated purchase is stated."""
    buyers = [orders for who in profiles if (orders := who.counting_orders)]
    buyers = [orders for orders in buyers if all(one.currency == currency for one in orders)]
    measures: dict[Measure, Distribution] = {
        "orders": distribution(len(orders) for orders in buyers),
        "revenue": distribution(sum(one.revenue for one in orders) for orders in buyers),
        "basket": distribution(sum(one.revenue for one in orders) // len(orders) for orders in buyers),
        "last_order": distribution(max(_placed(orders)) for orders in buyers),
        "interval": distribution(median(gaps(_placed(orders))) for orders in buyers if len(orders) > 1),
    }
    intervals = {
        product: [
            median(gaps(times))
            for who in profiles
            if len(times := _placed(one for one in who.counting_orders if product in one.product_ids)) > 1
        ]
        for product in products
    }
    return Thresholds(
        version=1,
        measures=measures,
        product_intervals={product: median(found) for product, found in intervals.items() if found},
    )

"""Ranks and scores among all customers, held against plain counting."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.standing import Thresholds
from tests.agreement.figures import distribution
from tests.unit.criteria.doing import DAY
from tests.unit.criteria.people import holds, moment, order, profile

_revenues = some.lists(some.integers(0, 30), min_size=1, max_size=40)
_percents = some.integers(1, 99)


def spent(*amounts: int) -> Profile:
    """A customer who placed orders of these amounts, a day apart, the last one now."""
    return profile(*(order(at * DAY, revenue=amount) for at, amount in enumerate(amounts)))


def shop_of(*customers: Profile) -> Moment:
    """A shop with these customers and no others."""
    buyers = [who.counting_orders for who in customers]
    totals = [(len(orders), sum(one.revenue for one in orders)) for orders in buyers]
    return moment(
        thresholds=Thresholds(
            version=1,
            measures={
                "orders": distribution(count for count, _ in totals),
                "revenue": distribution(total for _, total in totals),
                "basket": distribution(total // count for count, total in totals),
                "last_order": distribution(int(orders[-1].placed_at.timestamp()) for orders in buyers),
            },
        )
    )


def ranked(of: list[Profile], **rule: Any) -> list[bool]:
    at = shop_of(*of)
    return [holds({"kind": "rank", **rule}, who, at) for who in of]


def test_the_top_ten_per_cent_of_ten_customers_is_the_one_who_spent_most() -> None:
    customers = [spent(amount) for amount in (5, 3, 10, 1, 7, 2, 8, 6, 4, 9)]
    assert ranked(customers, by="revenue", top=10) == [amount == 2 for amount in range(10)]
    assert ranked(customers, by="revenue", bottom=20) == [at in (3, 5) for at in range(10)]


def test_with_equals_at_the_edge_the_top_has_fewer_and_the_bottom_more() -> None:
    customers = [spent(1), spent(1), spent(1), spent(2)]
    assert ranked(customers, by="revenue", top=50) == [False, False, False, True]
    assert ranked(customers, by="revenue", bottom=50) == [True, True, True, False]
    alike = [spent(1)] * 4
    assert ranked(alike, by="revenue", top=99) == [False] * 4
    assert ranked(alike, by="revenue", bottom=1) == [True] * 4


@given(_revenues, _percents)
def test_the_top_is_no_more_and_the_bottom_no_less_than_asked_for(amounts: list[int], percent: int) -> None:
    customers = [spent(amount) for amount in amounts]
    top, bottom = (
        ranked(customers, by="revenue", top=percent),
        ranked(customers, by="revenue", bottom=percent),
    )
    assert sum(top) * 100 <= percent * len(amounts)
    assert sum(bottom) * 100 >= percent * len(amounts)
    assert min((a for a, is_top in zip(amounts, top, strict=True) if is_top), default=31) > max(
        (a for a, is_top in zip(amounts, top, strict=True) if not is_top), default=-1
    )


@given(_revenues, _percents)
def test_everybody_compared_is_in_the_top_or_in_the_rest(amounts: list[int], percent: int) -> None:
    customers = [spent(amount) for amount in amounts]
    rest = ranked(customers, by="revenue", bottom=100 - percent)
    assert ranked(customers, by="revenue", top=percent) == [not one for one in rest]


@given(_revenues)
def test_above_the_average_is_above_it_exactly(amounts: list[int]) -> None:
    customers = [spent(amount) for amount in amounts]
    mean_times_count = sum(amounts)
    assert ranked(customers, by="revenue", above_average=True) == [
        amount * len(amounts) > mean_times_count for amount in amounts
    ]


def test_ranks_go_by_orders_or_by_the_average_basket_too() -> None:
    often, dear, middling = spent(1, 1, 1), spent(90), spent(40, 40)
    assert ranked([often, dear, middling], by="orders", above_average=True) == [True, False, False]
    assert ranked([often, dear, middling], by="basket", top=34) == [False, True, False]
    assert ranked([often, dear, middling], by="revenue", top=34) == [False, True, False]


@pytest.mark.parametrize("test", [{"top": 99}, {"bottom": 99}, {"above_average": True}])
def test_who_is_not_compared_is_in_no_rank(test: Any) -> None:
    at = shop_of(spent(0), spent(10))
    foreign = profile(order(revenue=100, currency="USD"), order(DAY, revenue=100))
    for who in (profile(), foreign, profile(order(counts=False, status="cancelled"))):
        assert not holds({"kind": "rank", "by": "revenue", **test}, who, at)


@pytest.mark.parametrize("test", [{"top": 99}, {"bottom": 99}, {"above_average": True}])
def test_before_anything_was_computed_nobody_has_a_rank(test: Any) -> None:
    assert not holds({"kind": "rank", "by": "orders", **test}, spent(1))
    assert not holds({"kind": "rfm", "frequency": {"at_least": 1}}, spent(1))


def scores(of: list[Profile], part: str) -> list[int]:
    """The one score of each customer."""
    at = shop_of(*of)

    def score(who: Profile) -> int:
        [one] = [n for n in range(1, 6) if holds({"kind": "rfm", part: {"any_of": [n]}}, who, at)]
        return one

    return [score(who) for who in of]


def test_ten_customers_make_five_fifths_of_two() -> None:
    customers = [spent(*[1] * number) for number in range(1, 11)]
    assert scores(customers, "frequency") == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scores(customers, "monetary") == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_the_latest_buyers_score_five_for_recency() -> None:
    customers = [profile(order(number * DAY)) for number in range(10)]
    assert scores(customers, "recency") == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


@given(_revenues)
def test_equals_score_alike_and_who_spent_more_never_less(amounts: list[int]) -> None:
    told = scores([spent(amount) for amount in amounts], "monetary")
    by_amount = sorted(zip(amounts, told, strict=True))
    assert [score for _, score in by_amount] == sorted(told)
    assert len({score for amount, score in by_amount if amount == amounts[0]}) == 1


def test_all_scores_asked_for_must_hold() -> None:
    customers = [profile(order(number * DAY, revenue=number)) for number in range(10)]
    at = shop_of(*customers)
    dear_and_late = {"kind": "rfm", "monetary": {"at_least": 3}, "recency": {"at_least": 3}}
    assert [holds(dear_and_late, who, at) for who in customers] == [at in (4, 5) for at in range(10)]


def test_where_all_are_equal_all_are_in_the_lowest_fifth() -> None:
    assert scores([spent(1)] * 3, "monetary") == [1, 1, 1]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "rank", "by": "revenue"}, "rule"),
        ({"kind": "rank", "by": "revenue", "top": 10, "bottom": 10}, "rule"),
        ({"kind": "rank", "by": "revenue", "top": 0}, "top"),
        ({"kind": "rank", "by": "revenue", "top": 100}, "top"),
        ({"kind": "rank", "by": "revenue", "top": 2.5}, "top"),
        ({"kind": "rank", "by": "recency", "top": 5}, "by"),
        ({"kind": "rank", "by": "revenue", "above_average": False}, "above_average"),
        ({"kind": "rfm"}, "rule"),
        ({"kind": "rfm", "recency": {}}, "recency"),
        ({"kind": "rfm", "recency": {"at_least": 4, "at_most": 3}}, "recency"),
        ({"kind": "rfm", "recency": {"at_least": 6}}, "recency.at_least"),
        ({"kind": "rfm", "recency": {"any_of": [1], "at_least": 2}}, "recency"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds(rule, profile())
    assert refused.value.field == field

"""Counts, sums, averages and times of orders, at their edges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.catalogue import ProductFact
from tests.unit.criteria import people
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import NOW, catalogue, moment, order, profile

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@given(some.integers(-3, 3), some.integers(1, 4000))
def test_of_a_known_time_exactly_one_of_older_than_and_within_holds(seconds: int, days: int) -> None:
    around = profile(order(timedelta(days=days, seconds=seconds)))
    older = people.holds({"kind": "last_order", "older_than": f"P{days}D"}, around)
    within = people.holds({"kind": "last_order", "within": f"P{days}D"}, around)
    assert older is not within


def test_older_than_60_days_turns_true_60_times_24_hours_after() -> None:
    # Across the change of clocks on 29 March 2026: still 60 x 24 hours.
    bought = datetime(2026, 3, 1, 9, tzinfo=UTC)
    buyer = profile(order(NOW - bought))
    rule = {"kind": "last_order", "older_than": "P60D"}
    turns = bought + 60 * DAY
    assert not holds(rule, buyer, moment(turns - SECOND, "Europe/Berlin"))
    assert holds(rule, buyer, moment(turns, "Europe/Berlin"))


@pytest.mark.parametrize(
    ("placed", "fits"),
    [
        ("2026-03-07T22:59:59", False),
        ("2026-03-07T23:00:00", True),
        ("2026-03-08T22:59:59", True),
        ("2026-03-08T23:00:00", False),
    ],
)
def test_exactly_2_days_ago_is_that_calendar_day_in_the_shops_zone(placed: str, fits: bool) -> None:
    buyer = profile(order(NOW - datetime.fromisoformat(placed).replace(tzinfo=UTC)))
    rule = {"kind": "last_order", "exactly_days_ago": 2}
    assert holds(rule, buyer, moment(timezone="Europe/Berlin")) is fits


def test_several_comparisons_of_a_time_must_all_hold() -> None:
    rule = {"kind": "last_order", "older_than": "P3M", "within": "P6M"}
    assert holds(rule, profile(order(120 * DAY)))
    assert not holds(rule, profile(order(30 * DAY)))
    assert not holds(rule, profile(order(300 * DAY)))


def test_who_never_ordered_passes_not_within() -> None:
    assert not holds({"kind": "last_order", "within": "P15D"}, profile())
    assert not holds({"kind": "last_order", "older_than": "P15D"}, profile())
    assert holds({"not": {"kind": "last_order", "within": "P15D"}}, profile())


def test_an_order_ahead_of_the_clock_counts_as_just_now() -> None:
    assert holds({"kind": "last_order", "within": "PT1S"}, profile(order(-10 * SECOND)))
    assert not holds({"kind": "last_order", "older_than": "PT1S"}, profile(order(-10 * SECOND)))


def test_first_and_last_order_are_told_apart() -> None:
    buyer = profile(order(100 * DAY), order(DAY))
    assert holds({"kind": "first_order", "older_than": "P90D"}, buyer)
    assert not holds({"kind": "last_order", "older_than": "P90D"}, buyer)


def test_only_orders_that_count_are_counted() -> None:
    buyer = profile(
        order(DAY),
        order(2 * DAY, status="cancelled", counts=False),
        order(3 * DAY, test=True, counts=False),
    )
    assert holds({"kind": "order_count", "equals": 1}, buyer)
    assert holds({"kind": "revenue", "equals": "119.00"}, buyer)


def test_items_per_order_divides_by_the_orders() -> None:
    buyer = profile(order(DAY, items=2), order(2 * DAY, items=3))
    assert holds({"kind": "items_per_order", "equals": "2.5"}, buyer)


def test_a_window_bounds_what_is_counted() -> None:
    buyer = profile(order(DAY), order(40 * DAY), order(400 * DAY))
    assert holds({"kind": "order_count", "equals": 2, "window": {"within": "P1Y"}}, buyer)
    assert holds({"kind": "revenue", "equals": "119", "window": {"older_than": "P1Y"}}, buyer)


def test_products_bound_what_is_counted() -> None:
    buyer = profile(order(DAY, product_ids=("a", "b")), order(2 * DAY, product_ids=("c",)))
    assert holds({"kind": "order_count", "equals": 1, "products": ["b", "x"]}, buyer)
    assert holds({"kind": "last_order", "exactly_days_ago": 2, "products": ["c"]}, buyer)


def test_categories_and_brands_are_those_of_the_catalogue_and_add_up() -> None:
    known = moment(
        catalogue=catalogue(
            ProductFact(id="a", categories=("shoes", "17")), ProductFact(id="b", brand="alpina")
        )
    )
    buyer = profile(
        order(DAY, product_ids=("a",)), order(2 * DAY, product_ids=("b",)), order(3 * DAY, product_ids=("c",))
    )
    for chosen, counted in (
        ({"categories": [" Shoes"]}, 1),
        ({"categories": ["17"]}, 1),
        ({"brands": ["ALPINA"]}, 1),
        ({"brands": ["Alpina"], "categories": ["shoes"]}, 2),
        ({"brands": ["Alpina"], "categories": ["shoes"], "products": ["c"]}, 3),
        ({"categories": ["boots"]}, 0),
    ):
        assert holds({"kind": "order_count", "equals": counted, **chosen}, buyer, known), chosen


@pytest.mark.parametrize(
    ("fields", "statuses", "counted"),
    [
        ({"status": "pending", "counts": False}, ["pending"], 1),
        ({"status": "pending", "counts": False}, ["paid"], 0),
        ({"status": "paid", "counts": False}, ["refunded"], 1),
        ({"status": "paid", "counts": False}, ["paid"], 0),
        ({"status": "paid", "counts": False, "test": True}, ["paid", "refunded"], 0),
    ],
)
def test_statuses_take_the_place_of_what_counts(
    fields: dict[str, Any], statuses: list[str], counted: int
) -> None:
    buyer = profile(order(**fields))
    assert holds({"kind": "order_count", "equals": counted, "statuses": statuses}, buyer)


def test_a_status_may_be_asked_of_orders_with_a_product() -> None:
    buyer = profile(
        order(2 * DAY, status="pending", counts=False, product_ids=("a",)), order(DAY, product_ids=("b",))
    )
    pending = {"kind": "order_status", "any_of": ["pending"]}
    assert holds({**pending, "products": ["a"]}, buyer)
    assert not holds({**pending, "products": ["b"]}, buyer)
    assert holds({**pending, "products": ["a"], "which": "last"}, buyer)


def test_a_status_is_asked_of_any_order_or_the_last() -> None:
    buyer = profile(order(2 * DAY, status="cancelled", counts=False), order(DAY))
    assert holds({"kind": "order_status", "any_of": ["cancelled"]}, buyer)
    assert not holds({"kind": "order_status", "any_of": ["cancelled"], "which": "last"}, buyer)
    assert holds({"kind": "order_status", "any_of": ["paid"], "which": "last"}, buyer)
    assert not holds({"kind": "order_status", "any_of": ["cancelled"], "window": {"within": "P1D"}}, buyer)

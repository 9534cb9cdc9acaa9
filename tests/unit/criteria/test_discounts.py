"""Discount codes used, their share, and points."""

from datetime import timedelta

import pytest

from kairos.domain.errors import Refused
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import order, profile

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
USED = {"kind": "used_code"}
NEVER = {**USED, "never": True}
SHARE = {"kind": "coupon_share"}

COUPONED = profile(order(DAY, codes=("Welcome-5",)), order(40 * DAY))


def test_any_code_will_do_unless_some_are_named() -> None:
    assert holds(USED, COUPONED)
    assert not holds(USED, profile(order(DAY)))
    assert holds({**USED, "any_of": ["SUMMER", " WELCOME-5 "]}, COUPONED)
    assert not holds({**USED, "any_of": ["WELCOME"]}, COUPONED)


def test_never_holds_for_whoever_used_none_and_who_never_ordered() -> None:
    assert not holds(NEVER, COUPONED)
    assert holds(NEVER, profile(order(DAY)))
    assert holds(NEVER, profile())
    assert holds({**NEVER, "any_of": ["SUMMER"]}, COUPONED)
    assert not holds({**NEVER, "any_of": ["welcome-5"]}, COUPONED)


def test_a_code_of_an_order_that_does_not_count_was_not_used() -> None:
    cancelled = profile(order(DAY, codes=("A",), status="cancelled", counts=False))
    assert not holds(USED, cancelled)
    assert holds(NEVER, cancelled)


def test_the_window_is_of_the_order_that_carried_it() -> None:
    buyer = profile(order(30 * DAY, codes=("A",)), order(DAY))
    for named in ({}, {"any_of": ["a"]}):
        assert not holds({**USED, **named, "window": {"within": "P30D"}}, buyer)
        assert holds({**USED, **named, "window": {"within": "P30DT1S"}}, buyer)
        assert holds({**NEVER, **named, "window": {"within": "P30D"}}, buyer)


def test_a_share_is_compared_exactly_and_never_rounded() -> None:
    third = profile(order(DAY, codes=("A", "B")), order(2 * DAY), order(3 * DAY))
    assert holds({**SHARE, "more_than": "33.3333", "less_than": "33.3334"}, third)
    assert not holds({**SHARE, "at_least": "33.3334"}, third)
    assert holds({**SHARE, "equals": "50"}, COUPONED)
    assert holds({**SHARE, "equals": "100", "window": {"within": "P30D"}}, COUPONED)


def test_without_an_order_the_share_is_unknown() -> None:
    assert not holds({**SHARE, "at_least": "0"}, profile())
    assert not holds({**SHARE, "at_most": "100", "window": {"within": "PT1H"}}, COUPONED)


@pytest.mark.parametrize("bound", [{"at_least": "100.1"}, {"equals": "150"}, {"more_than": "100"}])
def test_a_share_above_100_per_cent_is_refused(bound: dict[str, str]) -> None:
    with pytest.raises(Refused, match="above 100 per cent"):
        holds({**SHARE, **bound}, profile())


def test_points_are_the_balance_and_0_where_none_were_earned() -> None:
    assert holds({"kind": "points", "at_least": 100}, profile(points=100))
    assert not holds({"kind": "points", "at_least": 100}, profile(points=99))
    assert holds({"kind": "points", "equals": 0}, profile())

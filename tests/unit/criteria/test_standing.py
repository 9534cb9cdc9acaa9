"""Stages, usage and the next order, at their edges."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kairos.domain.criteria.standing import lifecycle_stage
from kairos.domain.errors import Refused
from kairos.domain.levels import Levels
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.standing import Measure, Thresholds
from tests.agreement.figures import distribution
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND
from tests.unit.criteria.people import moment, order, profile

YEAR = timedelta(days=365)


def compared(at: Moment | None = None, **values: list[int]) -> Moment:
    """A moment at which the shop's customers have these measures."""
    measures: dict[Measure, Any] = {name: distribution(told) for name, told in values.items()}  # type: ignore[misc]
    return moment(thresholds=Thresholds(version=1, measures=measures)) if at is None else at


def bought(*ago: timedelta, **told: Any) -> Profile:
    return profile(*(order(one, id=str(one), **told) for one in ago))


def stage(who: Profile, at: Moment | None = None) -> str:
    """The one stage that the customer is at."""
    stages = ("prospect", "new", "loyal", "active", "withdrawing", "lost")
    at = at or moment()
    [one] = [name for name in stages if holds({"kind": "lifecycle", "any_of": [name]}, who, at)]
    return one


@pytest.mark.parametrize(
    "who", [profile(), bought(DAY, status="cancelled", counts=False), bought(DAY, test=True, counts=False)]
)
def test_who_has_no_counting_order_is_a_prospect(who: Profile) -> None:
    assert stage(who) == "prospect"


def test_a_customer_is_new_for_90_days() -> None:
    assert stage(bought(90 * DAY - SECOND)) == "new"
    assert stage(bought(90 * DAY)) == "active"


def test_a_customer_is_new_however_long_silent_and_however_loyal() -> None:
    loyal = compared(orders=[1, 1], revenue=[1, 1], interval=[int(DAY.total_seconds())])
    assert stage(bought(89 * DAY, 88 * DAY), loyal) == "new"


def test_after_twelve_months_without_an_order_a_customer_is_lost_also_a_loyal_one() -> None:
    loyal = compared(orders=[1, 1], revenue=[1, 1])
    assert stage(bought(3 * YEAR, YEAR), loyal) == "lost"
    assert stage(bought(3 * YEAR, YEAR - SECOND), loyal) == "loyal"


def test_silent_for_longer_than_twice_their_own_interval_is_withdrawing() -> None:
    assert stage(bought(150 * DAY, 100 * DAY)) == "active"
    assert stage(bought(150 * DAY + SECOND, 100 * DAY + SECOND)) == "withdrawing"
    assert stage(bought(100 * DAY + 50 * DAY + SECOND, 100 * DAY)) == "active"


def test_their_own_interval_is_the_median_of_all() -> None:
    # Intervals of 10, 20 and 200 days.
    steady = [330 * DAY, 130 * DAY, 110 * DAY, 100 * DAY]
    assert stage(bought(*steady)) == "withdrawing"
    assert stage(bought(*(ago - 60 * DAY for ago in steady))) == "active"


def test_who_ordered_once_is_measured_by_the_shops_median_interval() -> None:
    shop = compared(interval=[int((50 * DAY).total_seconds())])
    assert stage(bought(100 * DAY), shop) == "active"
    assert stage(bought(100 * DAY + SECOND), shop) == "withdrawing"
    assert stage(bought(100 * DAY + SECOND)) == "active"


def test_loyal_is_above_the_average_in_orders_and_in_revenue() -> None:
    who = bought(200 * DAY, 100 * DAY)  # 2 orders, 238.00
    assert stage(who, compared(orders=[1, 2], revenue=[0, 2 * 23_800 - 1])) == "loyal"
    assert stage(who, compared(orders=[1, 2], revenue=[0, 2 * 23_800])) == "active"
    assert stage(who, compared(orders=[2, 2], revenue=[0, 0])) == "active"


def test_a_loyal_customer_who_falls_silent_is_withdrawing() -> None:
    shop = compared(orders=[1, 2], revenue=[0, 0])
    assert stage(bought(150 * DAY + SECOND, 100 * DAY + SECOND), shop) == "withdrawing"


def test_a_customer_with_an_order_in_another_currency_is_not_compared() -> None:
    shop = compared(orders=[1], revenue=[1])
    assert stage(bought(200 * DAY, 100 * DAY), shop) == "loyal"
    assert stage(bought(200 * DAY, 100 * DAY, currency="USD"), shop) == "active"


def test_who_bought_more_than_six_months_ago_and_is_not_lost_is_withdrawing() -> None:
    # Six months before 10 March 2026, noon: 181 days.
    assert stage(bought(181 * DAY - SECOND)) == "active"
    assert stage(bought(181 * DAY)) == "withdrawing"


@settings(max_examples=15, deadline=None)
@given(some.lists(some.integers(0, 800), max_size=4), some.integers(1, 10**7))
def test_every_customer_is_at_exactly_one_stage(days: list[int], interval: int) -> None:
    shop = compared(orders=[1, 2, 3], revenue=[11_900, 20_000, 40_000], interval=[interval])
    who = bought(*(timedelta(days=ago) for ago in set(days)))
    assert stage(who, shop) == lifecycle_stage(who, shop)


def test_the_figures_are_the_shops() -> None:
    at = moment()
    slow = at.shop.model_copy(update={"levels": Levels(new_within="P30D", lost_after="P3Y")})
    assert stage(bought(89 * DAY), Moment(now=at.now, shop=slow)) == "active"
    assert stage(bought(2 * YEAR), Moment(now=at.now, shop=slow)) == "withdrawing"


def usage(who: Profile) -> list[str]:
    levels = ("heavy", "average", "light")
    return [name for name in levels if holds({"kind": "usage_level", "any_of": [name]}, who)]


def test_usage_is_by_the_orders_of_twelve_months() -> None:
    recent, old = [DAY, 100 * DAY, YEAR - SECOND], YEAR
    assert usage(bought(*recent)) == ["heavy"]
    assert usage(bought(*recent[:2], old)) == ["average"]
    assert usage(bought(recent[0], old)) == ["light"]
    assert usage(bought(old)) == ["light"]


def test_who_never_ordered_uses_nothing() -> None:
    assert usage(profile()) == []
    assert usage(bought(DAY, counts=False, status="pending")) == []


DUE = {"kind": "next_order_due"}


def test_the_next_order_is_due_one_median_interval_after_the_last() -> None:
    who = bought(50 * DAY, 20 * DAY)  # due in 10 days
    assert holds({**DUE, "due_within": "P10D"}, who)
    assert not holds({**DUE, "due_within": "P9DT23H59M59S"}, who)
    assert not holds({**DUE, "overdue_since": "PT0S"}, who)


def test_from_the_moment_it_is_due_on_it_is_overdue() -> None:
    who = bought(60 * DAY, 30 * DAY)
    assert holds({**DUE, "overdue_since": "PT0S"}, who)
    assert not holds({**DUE, "due_within": "P30D"}, who)
    assert not holds({**DUE, "overdue_since": "PT1S"}, who)
    assert holds({**DUE, "overdue_since": "P5D"}, bought(70 * DAY, 35 * DAY - SECOND, 35 * DAY))


@pytest.mark.parametrize("who", [profile(), bought(40 * DAY), bought(40 * DAY, DAY, counts=False)])
def test_below_two_counting_orders_nothing_is_due(who: Profile) -> None:
    assert not holds({**DUE, "due_within": "P99D"}, who)
    assert not holds({**DUE, "overdue_since": "PT0S"}, who)


def test_orders_all_placed_in_the_same_second_tell_no_interval() -> None:
    at_once = profile(order(DAY, id="a"), order(DAY, id="b"))
    assert not holds({**DUE, "overdue_since": "PT0S"}, at_once)
    assert stage(at_once) == "new"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "lifecycle", "any_of": []}, "any_of"),
        ({"kind": "lifecycle", "any_of": ["dead"]}, "any_of[0]"),
        ({"kind": "usage_level", "any_of": []}, "any_of"),
        (DUE, "rule"),
        ({**DUE, "due_within": "P7D", "overdue_since": "P7D"}, "rule"),
        ({**DUE, "due_within": "PT0S"}, "rule"),
        ({**DUE, "due_within": "P1M"}, "due_within"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(rule: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds(rule, profile())
    assert refused.value.field == field

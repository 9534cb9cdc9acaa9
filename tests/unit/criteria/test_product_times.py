"""Products bought at their launch, and running out."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.catalogue import ProductFact, product_fact
from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.product import ProductSnapshot
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.standing import Thresholds
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import NOW, catalogue, moment, order, profile

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def bought(ago: timedelta, *products: str, **fields: Any) -> OrderFact:
    return order(ago, product_ids=products, **fields)


# bought_at_launch

LAUNCHED = NOW - 100 * DAY
AT_LAUNCH = {"kind": "bought_at_launch", "within": "P14D"}


def launches(*products: str, **fields: Any) -> Moment:
    facts = [ProductFact(id=one, launched_at=LAUNCHED, **fields) for one in products]
    return moment(catalogue=catalogue(*facts, ProductFact(id="undated")))


@pytest.mark.parametrize(
    ("after", "fits"),
    [(-SECOND, False), (timedelta(), True), (14 * DAY - SECOND, True), (14 * DAY, False)],
)
def test_the_first_order_lies_at_the_launch_or_less_than_the_time_after(after: timedelta, fits: bool) -> None:
    buyer = profile(bought(NOW - (LAUNCHED + after), "new"))
    assert holds(AT_LAUNCH, buyer, launches("new")) is fits


def test_who_had_it_before_did_not_buy_it_at_its_launch() -> None:
    buyer = profile(bought(200 * DAY, "new"), bought(99 * DAY, "new"))
    assert not holds(AT_LAUNCH, buyer, launches("new"))


def test_each_product_is_one_launch_however_often_it_was_bought() -> None:
    twice = {**AT_LAUNCH, "at_least": 2}
    assert not holds(twice, profile(bought(99 * DAY, "a"), bought(98 * DAY, "a")), launches("a", "b"))
    assert holds(twice, profile(bought(99 * DAY, "a", "b")), launches("a", "b"))


def test_a_launch_that_the_catalogue_does_not_know_is_none() -> None:
    assert not holds(AT_LAUNCH, profile(bought(99 * DAY, "undated", "elsewhere")), launches("a"))


def test_launches_are_narrowed_down_by_product_and_time() -> None:
    buyer, known = profile(bought(99 * DAY, "a")), launches("a", brand="alpina")
    assert holds({**AT_LAUNCH, "brands": ["Alpina"]}, buyer, known)
    assert not holds({**AT_LAUNCH, "products": ["b"]}, buyer, known)
    assert holds({**AT_LAUNCH, "launched": {"older_than": "P100D"}}, buyer, known)
    assert not holds({**AT_LAUNCH, "launched": {"within": "P100D"}}, buyer, known)


@pytest.mark.parametrize("length", ["P1M", "P1Y", "PT0S"])
def test_the_time_after_a_launch_has_a_fixed_length(length: str) -> None:
    with pytest.raises(Refused, match=r"fixed length|lasts no time"):
        holds({**AT_LAUNCH, "within": length}, profile())


# replenishment_due

DUE = {"kind": "replenishment_due"}
DAY_SECONDS = 86_400


def lasting(unit_days: int | None = None, shop_days: int | None = None) -> Moment:
    unit = unit_days and unit_days * DAY_SECONDS
    intervals = {"tea": shop_days * DAY_SECONDS} if shop_days else {}
    return moment(
        catalogue=catalogue(ProductFact(id="tea", unit_seconds=unit, brand="alpina")),
        thresholds=Thresholds(product_intervals=intervals),
    )


def due(buyer: Profile, at: Moment, **fields: Any) -> bool:
    return holds({**DUE, **fields}, buyer, at)


@pytest.mark.parametrize(
    ("left", "fits"),
    [
        (7 * DAY + SECOND, False),
        (7 * DAY, True),
        (timedelta(), True),
        (-30 * DAY + SECOND, True),
        (-30 * DAY, False),
    ],
)
def test_it_is_due_from_7_days_before_it_runs_out_until_30_after(left: timedelta, fits: bool) -> None:
    # 3 units of 20 days each.
    buyer = profile(bought(60 * DAY - left, "tea", quantities=(3,)))
    assert due(buyer, lasting(unit_days=20)) is fits


def test_the_shops_word_on_how_many_days_a_unit_lasts_comes_from_the_catalogue() -> None:
    told = ProductSnapshot(id="tea", updated_at=NOW, days_per_unit=20)
    at = moment(catalogue=catalogue(product_fact(told)))
    assert due(profile(bought(53 * DAY, "tea", quantities=(3,))), at)
    assert not due(profile(bought(53 * DAY - SECOND, "tea", quantities=(3,))), at)


def test_lead_and_overdue_may_be_told() -> None:
    buyer, at = profile(bought(60 * DAY, "tea")), lasting(unit_days=62)
    assert due(buyer, at, lead="P2D", overdue="PT0S")
    assert not due(buyer, at, lead="P1D")
    assert due(buyer, lasting(unit_days=59), lead="PT0S", overdue="PT24H1S")
    assert not due(buyer, lasting(unit_days=59), lead="PT0S", overdue="P1D")


@pytest.mark.parametrize(
    ("left", "fits"),
    [(7 * DAY + SECOND, False), (7 * DAY, True), (6 * DAY + SECOND, True), (6 * DAY, False)],
)
def test_fresh_for_a_day_it_is_due_on_the_first_day_alone(left: timedelta, fits: bool) -> None:
    buyer = profile(bought(30 * DAY - left, "tea"))
    assert due(buyer, lasting(unit_days=30), fresh_for="P1D") == fits


def test_what_has_long_been_due_hides_nothing_that_is_fresh() -> None:
    buyer = profile(bought(28 * DAY, "coffee"), bought(23 * DAY, "tea"))
    units = catalogue(*(ProductFact(id=one, unit_seconds=30 * DAY_SECONDS) for one in ("coffee", "tea")))
    assert due(buyer, moment(catalogue=units), fresh_for="P1D")


def test_fresh_for_longer_than_it_is_due_changes_nothing() -> None:
    ran_out = profile(bought(40 * DAY, "tea"))
    assert due(ran_out, lasting(unit_days=30), overdue="P11D", fresh_for="P90D")
    assert not due(ran_out, lasting(unit_days=30), overdue="P10D", fresh_for="P90D")


def test_the_quantity_is_that_of_the_last_order() -> None:
    buyer = profile(bought(90 * DAY, "tea", quantities=(1,)), bought(60 * DAY, "tea", quantities=(2,)))
    assert due(buyer, lasting(unit_days=30))
    assert not due(buyer, lasting(unit_days=60))


def test_without_a_time_per_unit_the_customers_own_median_interval_counts() -> None:
    # 20, 30 and 70 days apart: 30 in the middle.
    apart = profile(*(bought(ago * DAY, "tea") for ago in (150, 130, 100, 30)))
    assert due(apart, lasting(shop_days=500))
    assert not due(profile(*(bought(ago * DAY, "tea") for ago in (170, 100, 30))), lasting(shop_days=30))


def test_who_ordered_it_once_is_judged_by_the_shops_median_and_else_unknown() -> None:
    once = profile(bought(60 * DAY, "tea"))
    assert due(once, lasting(shop_days=60))
    assert not due(once, lasting(shop_days=80))
    assert not due(once, lasting())


def test_any_product_will_do_unless_some_are_chosen() -> None:
    buyer, at = profile(bought(300 * DAY, "soap"), bought(60 * DAY, "tea")), lasting(unit_days=60)
    assert due(buyer, at)
    assert due(buyer, at, brands=["Alpina"])
    assert not due(buyer, at, products=["soap"])


def test_what_does_not_count_was_not_bought() -> None:
    refunded = profile(bought(60 * DAY, "tea", counts=False))
    assert not due(refunded, lasting(unit_days=60))


def test_being_due_for_no_time_is_refused() -> None:
    with pytest.raises(Refused, match="due for no time"):
        due(profile(), lasting(), lead="PT0S", overdue="PT0S")
    with pytest.raises(Refused, match="no fixed length"):
        due(profile(), lasting(), lead="P1M")

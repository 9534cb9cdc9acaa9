"""Carts left, ordered since, and filled without ordering."""

from datetime import timedelta

import pytest

from kairos.domain.catalogue import ProductFact
from kairos.domain.visits import ActivityAct
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import NOW, cart, catalogue, moment, order, profile

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ABANDONED = {"kind": "abandoned_cart"}


def test_a_cart_with_items_and_no_order_is_abandoned() -> None:
    assert holds(ABANDONED, profile(carts=(cart(),)))
    assert not holds(ABANDONED, profile(carts=(cart(items=0),)))
    assert not holds(ABANDONED, profile(carts=(cart(ordered=True),)))
    assert not holds(ABANDONED, profile())


def test_it_is_left_from_its_last_change_on() -> None:
    rule = {**ABANDONED, "when": {"older_than": "PT4H"}}
    assert holds(rule, profile(carts=(cart(4 * HOUR),)))
    assert not holds(rule, profile(carts=(cart(4 * HOUR - SECOND),)))


def test_all_must_hold_of_the_same_cart() -> None:
    rule = {**ABANDONED, "value": {"at_least": "100"}, "steps": ["payment"]}
    dear, far = cart(key="a", total=20000), cart(key="b", step="payment")
    assert not holds(rule, profile(carts=(dear, far)))
    assert holds(rule, profile(carts=(dear, far, cart(key="c", total=10000, step="payment"))))


@pytest.mark.parametrize("currency", ["USD", None])
def test_a_value_in_another_currency_is_unknown(currency: str | None) -> None:
    foreign = profile(carts=(cart(currency=currency),))
    assert not holds({**ABANDONED, "value": {"at_least": "0"}}, foreign)
    assert not holds({**ABANDONED, "value": {"less_than": "1000"}}, foreign)
    assert holds(ABANDONED, foreign)


def test_products_steps_key_and_identity_narrow_it_down() -> None:
    held = profile(carts=(cart(key="k", product_ids=("a", "b"), step="shipping", verified=False),))
    assert holds({**ABANDONED, "products": ["b", "x"]}, held)
    assert not holds({**ABANDONED, "products": ["x"]}, held)
    assert holds({**ABANDONED, "steps": ["shipping", "payment"]}, held)
    assert not holds({**ABANDONED, "steps": ["cart"]}, held)
    assert holds({**ABANDONED, "cart": "k"}, held)
    assert not holds({**ABANDONED, "cart": "other"}, held)
    assert holds({**ABANDONED, "identified": False}, held)
    assert not holds({**ABANDONED, "identified": True}, held)


def test_categories_and_brands_inside_are_those_of_the_catalogue() -> None:
    known = moment(catalogue=catalogue(ProductFact(id="a", categories=("shoes",), brand="alpina")))
    held, other = profile(carts=(cart(product_ids=("a",)),)), profile(carts=(cart(product_ids=("b",)),))
    for chosen in ({"categories": ["Shoes"]}, {"brands": ["Alpina"]}):
        assert holds({**ABANDONED, **chosen}, held, known)
        assert not holds({**ABANDONED, **chosen}, other, known)


SINCE = {"kind": "ordered_since_cart", "cart": "k1"}


@pytest.mark.parametrize(
    ("status", "ordered"),
    [("paid", True), ("pending", True), ("cancelled", True), ("draft", False), ("failed", False)],
)
def test_an_order_since_counts_even_unpaid_but_not_a_draft_or_a_failure(status: str, ordered: bool) -> None:
    told = order(HOUR, status=status, counts=status == "paid")
    assert holds(SINCE, profile(told, carts=(cart(2 * HOUR),))) is ordered


def test_an_order_at_the_very_change_of_the_cart_counts_and_one_before_does_not() -> None:
    assert holds(SINCE, profile(order(HOUR), carts=(cart(HOUR),)))
    assert not holds(SINCE, profile(order(HOUR + SECOND), carts=(cart(HOUR),)))


def test_a_cart_that_became_an_order_counts_whatever_became_of_that() -> None:
    assert holds(SINCE, profile(carts=(cart(ordered=True),)))


def test_a_test_order_and_a_cart_of_nobody_do_not_count() -> None:
    assert not holds(SINCE, profile(order(test=True, counts=False), carts=(cart(HOUR),)))
    assert not holds(SINCE, profile(order()))


def test_without_a_key_the_newest_cart_is_meant() -> None:
    carts = (cart(5 * HOUR, key="old", ordered=True), cart(2 * HOUR, key="new"))
    assert not holds({"kind": "ordered_since_cart"}, profile(carts=carts))
    assert holds({"kind": "ordered_since_cart"}, profile(order(HOUR), carts=carts))


ADDS = {"kind": "cart_adds_without_order", "at_least": 3, "within": "P30D"}


def _changes(*ago: timedelta) -> tuple[ActivityAct, ...]:
    changes = [ActivityAct(at=NOW - one, kind="cart") for one in ago]
    return (*changes, *(ActivityAct(at=NOW - one, kind="page") for one in ago))


def test_cart_additions_are_counted_exactly_from_where_the_time_begins() -> None:
    assert holds(ADDS, profile(acts=_changes(30 * DAY - SECOND, 2 * DAY, DAY)))
    assert not holds(ADDS, profile(acts=_changes(30 * DAY, 2 * DAY, DAY)))
    assert not holds(ADDS, profile())


def test_what_is_taken_out_of_a_cart_is_not_put_into_it() -> None:
    taken = [ActivityAct(at=NOW - DAY, kind="cart", stage=stage) for stage in ("removed", " Removed")]
    added = [ActivityAct(at=NOW - DAY, kind="cart", stage=stage) for stage in ("added", None)]
    assert not holds(ADDS, profile(acts=(*added, *taken)))
    assert holds({**ADDS, "at_least": 2}, profile(acts=(*added, *taken)))


def test_an_order_within_the_time_ends_it_and_one_before_does_not() -> None:
    busy = _changes(3 * DAY, 2 * DAY, DAY)
    assert not holds(ADDS, profile(order(30 * DAY - SECOND), acts=busy))
    assert holds(ADDS, profile(order(30 * DAY), acts=busy))
    assert holds(ADDS, profile(order(DAY, status="cancelled", counts=False), acts=busy))

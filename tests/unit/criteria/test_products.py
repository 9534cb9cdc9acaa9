"""Products ordered, and ordered together."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.domain.purchases import OrderFact
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import order, profile

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def bought(ago: timedelta, *products: str, **fields: Any) -> OrderFact:
    return order(ago, product_ids=products, **fields)


# ordered

SHOES = {"kind": "ordered", "products": ["shoe", "boot"]}


def test_ordered_once_is_enough_where_no_number_is_said() -> None:
    assert holds(SHOES, profile(bought(DAY, "boot", "hat")))
    assert not holds(SHOES, profile(bought(DAY, "hat")))
    assert not holds(SHOES, profile(bought(DAY, "boot", status="cancelled", counts=False)))
    assert not holds(SHOES, profile())


def test_an_order_with_two_of_the_products_is_one_order() -> None:
    twice = {**SHOES, "times": {"at_least": 2}}
    assert not holds(twice, profile(bought(DAY, "boot", "shoe")))
    assert holds(twice, profile(bought(DAY, "boot"), bought(2 * DAY, "shoe")))


def test_who_never_ordered_any_ordered_them_0_times() -> None:
    never = {**SHOES, "times": {"equals": 0}}
    assert holds(never, profile())
    assert holds(never, profile(bought(DAY, "hat")))
    assert not holds(never, profile(bought(DAY, "shoe")))


def test_quantity_is_of_the_products_asked_for_alone_over_all_orders() -> None:
    buyer = profile(
        bought(DAY, "hat", "shoe", quantities=(9, 2)), bought(2 * DAY, "boot", "shoe", quantities=(1, 1))
    )
    assert holds({**SHOES, "quantity": {"equals": 4}}, buyer)
    assert holds({**SHOES, "quantity": {"at_most": 4}}, buyer)
    assert not holds({**SHOES, "quantity": {"at_most": 4}}, profile())


def test_a_window_bounds_the_orders_looked_at() -> None:
    lately = {**SHOES, "window": {"within": "P30D"}}
    assert holds(lately, profile(bought(30 * DAY - SECOND, "shoe")))
    assert not holds(lately, profile(bought(30 * DAY, "shoe"), bought(DAY, "hat")))


def test_a_choice_of_no_product_at_all_is_refused() -> None:
    with pytest.raises(Refused, match="Chooses no product"):
        holds({"kind": "ordered", "times": {"at_least": 2}}, profile())


# ordered_together

CAMERA = {"kind": "ordered_together", "ordered": {"products": ["camera"]}}
ALSO_CARD = {**CAMERA, "also": {"products": ["card"]}}
NO_CARD = {**CAMERA, "without": {"products": ["card"]}}


@pytest.mark.parametrize(
    ("orders", "also", "without", "also_in_one", "without_in_one"),
    [
        ([("camera", "card")], True, False, True, False),
        ([("camera",), ("card",)], True, False, False, True),
        ([("camera", "card"), ("camera",)], True, False, True, True),
        ([("camera",)], False, True, False, True),
        ([("card",)], False, False, False, False),
        ([], False, False, False, False),
    ],
)
def test_together_means_over_all_orders_or_in_the_same(
    orders: list[tuple[str, ...]], also: bool, without: bool, also_in_one: bool, without_in_one: bool
) -> None:
    buyer = profile(*(bought((1 + at) * DAY, *products) for at, products in enumerate(orders)))
    assert holds(ALSO_CARD, buyer) is also
    assert holds(NO_CARD, buyer) is without
    assert holds({**ALSO_CARD, "same_order": True}, buyer) is also_in_one
    assert holds({**NO_CARD, "same_order": True}, buyer) is without_in_one


def test_both_must_lie_in_the_window() -> None:
    buyer = profile(bought(DAY, "camera"), bought(40 * DAY, "card"))
    assert holds(ALSO_CARD, buyer)
    assert not holds({**ALSO_CARD, "window": {"within": "P30D"}}, buyer)
    assert holds({**NO_CARD, "window": {"within": "P30D"}}, buyer)


@pytest.mark.parametrize("others", [(), ("also", "without")])
def test_it_needs_exactly_one_other_choice(others: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="one other choice"):
        holds({**CAMERA, **{name: {"products": ["card"]} for name in others}}, profile())

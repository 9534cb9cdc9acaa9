"""What orders came to: tax, averages, currencies."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.unit.criteria import people
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import moment, order, profile

DAY = timedelta(days=1)


def test_no_order_is_the_number_0_and_the_sum_0_but_no_average() -> None:
    nobody = profile()
    assert holds({"kind": "order_count", "equals": 0}, nobody)
    assert holds({"kind": "revenue", "equals": "0"}, nobody)
    for kind in ("average_order_value", "items_per_order", "last_order_value"):
        assert not holds({"kind": kind, "at_least": "0"}, nobody)
        assert not holds({"kind": kind, "at_most": "1000"}, nobody)


@pytest.mark.parametrize("kind", ["revenue", "average_order_value", "last_order_value"])
def test_tax_is_included_unless_excluded(kind: str) -> None:
    buyer = profile(order())
    assert holds({"kind": kind, "equals": "119.00"}, buyer)
    assert holds({"kind": kind, "equals": "100.00", "tax": "excluded"}, buyer)


def test_an_average_is_exact_and_never_rounded() -> None:
    buyer = profile(order(DAY, revenue=1000), order(2 * DAY, revenue=1000), order(3 * DAY, revenue=1001))
    # 10.0033…
    assert holds({"kind": "average_order_value", "more_than": "10.00"}, buyer)
    assert not holds({"kind": "average_order_value", "equals": "10.00"}, buyer)
    assert not holds({"kind": "average_order_value", "at_least": "10.01"}, buyer)


@given(some.integers(0, 10**7), some.integers(0, 10**7))
def test_money_compares_as_the_minor_units_do(revenue: int, bound: int) -> None:
    buyer = profile(order(revenue=revenue))
    text = f"{bound // 100}.{bound % 100:02d}"
    assert people.holds({"kind": "revenue", "at_least": text}, buyer) is (revenue >= bound)
    assert people.holds({"kind": "revenue", "less_than": text}, buyer) is (revenue < bound)


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 15000), ("VND", 150), ("KWD", 150000)])
def test_money_is_in_the_shops_currency(currency: str, minor: int) -> None:
    rule = {"kind": "revenue", "equals": "150"}
    assert holds(rule, profile(order(revenue=minor, currency=currency)), moment(currency=currency))


@pytest.mark.parametrize("kind", ["revenue", "average_order_value", "last_order_value"])
@pytest.mark.parametrize("bound", ["at_least", "at_most"])
def test_an_amount_with_an_order_in_another_currency_in_it_is_unknown(kind: str, bound: str) -> None:
    foreign = order(revenue=1000, currency="VND")
    rule = {"kind": kind, bound: "1000.00"}
    assert not holds(rule, profile(foreign))
    assert holds(rule, profile(foreign), moment(currency="VND"))
    assert not holds({"kind": kind, "at_most": "1000.00"}, profile(order(ago=DAY), foreign))
    assert holds({"kind": "order_count", "equals": 2}, profile(order(ago=DAY), foreign))

from datetime import UTC, datetime

import pytest

from kairos.domain.order import ALL_REFUNDS, Amounts, OrderSnapshot, Refund, with_refunds

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def order(**told) -> OrderSnapshot:
    amounts = Amounts(currency="EUR", total=10000, tax=1900, shipping=500)
    return OrderSnapshot(
        **{"id": "1", "updated_at": AT, "placed_at": AT, "status": "paid", "amounts": amounts} | told
    )


def refund(ref: str, amount: int, tax: int | None = None) -> Refund:
    return Refund(id=ref, amount=amount, tax=tax, refunded_at=AT)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({}, True),
        ({"status": "awaiting_transfer"}, True),
        ({"status": "pending"}, False),
        ({"status": "cancelled"}, False),
        ({"status": "draft"}, False),
        ({"test": True}, False),
        ({"deleted": True}, False),
        ({"status": "refunded"}, False),
    ],
)
def test_an_order_counts_when_paid_or_awaiting_transfer_only(told, counts):
    assert with_refunds(order(**told), ()).counts is counts


def test_a_wholly_refunded_order_does_not_count_and_a_partly_refunded_one_does():
    assert with_refunds(order(), (refund("r", 9999),)).counts
    assert not with_refunds(order(), (refund("r", 10000),)).counts


def test_a_free_order_counts():
    assert with_refunds(order(amounts=Amounts(currency="EUR", total=0)), ()).counts


def test_a_refund_told_twice_is_taken_off_once():
    told = order(refunds=(refund("r1", 3000, tax=479),))
    both = with_refunds(told, (refund("r1", 3000, tax=479), refund("r2", 1000, tax=160)))
    assert both.revenue == 6000
    assert both.revenue_without_tax == 6000 - (1900 - 479 - 160)


def test_the_sum_of_all_refunds_and_the_refunds_that_it_is_made_of_are_not_taken_off_twice():
    told = order(refunds=(refund(ALL_REFUNDS, 4000),))
    assert with_refunds(told, ()).refunded == 4000
    assert with_refunds(told, (refund("r1", 3000),)).refunded == 4000
    assert with_refunds(told, (refund("r1", 3000), refund("r2", 2000))).refunded == 5000


@pytest.mark.parametrize(("amount", "net"), [(5000, 4050), (1, 8099), (3, 8098), (9999, 1)])
def test_of_a_refund_that_tells_no_tax_the_orders_share_of_tax_went_back(amount, net):
    # Of 100.00 with 19.00 tax: 50.00 has 9.50, 0.01 rounds to none, 0.03 to 0.01, 99.99 to 19.00.
    assert with_refunds(order(), (refund("r", amount),)).revenue_without_tax == net


def test_tax_that_a_refund_tells_is_taken_at_its_word_also_where_it_is_none():
    assert with_refunds(order(), (refund("r", 5000, tax=0),)).revenue_without_tax == 5000 - 1900


def test_an_order_is_never_worth_less_than_nothing():
    assert with_refunds(order(), (refund("r", 9000, tax=0),)).revenue_without_tax == 0

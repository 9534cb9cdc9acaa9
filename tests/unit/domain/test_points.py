"""The ledger of points: what orders earn, what refunds take back, and what is left."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.order import Amounts, Order, OrderSnapshot, Refund
from kairos.domain.points import Ledger, PointRules, Redemption, ledger_of

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ON = PointRules(enabled=True)


def order(number: int = 1, total: int = 1000, refunds: Sequence[int] = (), **told: Any) -> Order:
    amounts = Amounts(currency=told.pop("currency", "EUR"), total=total, tax=told.pop("tax", 0))
    given_back = tuple(
        Refund(id=f"r{at}", amount=amount, refunded_at=START + timedelta(days=at))
        for at, amount in enumerate(refunds, start=1)
    )
    snapshot = OrderSnapshot(
        **{
            "id": f"o{number}",
            "updated_at": START + timedelta(days=30),
            "placed_at": START,
            "status": "paid",
            "amounts": amounts,
        }
        | told
    )
    return Order(snapshot=snapshot, refunds=given_back)


def redemption(number: int, points: int) -> Redemption:
    return Redemption(id=f"x{number}", points=points, what="a mug", at=START + timedelta(days=60))


def ledger(*orders: Order, redeemed: Sequence[int] = (), rules: PointRules = ON) -> Ledger:
    spent = [redemption(number, points) for number, points in enumerate(redeemed)]
    return ledger_of(orders, spent, rules, "EUR")


def told(one: Ledger) -> list[tuple[str, int]]:
    return [(entry.kind, entry.points) for entry in one.entries]


def test_each_unit_of_the_currency_earns_points_rounded_down() -> None:
    assert ledger(order(total=1999)).balance == 19
    assert ledger(order(total=1999), rules=ON.model_copy(update={"per_unit": "0.5"})).balance == 9
    assert ledger(order(total=1999), rules=ON.model_copy(update={"per_unit": "10"})).balance == 199


def test_points_are_rounded_for_each_order_by_itself() -> None:
    assert ledger(order(1, total=199), order(2, total=199)).balance == 2


def test_tax_earns_points_or_not_as_the_shop_has_set() -> None:
    taxed = order(total=1200, tax=200)
    assert ledger(taxed).balance == 12
    assert ledger(taxed, rules=ON.model_copy(update={"tax": "excluded"})).balance == 10


def test_a_currency_without_decimals_earns_by_its_unit() -> None:
    yen = order(total=1999, currency="JPY")
    assert ledger_of([yen], [], ON, "JPY").balance == 1999


@pytest.mark.parametrize(
    "other",
    [
        {"status": "pending"},
        {"status": "draft"},
        {"status": "cancelled"},
        {"test": True},
        {"deleted": True},
        {"currency": "USD"},
    ],
)
def test_an_order_that_does_not_count_or_is_in_another_currency_earns_nothing(other: dict[str, Any]) -> None:
    assert told(ledger(order(**other))) == []


def test_an_order_awaiting_transfer_earns_unless_only_paid_ones_do() -> None:
    waiting = order(status="awaiting_transfer")
    assert ledger(waiting).balance == 10
    assert ledger(waiting, rules=ON.model_copy(update={"orders": "paid"})).balance == 0


def test_orders_of_before_the_day_that_the_shop_has_set_earn_nothing() -> None:
    since = ON.model_copy(update={"since": START + timedelta(seconds=1)})
    assert ledger(order(), rules=since).entries == ()
    assert ledger(order(), rules=ON.model_copy(update={"since": START})).balance == 10


def test_where_points_are_off_there_are_none() -> None:
    assert ledger(order(), redeemed=[3], rules=PointRules()) == Ledger()


def test_a_partial_refund_takes_back_its_part() -> None:
    assert told(ledger(order(total=1000, refunds=[250, 250]))) == [
        ("earned", 10),
        ("reversed", -3),
        ("reversed", -2),
    ]


def test_a_whole_refund_takes_back_everything() -> None:
    assert ledger(order(total=1000, refunds=[999, 1])).balance == 0
    assert told(ledger(order(status="refunded"))) == [("earned", 10), ("reversed", -10)]


def test_points_redeemed_before_a_refund_leave_a_debt_that_later_orders_settle() -> None:
    refunded = order(1, total=1000, refunds=[1000])
    owing = ledger(refunded, redeemed=[8])
    assert (owing.balance, owing.debt) == (0, 8)
    later = ledger(refunded, order(2, total=1500), redeemed=[8])
    assert (later.balance, later.debt) == (7, 0)


amounts = st.integers(min_value=0, max_value=500_000)
orders = st.lists(st.tuples(amounts, st.lists(amounts, max_size=4)), max_size=6)
rates = st.sampled_from(["0", "0.01", "0.3333", "1", "2.5", "100"])


@given(orders, st.lists(st.integers(1, 5000), max_size=4), rates, st.randoms(use_true_random=False))
def test_whatever_the_order_of_arrival_the_ledger_is_the_same_and_the_balance_never_below_zero(
    bought: list[tuple[int, list[int]]], spent: list[int], rate: str, chance: Any
) -> None:
    rules = ON.model_copy(update={"per_unit": rate})
    all_orders = [order(n, total, refunds) for n, (total, refunds) in enumerate(bought)]
    redeemed = [redemption(n, points) for n, points in enumerate(spent)]
    first = ledger_of(all_orders, redeemed, rules, "EUR")
    shuffled, shuffled_redeemed = all_orders[:], redeemed[:]
    chance.shuffle(shuffled)
    chance.shuffle(shuffled_redeemed)
    assert ledger_of(shuffled, shuffled_redeemed, rules, "EUR") == first
    assert first.balance >= 0
    # Reckoned anew, in exact fractions: the floor of what each order is worth now, less what was spent.
    worth = [floor(Fraction(max(total - sum(back), 0), 100) * Fraction(rate)) for total, back in bought]
    assert first.sum == sum(worth) - sum(spent)
    assert (first.balance, first.debt) == (max(first.sum, 0), max(-first.sum, 0))


@given(orders, rates)
def test_no_order_ever_gives_back_more_than_it_earned(bought: list[tuple[int, list[int]]], rate: str) -> None:
    rules = ON.model_copy(update={"per_unit": rate, "tax": "excluded"})
    all_orders = [order(n, total, refunds, tax=total // 6) for n, (total, refunds) in enumerate(bought)]
    one = ledger_of(all_orders, [], rules, "EUR")
    left: dict[str, int] = {}
    for entry in one.entries:
        left[entry.of] = left.get(entry.of, 0) + entry.points
        assert left[entry.of] >= 0
    assert len({entry.id for entry in one.entries}) == len(one.entries)

"""Uplift is told with limits that hold, and not at all where there is too little to go by."""

from random import Random
from statistics import mean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.uplift import (
    LEAST_BUYERS,
    LEAST_CUSTOMERS,
    Arm,
    compare,
    difference_of_means,
    difference_of_shares,
    student,
    wilson,
)

TRIALS, CUSTOMERS = 400, 400
BASKET = (1_500, 40_000)
"""Minor units: least and most of an order in the simulation, evenly spread."""


def arm(spent: list[int]) -> Arm:
    """The side of customers who each spent this; 0: did not buy."""
    buyers = sum(one > 0 for one in spent)
    return Arm(len(spent), buyers, buyers, sum(spent), sum(one * one for one in spent))


def test_the_interval_of_two_shares_is_newcombes_published_one() -> None:
    """56 of 70 against 48 of 80: table II of the paper, method 10."""
    found = difference_of_shares(56, 70, 48, 80)
    assert found.value == pytest.approx(0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_the_interval_of_nothing_against_nothing_is_newcombes_published_one() -> None:
    """0 of 10 against 0 of 10: likewise."""
    found = difference_of_shares(0, 10, 0, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (-0.2775, 0.2775)


def test_the_interval_of_one_share_is_wilsons_published_one() -> None:
    """81 of 263 (Newcombe, Two-sided confidence intervals for the single proportion, 1998, method 3)."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(6, 2.447), (10, 2.228), (30, 2.042), (60, 2.000), (120, 1.980), (1e9, 1.960)],
)
def test_students_quantile_is_the_one_of_the_printed_tables(freedom: float, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.001)


def test_the_interval_of_two_means_is_welchs_reckoned_by_hand() -> None:
    """By the formula, written out beside it with the variances that the statistics module finds."""
    one, two = [16, 18, 18, 20, 20, 20, 22, 22, 24, 20], [11, 12, 15, 16, 17, 17, 18, 18, 19, 20, 20, 21]
    found = difference_of_means(arm(one), arm(two))
    shares = variance(one) / len(one), variance(two) / len(two)
    freedom = sum(shares) ** 2 / (shares[0] ** 2 / (len(one) - 1) + shares[1] ** 2 / (len(two) - 1))
    half = student(freedom) * sum(shares) ** 0.5
    assert found.value == pytest.approx(mean(one) - mean(two))
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30))
def test_the_variance_from_sums_is_that_of_the_values(spent: list[int]) -> None:
    assert arm(spent).variance == pytest.approx(float(variance(spent)), rel=1e-12, abs=1e-9)


@given(st.lists(st.integers(0, 10**6), max_size=20), st.lists(st.integers(0, 10**6), max_size=20))
def test_sides_of_several_partitions_add_up(some: list[int], others: list[int]) -> None:
    assert arm(some).plus(arm(others)) == arm(some + others)


def test_a_difference_that_was_planted_lies_within_the_interval_in_95_of_100_trials() -> None:
    chance = Random(20261122)  # noqa: S311 - a seed that can be repeated is wanted
    bought, would_have = 0.16, 0.10
    planted = (bought - would_have) * mean(BASKET)
    revenue_held = shares_held = 0
    for _ in range(TRIALS):
        sides = [_side(chance, share) for share in (bought, would_have)]
        found = compare(*sides)
        assert found.revenue is not None
        assert found.conversion is not None
        revenue_held += found.revenue.low <= planted <= found.revenue.high
        shares_held += found.conversion.low <= bought - would_have <= found.conversion.high
    # 95 % of 400 is 380, with a standard deviation of 4.4: four of them either way.
    for held in (revenue_held, shares_held):
        assert 362 <= held <= 398


def _side(chance: Random, share: float) -> Arm:
    return arm([chance.randint(*BASKET) if chance.random() < share else 0 for _ in range(CUSTOMERS)])


ENOUGH = Arm(LEAST_CUSTOMERS, LEAST_BUYERS, LEAST_BUYERS, 50_000, 500_000_000)


@pytest.mark.parametrize(
    "few", [ENOUGH._replace(customers=LEAST_CUSTOMERS - 1), ENOUGH._replace(buyers=LEAST_BUYERS - 1)]
)
def test_nothing_is_said_before_both_sides_are_big_enough(few: Arm) -> None:
    assert compare(ENOUGH, ENOUGH).verdict != "not enough data yet"
    for sides in ((few, ENOUGH), (ENOUGH, few)):
        found = compare(*sides)
        assert found.verdict == "not enough data yet"
        assert (found.conversion, found.revenue, found.brought) == (None, None, None)


def test_where_the_interval_holds_nought_no_difference_is_shown() -> None:
    assert compare(ENOUGH, ENOUGH).verdict == "no difference shown"


def test_a_scenario_after_which_people_spend_less_is_said_to_bring_less() -> None:
    more, less = arm([10_000] * 90 + [0] * 60), arm([10_000] * 10 + [0] * 140)
    assert compare(more, less).verdict == "brings more"
    assert compare(less, more).verdict == "brings less"


def test_what_it_brought_in_all_is_the_difference_per_customer_times_who_were_treated() -> None:
    found = compare(arm([10_000] * 90 + [0] * 60), arm([10_000] * 10 + [0] * 140))
    assert found.revenue is not None
    assert found.brought is not None
    assert found.brought == pytest.approx(tuple(150 * one for one in found.revenue))

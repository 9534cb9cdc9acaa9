"""What a scenario brings: customers who were let into it compared with those who were held out.

Whoever entered counts on the side on which they were drawn, whether or not a message reached them ("intention
to treat"): only so are both sides alike but for the scenario.

Intervals hold in 95 of 100 such comparisons. Of shares: Newcombe's, which joins Wilson's score intervals of
the two (R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics
in Medicine 17, 1998, method 10); it is good also for few and for rare. Of means: Welch's (B. L. Welch, The
generalization of "Student's" problem, Biometrika 34, 1947), which lets both sides vary differently; it takes
the means to be normally distributed, which they nearly are from LEAST_CUSTOMERS on.
"""

from math import sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

LEAST_CUSTOMERS = 100
"""On each side, before anything is said: below it, means of what people spend are far from normal."""

LEAST_BUYERS = 5
"""On each side: the usual least count for a normal approximation."""

_TAIL = 0.975
_Z = NormalDist().inv_cdf(_TAIL)

Verdict = Literal["not enough data yet", "no difference shown", "brings more", "brings less"]


class Arm(NamedTuple):
    """One side. customers: who entered. buyers: those who ordered within the window; orders: of theirs.

    revenue: sum of what each spent, minor units; squares: sum of the squares of what each spent. Sides of
    several partitions add up.
    """

    customers: int = 0
    buyers: int = 0
    orders: int = 0
    revenue: int = 0
    squares: int = 0

    def plus(self, other: "Arm") -> "Arm":
        """Both together."""
        return Arm(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def conversion(self) -> float | None:
        """Share of its customers who ordered; None without customers."""
        return self.buyers / self.customers if self.customers else None

    @property
    def mean(self) -> float | None:
        """Minor units spent per customer; None without customers."""
        return self.revenue / self.customers if self.customers else None

    @property
    def variance(self) -> float:
        """Of what its customers spent, unbiased; 0 below two customers."""
        if self.customers < 2:
            return 0.0
        # Whole numbers until the division: a difference of two great sums would lose its digits.
        spread = self.squares * self.customers - self.revenue**2
        return spread / (self.customers * (self.customers - 1))


class Difference(NamedTuple):
    """treated less held out, and between which limits it lies."""

    value: float
    low: float
    high: float


class Uplift(NamedTuple):
    """conversion: of the shares of buyers. revenue: minor units per customer; brought: minor units in all, of
    those who were treated. All None while there is not enough data."""

    verdict: Verdict
    conversion: Difference | None = None
    revenue: Difference | None = None
    brought: Difference | None = None


def compare(treated: Arm, held_out: Arm) -> Uplift:
    """What being let in brings.

    The verdict goes by revenue per customer: it counts the discounts' price, which the share of buyers does
    not. Where its interval holds 0, no difference is shown.
    """
    if not (_is_enough(treated) and _is_enough(held_out)):
        return Uplift("not enough data yet")
    revenue = difference_of_means(treated, held_out)
    verdict: Verdict = "no difference shown"
    if revenue.low > 0 or revenue.high < 0:
        verdict = "brings more" if revenue.low > 0 else "brings less"
    shares = difference_of_shares(treated.buyers, treated.customers, held_out.buyers, held_out.customers)
    brought = Difference(*(one * treated.customers for one in revenue))
    return Uplift(verdict, shares, revenue, brought)


def _is_enough(arm: Arm) -> bool:
    return arm.customers >= LEAST_CUSTOMERS and arm.buyers >= LEAST_BUYERS


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 %. of: at least 1."""
    centre = (count + _Z**2 / 2) / (of + _Z**2)
    half = _Z * sqrt(count * (of - count) / of + _Z**2 / 4) / (of + _Z**2)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def difference_of_shares(count: int, of: int, other: int, of_other: int) -> Difference:
    """count / of less other / of_other, with Newcombe's interval (his method 10)."""
    one, two = count / of, other / of_other
    (low_one, high_one), (low_two, high_two) = wilson(count, of), wilson(other, of_other)
    value = one - two
    return Difference(
        value,
        value - sqrt((one - low_one) ** 2 + (high_two - two) ** 2),
        value + sqrt((high_one - one) ** 2 + (two - low_two) ** 2),
    )


def difference_of_means(treated: Arm, held_out: Arm) -> Difference:
    """Revenue per customer, with Welch's interval. Both sides have at least two customers."""
    value = treated.revenue / treated.customers - held_out.revenue / held_out.customers
    shares = [arm.variance / arm.customers for arm in (treated, held_out)]
    error = sum(shares)
    if error == 0:
        return Difference(value, value, value)
    sizes = (treated.customers, held_out.customers)
    freedom = error**2 / sum(
        share**2 / (size - 1) for share, size in zip(shares, sizes, strict=True) if share
    )
    half = student(freedom) * sqrt(error)
    return Difference(value, value - half, value + half)


def student(freedom: float) -> float:
    """The quantile 0.975 of Student's t with so many degrees of freedom, right to 0.001 from 6 on.

    Expansion by powers of 1/freedom about the normal quantile (Abramowitz and Stegun, Handbook of
    Mathematical Functions, 26.7.5).
    """
    z = _Z
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))

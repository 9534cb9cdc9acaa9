"""Numbers and amounts: the comparisons that all criteria share."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from operator import eq, ge, gt, le, lt
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from kairos.domain.criteria.criterion import Comparison
from kairos.domain.criteria.query import every
from kairos.domain.criteria.ranges import refuse_empty_range
from kairos.domain.moment import Moment
from kairos.domain.money import decimals

_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
_LARGEST = 2**63 - 1

Compares = Callable[[Any, Any], bool]

_SIGNS: Mapping[str, tuple[str, Compares]] = {
    "at_least": (">=", ge),
    "at_most": ("<=", le),
    "more_than": (">", gt),
    "less_than": ("<", lt),
    "equals": ("=", eq),
}
"""By the name of a bound how a number is compared with it, in SQL and in Python."""


def _decimal(told: str) -> str:
    if not _DECIMAL.fullmatch(told):
        raise ValueError("is no number of up to 15 digits and 4 decimals; send one such as '150.00'")
    return told


DecimalText = Annotated[str, AfterValidator(_decimal)]
Count = Annotated[int, Field(ge=0)]


class CountTest(Comparison):
    """A whole number compared; every field given must hold."""

    comparing = tuple(_SIGNS)
    at_least: Count | None = None
    at_most: Count | None = None
    more_than: Count | None = None
    less_than: Count | None = None
    equals: Count | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        refuse_empty_range(self._bounds, whole=True)
        return self

    @cached_property
    def _bounds(self) -> Mapping[str, int]:
        return {name: bound for name in _SIGNS if (bound := getattr(self, name)) is not None}

    @cached_property
    def _tests(self) -> tuple[tuple[Compares, int], ...]:
        return tuple((_SIGNS[name][1], bound) for name, bound in self._bounds.items())

    def holds(self, number: int | None) -> bool:
        """Whether the number passes; an unknown one never does."""
        if number is None:
            return False
        # A loop, not all(…): closures ask this millions of times, and it takes half as long.
        for passes, bound in self._tests:  # noqa: SIM110
            if not passes(number, bound):
                return False
        return True

    def count_sql(self, expression: str) -> str:
        """The test as SQL over a whole number."""
        # A bound beyond what a column can hold compares like the largest number that it can.
        bounds = ((name, min(bound, _LARGEST)) for name, bound in self._bounds.items())
        return every(f"{expression} {_SIGNS[name][0]} {bound}" for name, bound in bounds)


class DecimalTest(Comparison):
    """An amount or average compared, bounds as decimal texts ("150.00"); every field given must hold."""

    comparing = tuple(_SIGNS)
    at_least: DecimalText | None = None
    at_most: DecimalText | None = None
    more_than: DecimalText | None = None
    less_than: DecimalText | None = None
    equals: DecimalText | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        refuse_empty_range(self._bounds, whole=False)
        return self

    @cached_property
    def _bounds(self) -> Mapping[str, Decimal]:
        return {name: Decimal(bound) for name in _SIGNS if (bound := getattr(self, name)) is not None}

    @cached_property
    def _tests(self) -> tuple[tuple[Compares, Decimal], ...]:
        return tuple((_SIGNS[name][1], bound) for name, bound in self._bounds.items())

    def holds(self, total: int | None, places: int = 0, over: int = 1) -> bool:
        """Whether total / over passes, where total is stated in units of 10 ** -places.

        Compared exactly, without dividing. An unknown total, or one over nothing, never passes.
        """
        if total is None or over < 1:
            return False
        for passes, bound in self._tests:  # noqa: SIM110 - see CountTest
            if not passes(total, bound.scaleb(places) * over):
                return False
        return True

    def holds_money(self, amount: int | None, moment: Moment, over: int = 1) -> bool:
        """Whether the amount (minor units of the shop's currency) divided by `over` passes."""
        return self.holds(amount, decimals(moment.shop.currency), over)

    def decimal_sql(self, total: str, places: int = 0, over: str = "1") -> str:
        """The test as SQL: total / over, total in units of 10 ** -places; false where over is 0."""
        tests = [] if over == "1" else [f"{over} > 0"]
        for name, bound in self._bounds.items():
            numerator, denominator = bound.scaleb(places).as_integer_ratio()
            left = total if denominator == 1 else f"{total}::HUGEINT * {denominator}"
            right = str(numerator) if over == "1" else f"{numerator}::HUGEINT * {over}"
            tests.append(f"{left} {_SIGNS[name][0]} {right}")
        return every(tests)

    def money_sql(self, moment: Moment, amount: str, over: str = "1") -> str:
        """The test as SQL over an amount in minor units of the shop's currency, divided by `over`."""
        return self.decimal_sql(amount, decimals(moment.shop.currency), over)

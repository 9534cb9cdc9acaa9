"""Values told as texts, compared as texts, numbers or dates."""

from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import ClassVar, Self

from pydantic import model_validator

from kairos.domain.catalogue import folded
from kairos.domain.criteria.criterion import AnyText, Comparison, Names, Text
from kairos.domain.criteria.days import date_in


def number_in(text: str) -> Decimal | None:
    """The number that the text states; None where it states none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _order(value: str, bound: str) -> int | None:
    """-1, 0 or 1 as value is before, at or after bound, both numbers or both dates; None otherwise."""
    numbers = number_in(value), number_in(bound)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    dates = date_in(value), date_in(bound)
    if dates[0] is not None and dates[1] is not None and numbers == (None, None):
        return (dates[0] > dates[1]) - (dates[0] < dates[1])
    return None


class TextTest(Comparison):
    """A text compared without regard to case; every field given must hold.

    greater, less: as numbers or ISO dates, strictly; a value that is neither is unknown.
    """

    comparing: ClassVar[tuple[str, ...]] = ("equals", "any_of", "contains", "greater", "less")
    equals: Text | None = None
    any_of: Names | None = None
    contains: AnyText | None = None
    greater: Text | None = None
    less: Text | None = None

    @model_validator(mode="after")
    def _has_an_order(self) -> Self:
        for bound in (self.greater, self.less):
            if bound is not None and number_in(bound) is None and date_in(bound) is None:
                raise ValueError(
                    f"{bound!r} is neither a number nor a date; use one such as '43' or '2026-03-31'"
                )
        if self.greater is not None and self.less is not None and _order(self.greater, self.less) != -1:
            raise ValueError(
                f"nothing is greater than {self.greater!r} and less than {self.less!r}; widen the range"
            )
        return self

    @cached_property
    def folded_any(self) -> frozenset[str] | None:
        """The texts of any_of as they are compared."""
        return None if self.any_of is None else frozenset(folded(one) for one in self.any_of)

    def passes(self, value: str) -> bool:
        """Whether a value that is there passes."""
        text = folded(value)
        return (
            (self.equals is None or text == folded(self.equals))
            and (self.folded_any is None or text in self.folded_any)
            and (self.contains is None or self.contains.casefold() in text)
            and (self.greater is None or _order(value, self.greater) == 1)
            and (self.less is None or _order(value, self.less) == -1)
        )

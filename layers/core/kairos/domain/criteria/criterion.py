"""The base of every criterion, and the comparisons that several families share."""

from abc import ABC, abstractmethod
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.criteria.durations import LastingDuration, before
from kairos.domain.moment import Moment
from kairos.domain.money import decimals
from kairos.domain.profile import Profile
from kairos.domain.value import Value

DecimalText = Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,4})?$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Names = Annotated[tuple[Text, ...], Field(min_length=1, max_length=1000)]
Tax = Literal["included", "excluded"]

_BOUNDS = ("at_least", "at_most", "more_than", "less_than", "equals")


class Criterion(Value, ABC):
    """One question about a customer. kind: its name in the registry."""

    kind: str

    @abstractmethod
    def matches(self, profile: Profile, moment: Moment) -> bool:
        """Whether it is true of the customer at that moment. An unknown value never matches."""


class Comparison(Value):
    """A value of which at least one of the fields named in `comparing` must be set."""

    comparing: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if all(getattr(self, name) is None for name in self.comparing):
            raise ValueError(f"compares with nothing; set at least one of {', '.join(self.comparing)}")
        return self


class Days(Comparison):
    """Whole calendar days in the shop's time zone, both included; an open end where one is missing."""

    comparing = ("first_day", "last_day")
    first_day: date | None = None
    last_day: date | None = None


class TimeTest(Comparison):
    """When something happened; every field given must hold.

    older_than turns true exactly that long after; within is its opposite, so that of a known time
    always exactly one of both is true. A time ahead of the clock counts as just now.
    exactly_days_ago: on that calendar day in the shop's time zone, 0 being today.
    """

    comparing = ("older_than", "within", "exactly_days_ago", "between")
    older_than: LastingDuration | None = None
    within: LastingDuration | None = None
    exactly_days_ago: Annotated[int, Field(ge=0, le=36_500)] | None = None
    between: Days | None = None

    def holds(self, at: datetime | None, moment: Moment) -> bool:
        """Whether the instant passes; an unknown one never does."""
        if at is None:
            return False
        zone = moment.shop.zone
        if self.older_than is not None and at > before(self.older_than, moment.now, zone):
            return False
        if self.within is not None and at <= before(self.within, moment.now, zone):
            return False
        day = at.astimezone(zone).date()
        today = moment.now.astimezone(zone).date()
        if self.exactly_days_ago is not None and day != today - timedelta(days=self.exactly_days_ago):
            return False
        return self.between is None or (
            (self.between.first_day is None or day >= self.between.first_day)
            and (self.between.last_day is None or day <= self.between.last_day)
        )


class CountTest(Comparison):
    """A whole number compared; every field given must hold."""

    comparing = _BOUNDS
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    more_than: Annotated[int, Field(ge=0)] | None = None
    less_than: Annotated[int, Field(ge=0)] | None = None
    equals: Annotated[int, Field(ge=0)] | None = None

    def holds(self, number: int | None) -> bool:
        """Whether the number passes; an unknown one never does."""
        if number is None:
            return False
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.more_than is None or number > self.more_than)
            and (self.less_than is None or number < self.less_than)
            and (self.equals is None or number == self.equals)
        )


class DecimalTest(Comparison):
    """An amount or average compared, bounds as decimal texts ("150.00"); every field given must hold."""

    comparing = _BOUNDS
    at_least: DecimalText | None = None
    at_most: DecimalText | None = None
    more_than: DecimalText | None = None
    less_than: DecimalText | None = None
    equals: DecimalText | None = None

    def holds(self, total: int | None, places: int = 0, over: int = 1) -> bool:
        """Whether total / over passes, where total is stated in units of 10 ** -places.

        Compared exactly, without dividing. An unknown total, or one over nothing, never passes.
        """
        if total is None or over < 1:
            return False

        def scaled(bound: str) -> Decimal:
            return Decimal(bound).scaleb(places) * over

        return (
            (self.at_least is None or total >= scaled(self.at_least))
            and (self.at_most is None or total <= scaled(self.at_most))
            and (self.more_than is None or total > scaled(self.more_than))
            and (self.less_than is None or total < scaled(self.less_than))
            and (self.equals is None or total == scaled(self.equals))
        )

    def holds_money(self, amount: int | None, moment: Moment, over: int = 1) -> bool:
        """Whether the amount (minor units of the shop's currency) divided by `over` passes."""
        return self.holds(amount, decimals(moment.shop.currency), over)

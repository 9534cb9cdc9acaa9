"""The base of every criterion, and the comparisons that several families share."""

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.criteria.durations import LastingDuration, begins, least_seconds, turns
from kairos.domain.criteria.query import Query, Turn, Window, every
from kairos.domain.criteria.ranges import refuse_empty_days, refuse_empty_range, refuse_empty_time
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
    """One question about a customer, in two readings that never differ. kind: its name in the registry."""

    kind: str

    @abstractmethod
    def matches(self, profile: Profile, moment: Moment) -> bool:
        """Whether it is true of the customer at that moment. An unknown value never matches."""

    def sql(self, query: Query) -> str:
        """The same, as a two-valued SQL expression over the customer's columns and features."""
        raise NotImplementedError(self.kind)


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

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        refuse_empty_days(self.first_day, self.last_day)
        return self


_LOOKS_AHEAD = timedelta(hours=37)
"""How far ahead the turns that are noted as SQL are right; a full pass comes at least every 36 hours."""


def day_bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The first second of that calendar day in the zone, and the last."""
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return int(datetime.combine(day, time(), zone).timestamp()), int(following.timestamp()) - 1


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

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        refuse_empty_time(self.older_than, self.within, self.exactly_days_ago)
        return self

    def holds(self, at: datetime | None, moment: Moment) -> bool:
        """Whether the instant passes; an unknown one never does."""
        if at is None:
            return False
        passes = True
        for duration, inside in ((self.older_than, False), (self.within, True)):
            if duration is not None:
                begun = at > begins(duration, moment.now, moment.shop.zone)
                passes = passes and begun == inside
                if begun and moment.flips is not None:
                    moment.note(turns(duration, at, moment.now, moment.shop.zone))
        return passes and self._on_its_day(at, moment)

    def _on_its_day(self, at: datetime, moment: Moment) -> bool:
        if self.exactly_days_ago is None and self.between is None:
            return True
        day = at.astimezone(moment.shop.zone).date()
        if self.exactly_days_ago is not None:
            age = (moment.now.astimezone(moment.shop.zone).date() - day).days
            if age <= self.exactly_days_ago:
                turns_on = day + timedelta(days=self.exactly_days_ago + (age == self.exactly_days_ago))
                moment.note(datetime.combine(turns_on, time(), moment.shop.zone).astimezone(UTC))
            if age != self.exactly_days_ago:
                return False
        return self.between is None or (
            (self.between.first_day is None or day >= self.between.first_day)
            and (self.between.last_day is None or day <= self.between.last_day)
        )

    def as_window(self, moment: Moment, expression: str = "ts") -> Window:
        """The test as SQL over a time in seconds (0: never); it notes nothing by itself."""
        zone, turning = moment.shop.zone, list[Turn]()
        tests, since = [f"{expression} > 0"], 0
        for duration, inside in ((self.older_than, False), (self.within, True)):
            if duration is not None:
                begun = max(int(begins(duration, moment.now, zone).timestamp()), 0)
                turning.append(Turn(begun, least_seconds(duration, moment.now, zone, _LOOKS_AHEAD)))
                tests.append(f"{expression} > {begun}" if inside else f"{expression} <= {begun}")
                since = max(since, begun) if inside else since
        if self.exactly_days_ago is not None:
            today = moment.now.astimezone(zone).date()
            first, last = day_bounds(today - timedelta(days=self.exactly_days_ago), zone)
            tests.append(f"{expression} BETWEEN {first} AND {last}")
            tomorrow = day_bounds(today, zone)[1] + 1
            turning.append(Turn(max(first - 1, 0), (self.exactly_days_ago - 1) * 86_400 - 7_200, tomorrow))
            since = max(since, first - 1)
        if self.between is not None:
            if self.between.first_day is not None:
                first = day_bounds(self.between.first_day, zone)[0]
                tests.append(f"{expression} >= {first}")
                since = max(since, first - 1)
            if self.between.last_day is not None:
                tests.append(f"{expression} <= {day_bounds(self.between.last_day, zone)[1]}")
        return Window(every(tests), since, tuple(turning))

    def time_sql(self, query: Query, expression: str) -> str:
        """The test as SQL over a time of the customer's columns or features, its turns noted."""
        window = self.as_window(query.moment, expression)
        query.turn(expression, window.turns)
        return window.sql


def _bounded(number: Decimal | int, least: int) -> int:
    """Numbers beyond what a column can hold compare like its limits."""
    return min(max(int(number), least), 2**63 - 1)


class CountTest(Comparison):
    """A whole number compared; every field given must hold."""

    comparing = _BOUNDS
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    more_than: Annotated[int, Field(ge=0)] | None = None
    less_than: Annotated[int, Field(ge=0)] | None = None
    equals: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        refuse_empty_range({name: getattr(self, name) for name in _BOUNDS}, whole=True)
        return self

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

    def count_sql(self, expression: str) -> str:
        """The test as SQL over a whole number."""
        tests = [
            f"{expression} {sign} {_bounded(bound, 0)}"
            for bound, sign in (
                (self.at_least, ">="),
                (self.at_most, "<="),
                (self.more_than, ">"),
                (self.less_than, "<"),
                (self.equals, "="),
            )
            if bound is not None
        ]
        return every(tests)


class DecimalTest(Comparison):
    """An amount or average compared, bounds as decimal texts ("150.00"); every field given must hold."""

    comparing = _BOUNDS
    at_least: DecimalText | None = None
    at_most: DecimalText | None = None
    more_than: DecimalText | None = None
    less_than: DecimalText | None = None
    equals: DecimalText | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        refuse_empty_range({name: getattr(self, name) for name in _BOUNDS}, whole=False)
        return self

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

    def decimal_sql(self, total: str, places: int = 0, over: str = "1") -> str:
        """The test as SQL: total / over, total in units of 10 ** -places; false where over is 0."""
        tests = [] if over == "1" else [f"{over} > 0"]
        for bound, sign in (
            (self.at_least, ">="),
            (self.at_most, "<="),
            (self.more_than, ">"),
            (self.less_than, "<"),
            (self.equals, "="),
        ):
            if bound is not None:
                numerator, denominator = Decimal(bound).scaleb(places).as_integer_ratio()
                left = total if denominator == 1 else f"{total}::HUGEINT * {denominator}"
                right = str(numerator) if over == "1" else f"{numerator}::HUGEINT * {over}"
                tests.append(f"{left} {sign} {right}")
        return every(tests)

    def money_sql(self, moment: Moment, amount: str, over: str = "1") -> str:
        """The test as SQL over an amount in minor units of the shop's currency, divided by `over`."""
        return self.decimal_sql(amount, decimals(moment.shop.currency), over)
